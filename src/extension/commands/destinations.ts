import { ChartroomError, formatReference, kindOf, parseReference, repositoryName } from '../../core/index.ts'
import type { CachedChart, Reference } from '../../core/index.ts'

/** What a chart calls itself. */
export interface ChartName {
  readonly name: string
  readonly version: string
}

/** What was typed for a destination: a whole reference, or what is wrong with it. */
export type Judgement =
  | { readonly reference: string }
  | {
      /** What is wrong, as a sentence that need not repeat what was typed. */
      readonly problem: string
      /** What would be right. */
      readonly advice?: string
    }

export interface Suggestion {
  readonly reference: string
  readonly from: 'used before' | 'in the cache' | 'known registry'
}

/**
 * Reads what a person typed as the place for a chart. Without a tag, the chart's version is the tag.
 * @param needsHost whether the chart shall go to a registry
 */
export function judgeDestination(text: string, chart: ChartName, needsHost: boolean): Judgement {
  return judged(() => {
    const parsed = parseReference(text.trim())
    if (parsed.digest !== undefined) return { problem: 'A chart is saved under a tag, not under a digest.' }
    if (needsHost && parsed.host === '') return hostMissing(parsed)
    if (parsed.tag !== undefined) return { reference: formatReference(parsed) }
    return { reference: formatReference(parseReference(`${formatReference(parsed)}:${chart.version}`)) }
  })
}

/**
 * Reads what a person typed as a chart of a registry: by its tag, or by its digest. One without either passes, because
 * pulling it tells which tags there are.
 */
export function judgePull(text: string): Judgement {
  return judged(() => {
    const parsed = parseReference(text.trim())
    return parsed.host === '' ? hostMissing(parsed) : { reference: formatReference(parsed) }
  })
}

/**
 * Where a chart may go, likeliest first, nothing twice: where this chart went before, the repositories of the cache that
 * hold a chart of this name, and every other registry that the cache knows.
 *
 * @param remembered destinations as `forgetVersion` wrote them, latest first
 */
export function suggestDestinations(
  chart: ChartName,
  remembered: readonly string[],
  cached: readonly CachedChart[],
): Suggestion[] {
  const places = cached.flatMap((entry) =>
    entry.problem === undefined ? placeOf(entry.reference, entry.name) : [],
  )
  const hosts = [...remembered.flatMap((text) => placeOf(text, '')), ...places].map(({ host }) => host)
  const candidates: Suggestion[] = [
    ...remembered.map((text) => suggestion(text, 'used before')),
    ...places
      .filter(({ name }) => name === chart.name)
      .map(({ repository }) => suggestion(repository, 'in the cache')),
    ...hosts.sort().map((host) => suggestion(`${host}/${chart.name.toLowerCase()}`, 'known registry')),
  ]
  const seen = new Set<string>()
  return candidates.flatMap(({ reference, from }) => {
    const place = judgeDestination(reference, chart, true)
    if ('problem' in place || seen.has(place.reference)) return []
    seen.add(place.reference)
    return [suggestion(place.reference, from)]
  })
}

/**
 * A destination as it is worth remembering: where the tag was the chart's version, the next version takes its own.
 */
export function forgetVersion(reference: string, { version }: ChartName): string {
  const parsed = parseReference(reference)
  return parsed.tag === version ? repositoryName(parsed) : reference
}

function hostMissing(parsed: Reference): Judgement {
  return { problem: `The registry is missing: write for example localhost:5000/${formatReference(parsed)}.` }
}

function judged(judge: () => Judgement): Judgement {
  try {
    return judge()
  } catch (error) {
    if (!(error instanceof ChartroomError) || error.kind !== 'invalid-reference') throw error
    const problem = error.message.replace(/^".*" is not a valid reference: /s, '')
    return {
      problem: problem.charAt(0).toUpperCase() + problem.slice(1),
      ...(error.advice === undefined ? {} : { advice: error.advice }),
    }
  }
}

function suggestion(reference: string, from: Suggestion['from']): Suggestion {
  return { reference, from }
}

function placeOf(reference: string, name: string): { host: string; repository: string; name: string }[] {
  try {
    const parsed = parseReference(reference)
    return parsed.host === '' ? [] : [{ host: parsed.host, repository: repositoryName(parsed), name }]
  } catch (error) {
    // Other programs write names that are no references; they suggest nothing.
    if (kindOf(error) === 'invalid-reference') return []
    throw error
  }
}
