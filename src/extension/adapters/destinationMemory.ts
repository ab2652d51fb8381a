import type { Memento } from 'vscode'

const key = 'destinations'

/** How many destinations of a chart are remembered. */
const capacity = 5

/** Where charts of this workspace were sent before. Holds no secrets: the editor keeps it as plain text. */
export class DestinationMemory {
  readonly #state: Memento

  constructor(state: Memento) {
    this.#state = state
  }

  /** Latest first. */
  of(chart: string): readonly string[] {
    return this.#all().get(chart) ?? []
  }

  async remember(chart: string, destination: string): Promise<void> {
    const others = this.of(chart).filter((other) => other !== destination)
    const all = new Map(this.#all()).set(chart, [destination, ...others].slice(0, capacity))
    await this.#state.update(key, Object.fromEntries(all))
  }

  #all(): ReadonlyMap<string, readonly string[]> {
    return new Map(Object.entries(this.#state.get<Record<string, readonly string[]>>(key, {})))
  }
}
