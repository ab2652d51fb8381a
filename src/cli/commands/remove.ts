import type { Context } from '../context.ts'
import { removeChart } from '../../core/index.ts'
import { chartFields, tagOf } from '../chartOutput.ts'
import { eachReference } from './eachReference.ts'

export async function remove(references: readonly string[], context: Context): Promise<number> {
  return await eachReference(references, context, async (reference) => await removeOne(reference, context))
}

async function removeOne(reference: string, { cache, print, options }: Context): Promise<unknown> {
  const removed = await removeChart(cache, reference, options)
  print.lines(`${tagOf(removed.reference)}: removed`)
  return chartFields(removed.chart)
}
