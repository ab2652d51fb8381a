import type { Context } from '../context.ts'
import { parseReference, pullChart, repositoryName, tagOrDigest } from '../../core/index.ts'
import { chartFields, summary } from '../chartOutput.ts'
import { eachReference } from './eachReference.ts'

export async function pull(references: readonly string[], context: Context): Promise<number> {
  return await eachReference(references, context, async (reference) => await pullOne(reference, context))
}

async function pullOne(
  reference: string,
  { cache, registries, globals, print, options }: Context,
): Promise<unknown> {
  const wanted = parseReference(reference)
  const tag = tagOrDigest(wanted)
  if (tag !== '' && wanted.host !== '') print.lines(`${tag}: Pulling from ${repositoryName(wanted)}`)
  const chart = await pullChart(cache, registries, reference, { ...options, limits: globals.limits })
  const status = chart.isNewer ? 'Downloaded newer chart for' : 'Chart is up to date for'
  print.lines(...summary(chart), `Status: ${status} ${chart.reference}`)
  return { ...chartFields(chart), isNewer: chart.isNewer }
}
