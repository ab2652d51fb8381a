import { EventEmitter, type Disposable } from 'vscode'
import type { ChartVerdict, Finding, LocatedChart } from '../../core/index.ts'

/** What is wrong with a chart. */
export interface Fault {
  readonly kind: 'damaged' | 'missing' | 'notSigned' | 'unusable'
  /** The same as a sentence. */
  readonly sentence: string
}

/** What a check of a cached chart has come to. */
export interface Check {
  readonly fault?: Fault
  /** What its provenance comes to. */
  readonly verdict?: Pick<ChartVerdict, 'provenance' | 'signedBy'>
}

/** What somebody has had checked about the charts of the cache since the window was opened. */
export class Checks implements Disposable {
  readonly #changed = new EventEmitter<void>()
  readonly onDidChange = this.#changed.event
  /** By reference, as the other one. */
  #faults: ReadonlyMap<string, Fault> = new Map()
  readonly #verdicts = new Map<string, ChartVerdict>()

  dispose(): void {
    this.#changed.dispose()
  }

  /** What is known about a chart as it is now: another one under its name has not been checked. */
  of({ reference, manifestDigest }: Pick<LocatedChart, 'reference' | 'manifestDigest'>): Check | undefined {
    const fault = this.#faults.get(reference)
    const verdict = this.#verdicts.get(reference)
    if (verdict === undefined || verdict.manifestDigest !== manifestDigest)
      return fault === undefined ? undefined : { fault }
    const { provenance, message } = verdict
    const wrong = provenance === 'mismatch' ? ({ kind: 'notSigned', sentence: message } as const) : undefined
    const worst = fault ?? wrong
    return { ...(worst === undefined ? {} : { fault: worst }), verdict }
  }

  /** Keeps what the cache was found to be, in place of what was found before. */
  foundHealth(findings: readonly Finding[]): void {
    const faults = findings.flatMap(({ isFault, reference, kind, message }): [string, Fault][] =>
      isFault && reference !== undefined ? [[reference, { kind: faultKind(kind), sentence: message }]] : [],
    )
    this.#faults = new Map(faults)
    this.#changed.fire()
  }

  foundVerdict(verdict: ChartVerdict): void {
    this.#verdicts.set(verdict.reference, verdict)
    this.#changed.fire()
  }

  /** A chart has been brought anew: what was wrong with it need not be any more. */
  forgetFault(reference: string): void {
    if (!this.#faults.has(reference)) return
    this.#faults = new Map([...this.#faults].filter(([faulty]) => faulty !== reference))
    this.#changed.fire()
  }
}

function faultKind(kind: Finding['kind']): Fault['kind'] {
  if (kind === 'damaged-blob') return 'damaged'
  return kind === 'missing-blob' ? 'missing' : 'unusable'
}
