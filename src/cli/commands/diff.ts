import type { Command } from '../args.ts'
import type { Context } from '../context.ts'
import { diffCharts, diffFiles, showChart } from '../../core/index.ts'

type Diff = Extract<Command, { verb: 'chart diff' }>

/** @returns 1 where the charts differ, as `diff` does */
export async function diff({ from, to }: Diff, context: Context): Promise<number> {
  const { globals, print } = context
  const options = { ...context.options, limits: globals.limits }
  const old = await showChart(context, from, options)
  const now = await showChart(context, to, options)
  if (globals.output !== 'table') {
    const { files } = await diffCharts(old, now, options)
    print.data(files)
    return files.length === 0 ? 0 : 1
  }
  let exitCode = 0
  for await (const { patch } of diffFiles(old, now, options)) {
    print.content(Buffer.from(patch))
    exitCode = 1
  }
  return exitCode
}
