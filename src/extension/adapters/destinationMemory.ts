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
    return this.#all()[chart] ?? []
  }

  async remember(chart: string, destination: string): Promise<void> {
    const others = this.of(chart).filter((other) => other !== destination)
    await this.#state.update(key, { ...this.#all(), [chart]: [destination, ...others].slice(0, capacity) })
  }

  #all(): Readonly<Record<string, readonly string[]>> {
    return this.#state.get<Record<string, readonly string[]>>(key, {})
  }
}
