import type { Context } from '../context.ts'
import {
  formatCount,
  formatSize,
  parseReference,
  pushCharts,
  repositoryName,
  type PushedChart,
} from '../../core/index.ts'
import { chartFields, summary, tagOf } from '../chartOutput.ts'
import { eachOutcome } from './eachOutcome.ts'

export async function push(references: readonly string[], context: Context): Promise<number> {
  const { cache, registries, globals, options } = context
  return await eachOutcome<PushedChart>(
    references,
    context,
    async (onOutcome) => {
      await pushCharts(cache, registries, references, { ...options, overwrite: globals.overwrite, onOutcome })
    },
    (chart) => show(chart, context),
  )
}

function show(chart: PushedChart, { print }: Context): unknown {
  const { reference, layers, total } = chart
  const size = `${formatCount(layers, 'layer')}, ${formatSize(total)} total`
  print.lines(
    `The push refers to repository [${repositoryName(parseReference(reference))}]`,
    ...summary(chart),
    `${tagOf(reference)}: pushed to remote (${size})`,
  )
  return { ...chartFields(chart), layers, total }
}
