import type { Command } from '../args.ts'
import type { Context } from '../context.ts'
import { saveChart } from '../../core/index.ts'
import { chartFields, summary, tagOf } from '../chartOutput.ts'
import { sourceDateEpoch } from '../sourceDateEpoch.ts'

type Save = Extract<Command, { verb: 'chart save' }>

export async function save(
  { path, reference }: Save,
  { cache, globals, print, options, saveFormat }: Context,
): Promise<number> {
  const chart = await saveChart(cache, path, reference, {
    ...options,
    limits: globals.limits,
    followLinks: globals.followLinks,
    ...(saveFormat === undefined ? {} : { format: saveFormat }),
    ...sourceDateEpoch('chart save'),
  })
  const warnings = chart.dropsProvenance ? [...chart.warnings, provenanceWarning] : chart.warnings
  for (const warning of warnings) print.warning(warning)
  print.lines(...summary(chart), `${tagOf(chart.reference)}: saved`)
  print.data({ ...chartFields(chart), warnings })
  return 0
}

const provenanceWarning =
  'The .prov file beside the archive cannot travel in this format. To keep it, save with --format modern.'
