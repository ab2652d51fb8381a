import { lstatSync } from 'node:fs'
import { join, sep } from 'node:path'
import type { Command } from '../args.ts'
import type { Context } from '../context.ts'
import { ChartroomError, exportChart, type ExportedChart } from '../../core/index.ts'
import { chartFields, summary } from '../chartOutput.ts'

type Export = Extract<Command, { verb: 'chart export' }>

export async function exportTo(command: Export, context: Context): Promise<number> {
  const { archive } = command
  const { print } = context
  const chart = await exported(command, context)
  print.lines(...summary(chart), `Exported chart to ${archive ? chart.path : join(chart.path, sep)}`)
  print.data({ ...chartFields(chart), path: chart.path })
  return 0
}

/** Words in flags what the core says about a place that is taken. */
async function exported(command: Export, { cache, globals, options }: Context): Promise<ExportedChart> {
  const { reference, destination, archive, force } = command
  try {
    return await exportChart(cache, reference, destination, {
      ...options,
      limits: globals.limits,
      archive,
      force,
    })
  } catch (error) {
    if (!(error instanceof ChartroomError) || error.kind !== 'target-exists') throw error
    const { kind, message, evidence } = error
    const advice = isReplaceable(evidence.path, command)
      ? `Choose another place with -d DIR, or replace the ${archive ? 'file' : 'folder'} with --force.`
      : 'Choose another place with -d DIR.'
    throw new ChartroomError(kind, { ...evidence, message, advice, cause: error })
  }
}

/** Whether `--force` would help: it puts a folder in the place of a folder, and a file in that of a file. */
function isReplaceable(path: string | undefined, { destination, archive, force }: Export): boolean {
  if (force || path === undefined || path === destination) return false
  return lstatSync(path, { throwIfNoEntry: false })?.isDirectory() === !archive
}
