import type { InspectedTag } from '../../core/index.ts'

/** What is known about a tag: what it holds, or why that could not be found out. */
export interface TagFacts {
  readonly details?: InspectedTag
  readonly error?: unknown
}

export type Inspect = (
  reference: string,
  options: { readonly signal: AbortSignal; readonly known?: InspectedTag },
) => Promise<InspectedTag>

export interface TagDetailsOptions {
  readonly inspect: Inspect
  /** Told that a tag is known better now. */
  readonly onChange: (reference: string) => void
}

/** How many tags of a registry are looked at at the same time. */
const parallel = 4

/**
 * What the tags of one registry hold, found out a few at a time and only for those that are wanted. What was found out
 * is kept, so that looking again takes one small request.
 */
export class TagDetails {
  readonly #inspect: Inspect
  readonly #onChange: TagDetailsOptions['onChange']
  readonly #facts = new Map<string, TagFacts>()
  /** Looked at since they expired last. */
  readonly #settled = new Set<string>()
  readonly #running = new Map<string, AbortController>()
  #wanted: readonly string[] = []

  constructor({ inspect, onChange }: TagDetailsOptions) {
    this.#inspect = inspect
    this.#onChange = onChange
  }

  of(reference: string): TagFacts {
    return this.#facts.get(reference) ?? {}
  }

  /** Looks at these tags, in this order, and at no others: a look at another one is broken off. */
  want(references: readonly string[]): void {
    this.#wanted = references
    const wanted = new Set(references)
    for (const [reference, controller] of this.#running) {
      if (wanted.has(reference)) continue
      this.#running.delete(reference)
      controller.abort()
    }
    this.#startSome()
  }

  /** Makes these tags due again. What is known about them stays until then. */
  expire(references: Iterable<string>): void {
    for (const reference of references) {
      this.#settled.delete(reference)
      this.#running.get(reference)?.abort()
      this.#running.delete(reference)
    }
  }

  dispose(): void {
    this.want([])
  }

  #startSome(): void {
    for (const reference of this.#wanted) {
      if (this.#running.size >= parallel) return
      if (this.#settled.has(reference) || this.#running.has(reference)) continue
      const controller = new AbortController()
      this.#running.set(reference, controller)
      void this.#look(reference, controller)
    }
  }

  async #look(reference: string, controller: AbortController): Promise<void> {
    const { signal } = controller
    const { details } = this.of(reference)
    const facts = await this.#inspect(reference, {
      signal,
      ...(details === undefined ? {} : { known: details }),
    }).then(
      (found): TagFacts => ({ details: found }),
      (error: unknown): TagFacts => ({ error }),
    )
    if (this.#running.get(reference) !== controller) return
    this.#running.delete(reference)
    this.#settled.add(reference)
    this.#facts.set(reference, facts)
    if (facts.error !== undefined || facts.details !== details) this.#onChange(reference)
    this.#startSome()
  }
}
