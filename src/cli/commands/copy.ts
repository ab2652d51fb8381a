import type { Command } from '../args.ts'
import type { Context } from '../context.ts'
import { copyChart, hexOf, parseReference } from '../../core/index.ts'
import { chartFields, tagOf } from '../chartOutput.ts'
import { sourceDateEpoch } from '../sourceDateEpoch.ts'

type Copy = Extract<Command, { verb: 'chart copy' }>

export async function copy({ from, to }: Copy, context: Context): Promise<number> {
  const { globals, options, print } = context
  const chart = await copyChart(context, from, to, {
    ...options,
    limits: globals.limits,
    overwrite: globals.overwrite,
    ...(globals.format === undefined ? {} : { format: globals.format }),
    ...sourceDateEpoch('chart copy'),
  })
  const { source, reference, digest, place, dropsProvenance } = chart
  const warnings = dropsProvenance ? [provenanceWarning] : []
  for (const warning of warnings) print.warning(warning)
  print.lines(
    `source:      ${source}`,
    `destination: ${reference}`,
    `digest:      ${hexOf(digest)}`,
    `${tagOf(reference)}: copied ${place === 'cache' ? 'in the cache' : `to ${parseReference(reference).host}`}`,
  )
  print.data({ ...chartFields(chart), source, place, warnings })
  return 0
}

const provenanceWarning =
  'The provenance file cannot travel in this format, so the copy has none. To keep it, copy with --format modern.'
