import { join, sep } from 'node:path'
import type { Command } from '../args.ts'
import type { Context } from '../context.ts'
import { exportChart } from '../../core/index.ts'
import { chartFields, summary } from '../chartOutput.ts'

type Export = Extract<Command, { verb: 'chart export' }>

export async function exportTo(
  { reference, destination, archive, force }: Export,
  { cache, globals, print, options }: Context,
): Promise<number> {
  const chart = await exportChart(cache, reference, destination, {
    ...options,
    limits: globals.limits,
    archive,
    force,
  })
  print.lines(...summary(chart), `Exported chart to ${archive ? chart.path : join(chart.path, sep)}`)
  print.data({ ...chartFields(chart), path: chart.path })
  return 0
}
