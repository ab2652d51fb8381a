import { Disposable, l10n, QuickPickItemKind, window, type QuickPick } from 'vscode'
import {
  kindOf,
  listCharts,
  lookUpTag,
  messageOf,
  parseReference,
  tagOrDigest,
  type CachedChart,
  type ChartFormat,
  type Digest,
} from '../../../core/index.ts'
import type { App } from '../../app.ts'
import { plainText } from '../../plainText.ts'
import { formatFor } from './askFormat.ts'
import { confirmedItem, type WritableItem } from './confirmedItem.ts'
import { judgeDestination, suggestDestinations, type ChartName, type Suggestion } from './destinations.ts'
import { wordsOf } from './flawWords.ts'
import { judgeOutcome, type Outcome } from './outcome.ts'
import { answerOf } from './question.ts'

/** What a chart on disk is given a place for. */
export type Purpose = 'save' | 'push'

/** What a chart that has a name is given another one for: in the cache, or at a registry. */
export type CopyPurpose = 'retag' | 'copy'

/** A chart that has a name already. */
export interface NamedChart extends ChartName {
  readonly reference: string
  readonly format: ChartFormat
  readonly signed: boolean
}

/** Milliseconds for which a text has to stand before a registry is asked about it. */
const calm = 300

/**
 * What asks for a whole reference: where the chart went before, a registry that is known, or anything that a person types. It can be
 * asked several times, each time with the text that stands in the box at first.
 */
export async function placeQuestion(
  app: App,
  chart: ChartName | NamedChart,
  purpose: Purpose | CopyPurpose,
): Promise<(typed: string) => Promise<string>> {
  const cached = await listCharts(app.cache, { log: app.log })
  const remembered = app.destinations.of(chart.name)
  return async (typed) =>
    await new DestinationQuestion(app, chart, purpose, { remembered, cached }).ask(typed)
}

interface DestinationItem extends WritableItem {
  /** Missing where it cannot be chosen. */
  readonly reference?: string
  /** What choosing it writes into the box, in place of answering. */
  readonly writes?: string
}

/** One quick pick, from when it opens until it is answered or closed. */
class DestinationQuestion {
  readonly #app: App
  readonly #chart: ChartName | NamedChart
  readonly #purpose: Purpose | CopyPurpose
  readonly #cached: readonly CachedChart[]
  readonly #remembered: readonly string[]
  readonly #input: QuickPick<DestinationItem>
  /** What each destination that was looked at would do; `undefined` where that cannot be known. */
  readonly #outcomes = new Map<string, Outcome | undefined>()
  #lookUp: Disposable | undefined
  #active: string | undefined
  #isClosed = false

  constructor(
    app: App,
    chart: ChartName | NamedChart,
    purpose: Purpose | CopyPurpose,
    known: { readonly remembered: readonly string[]; readonly cached: readonly CachedChart[] },
  ) {
    this.#app = app
    this.#chart = chart
    this.#purpose = purpose
    this.#cached = known.cached
    this.#remembered = known.remembered
    this.#input = window.createQuickPick()
  }

  async ask(typed: string): Promise<string> {
    const input = this.#input
    const { name, version } = this.#chart
    input.title = this.#title
    input.placeholder = l10n.t('Choose, or write for example {0}', `localhost:5000/myrepo/${name}:${version}`)
    input.value = typed
    input.keepScrollPosition = true
    this.#show()
    // Programs that keep logins may take their time; what is known by now can be chosen.
    void this.#app.hosts.load({ log: this.#app.log }).then(() => {
      if (!this.#isClosed) this.#showAgain()
    })
    try {
      return await answerOf<string>(input, (resolve) => {
        input.onDidChangeValue(() => {
          this.#show()
        })
        input.onDidChangeActive(([item]) => {
          this.#look(item?.reference)
        })
        input.onDidAccept(() => {
          const chosen = confirmedItem(input, (text) => this.#typedItem(text))
          if (chosen?.reference !== undefined) resolve(chosen.reference)
          if (chosen?.writes === undefined) return
          input.value = chosen.writes
          this.#show()
        })
      })
    } finally {
      this.#isClosed = true
      this.#lookUp?.dispose()
    }
  }

  get #title(): string {
    const host = this.#active === undefined ? undefined : parseReference(this.#active).host
    const asksMore =
      'reference' in this.#chart || host === undefined || formatFor(this.#app, host) === undefined
    return titleOf(this.#chart, this.#purpose, asksMore ? 1 : undefined)
  }

  #show(): void {
    const input = this.#input
    const hosts = this.#app.hosts.entries.map(({ host }) => host)
    const own = 'reference' in this.#chart ? this.#chart.reference : undefined
    const known = suggestDestinations(this.#chart, {
      remembered: this.#remembered,
      cached: this.#cached,
      hosts,
    }).filter(({ reference }) => reference !== own)
    const typed = input.value.trim()
    const isKnown = known.some(({ reference }) => reference === typed)
    input.items = [
      ...(typed === '' || isKnown ? [] : [this.#typedItem(typed)]),
      ...this.#grouped(known),
      ...this.#another(typed, known),
    ]
  }

  /** Shows what is known by now, and leaves the choice where it is. */
  #showAgain(): void {
    const reference = this.#active
    this.#show()
    if (reference === undefined) return
    const same = this.#input.items.find((item) => item.reference === reference)
    if (same !== undefined) this.#input.activeItems = [same]
  }

  #typedItem(typed: string): DestinationItem {
    const judged = judgeDestination(typed, this.#chart, this.#isAtRegistry)
    if ('reference' in judged) {
      return { ...this.#item(judged.reference, l10n.t('as typed')), isTyped: true, alwaysShow: true }
    }
    const { problem, advice = '' } = wordsOf(judged)
    return {
      label: `$(error) ${plainText(problem)}`,
      detail: plainText(advice),
      isTyped: true,
      alwaysShow: true,
    }
  }

  #grouped(suggestions: readonly Suggestion[]): DestinationItem[] {
    const titles = {
      usedBefore: l10n.t('used before'),
      cache: l10n.t('in the cache'),
      registry: l10n.t('known registries'),
    } as const
    return (['usedBefore', 'cache', 'registry'] as const).flatMap((from): DestinationItem[] => {
      const items = suggestions.filter((suggestion) => suggestion.from === from)
      if (items.length === 0) return []
      const separator = { label: titles[from], kind: QuickPickItemKind.Separator }
      return [separator, ...items.map(({ reference }) => this.#item(reference))]
    })
  }

  #another(typed: string, known: readonly Suggestion[]): DestinationItem[] {
    if (typed !== '') return []
    const { name, version } = this.#chart
    const writes = known[0]?.reference ?? `localhost:5000/myrepo/${name.toLowerCase()}:${version}`
    return [
      { label: '', kind: QuickPickItemKind.Separator },
      { label: l10n.t('Another reference…'), writes },
    ]
  }

  #item(reference: string, otherwise = ''): DestinationItem {
    const outcome = this.#outcomeOf(reference)
    return {
      label: reference,
      description: outcome === undefined ? otherwise : outcomeText(outcome),
      reference,
    }
  }

  /** Whether the destination is a place at a registry, and not only a name in the cache. */
  get #isAtRegistry(): boolean {
    return this.#purpose === 'push' || this.#purpose === 'copy'
  }

  #outcomeOf(reference: string): Outcome | undefined {
    const isTaken = this.#purpose === 'retag' && this.#cached.some((entry) => entry.reference === reference)
    return isTaken
      ? { kind: 'replaces', tag: tagOrDigest(parseReference(reference)) }
      : this.#outcomes.get(reference)
  }

  /** Finds out what a destination would do, once it has stood for a moment. A registry that cannot be asked is passed over in silence. */
  #look(reference: string | undefined): void {
    if (reference === this.#active) return
    this.#active = reference
    this.#input.title = this.#title
    this.#lookUp?.dispose()
    if (!this.#isAtRegistry || reference === undefined || this.#outcomes.has(reference)) return
    const controller = new AbortController()
    const timer = setTimeout(() => {
      this.#ask(reference, controller.signal).catch((error: unknown) => {
        this.#app.log.debug(`${reference} could not be looked up: ${messageOf(error)}`)
      })
    }, calm)
    this.#lookUp = new Disposable(() => {
      clearTimeout(timer)
      controller.abort()
    })
  }

  async #ask(reference: string, signal: AbortSignal): Promise<void> {
    try {
      const found = await lookUpTag(this.#app.registries, reference, { signal, log: this.#app.log })
      this.#outcomes.set(reference, judgeOutcome(reference, found, this.#cachedDigest(reference)))
    } catch (error) {
      // Who comes back to it later may ask again.
      if (kindOf(error) === 'cancelled') return
      this.#outcomes.set(reference, undefined)
      throw error
    }
    if (this.#active === reference && !signal.aborted) this.#showAgain()
  }

  #cachedDigest(reference: string): Digest | undefined {
    const chart = this.#cached.find((entry) => entry.reference === reference)
    return chart?.problem === undefined ? chart?.manifestDigest : undefined
  }
}

/** What stands above the question; `step` of two where another question follows. */
export function titleOf(
  { name, version }: ChartName,
  purpose: Purpose | CopyPurpose,
  step: 1 | 2 | undefined,
): string {
  const title = {
    save: l10n.t('Save {0} {1}', name, version),
    push: l10n.t('Push {0} {1}', name, version),
    retag: l10n.t('Copy {0} {1} in the cache', name, version),
    copy: l10n.t('Copy {0} {1}', name, version),
  }[purpose]
  return step === undefined ? title : l10n.t('{0} ({1} of {2})', title, step, 2)
}

function outcomeText(outcome: Outcome): string {
  switch (outcome.kind) {
    case 'creates':
      return l10n.t('creates {0}', outcome.repository)
    case 'adds':
      return l10n.t('adds {0} to {1}', outcome.tag, outcome.repository)
    case 'sameAsCached':
      return l10n.t('{0} is there already, the same as in the cache', outcome.tag)
    case 'replaces':
      return l10n.t('replaces {0}', outcome.tag)
  }
}
