import type { Context } from '../context.ts'
import {
  formatCount,
  formatSize,
  parseReference,
  pushChart,
  repositoryName,
  whileDoing,
} from '../../core/index.ts'
import { chartFields, summary, tagOf } from '../chartOutput.ts'
import { eachReference } from './eachReference.ts'

export async function push(references: readonly string[], context: Context): Promise<number> {
  return await eachReference(references, context, async (reference) => await pushOne(reference, context))
}

async function pushOne(
  reference: string,
  { cache, registries, globals, print, options }: Context,
): Promise<unknown> {
  const known = await whileDoing(`push ${reference}`, async () => await cache.require(reference, options))
  print.lines(
    `The push refers to repository [${repositoryName(parseReference(known.reference))}]`,
    ...summary(known),
  )
  const chart = await pushChart(cache, registries, reference, { ...options, overwrite: globals.overwrite })
  const { layers, total } = chart
  const size = `${formatCount(layers, 'layer')}, ${formatSize(total)} total`
  print.lines(`${tagOf(chart.reference)}: pushed to remote (${size})`)
  return { ...chartFields(chart), layers, total }
}
