import {
  ChartroomError,
  formatReference,
  kindOf,
  parseReference,
  repositoryName,
} from '../../../core/index.ts'
import type { CachedChart, Reference } from '../../../core/index.ts'

/** What a chart calls itself. */
export interface ChartName {
  readonly name: string
  readonly version: string
}

/** What was typed for a chart's place: a whole reference, or what is wrong with it. */
export type Judgement = { readonly reference: string } | Flaw

export type Flaw =
  /** A chart is saved under a tag, and this names a digest. */
  | { readonly flaw: 'digest' }
  /** It needs a registry, and this names none; `example` does. */
  | { readonly flaw: 'noHost'; readonly example: string }
  | {
      readonly flaw: 'invalid'
      /** What is wrong, as a sentence that need not repeat what was typed. */
      readonly problem: string
      /** What would be right. */
      readonly advice?: string
    }

export interface Suggestion {
  readonly reference: string
  readonly from: 'usedBefore' | 'cache' | 'registry'
}

/** Where a chart may go, as far as the window knows. */
export interface KnownPlaces {
  /** Destinations as `forgetVersion` wrote them, latest first. */
  readonly remembered: readonly string[]
  readonly cached: readonly CachedChart[]
  /** The registries of the Registries view, in its order. */
  readonly hosts: readonly string[]
}

/**
 * Reads what a person typed as the place for a chart. Without a tag, the chart's version is the tag.
 * @param needsHost whether the chart shall go to a registry
 */
export function judgeDestination(text: string, chart: ChartName, needsHost: boolean): Judgement {
  return judged(() => {
    const parsed = parseReference(text.trim())
    if (parsed.digest !== undefined) return { flaw: 'digest' }
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
 * hold a chart of this name, and every other registry that is known.
 */
export function suggestDestinations(
  chart: ChartName,
  { remembered, cached, hosts }: KnownPlaces,
): Suggestion[] {
  const places = cached.flatMap((entry) =>
    entry.problem === undefined ? placeOf(entry.reference, entry.name) : [],
  )
  const others = [...remembered.flatMap((text) => placeOf(text, '')), ...places].map(({ host }) => host)
  const candidates: Suggestion[] = [
    ...remembered.map((text) => suggestion(text, 'usedBefore')),
    ...places
      .filter(({ name }) => name === chart.name)
      .map(({ repository }) => suggestion(repository, 'cache')),
    ...[...hosts, ...others.sort()].map((host) =>
      suggestion(`${host}/${chart.name.toLowerCase()}`, 'registry'),
    ),
  ]
  const seen = new Set<string>()
  return candidates.flatMap(({ reference, from }) => {
    const place = judgeDestination(reference, chart, true)
    if (!('reference' in place) || seen.has(place.reference)) return []
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
  return { flaw: 'noHost', example: `localhost:5000/${formatReference(parsed)}` }
}

function judged(judge: () => Judgement): Judgement {
  try {
    return judge()
  } catch (error) {
    if (!(error instanceof ChartroomError) || error.kind !== 'invalid-reference') throw error
    const problem = error.message.replace(/^".*" is not a valid reference: /s, '')
    return {
      flaw: 'invalid',
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
