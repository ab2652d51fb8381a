import type { Context } from '../context.ts'
import {
  parseReference,
  pullCharts,
  repositoryName,
  tagOrDigest,
  type PulledChart,
} from '../../core/index.ts'
import { chartFields, summary } from '../chartOutput.ts'
import { eachOutcome } from './eachOutcome.ts'

export async function pull(references: readonly string[], context: Context): Promise<number> {
  const { cache, registries, globals, options } = context
  return await eachOutcome<PulledChart>(
    references,
    context,
    async (onOutcome) => {
      await pullCharts(cache, registries, references, { ...options, limits: globals.limits, onOutcome })
    },
    (chart) => show(chart, context),
  )
}

function show(chart: PulledChart, { print }: Context): unknown {
  const wanted = parseReference(chart.reference)
  const status = chart.isNewer ? 'Downloaded newer chart for' : 'Chart is up to date for'
  print.lines(
    `${tagOrDigest(wanted)}: Pulling from ${repositoryName(wanted)}`,
    ...summary(chart),
    `Status: ${status} ${chart.reference}`,
  )
  return { ...chartFields(chart), isNewer: chart.isNewer }
}
