import type { Memento } from 'vscode'
import { LatestFirst } from './latestFirst.ts'

/** How many destinations of a chart are remembered. */
const capacity = 5

/** Where charts of this workspace were sent before. */
export class DestinationMemory {
  readonly #lists: LatestFirst

  constructor(state: Memento) {
    this.#lists = new LatestFirst(state, 'destinations', capacity)
  }

  /** Latest first. */
  of(chart: string): readonly string[] {
    return this.#lists.of(chart)
  }

  async remember(chart: string, destination: string): Promise<void> {
    await this.#lists.remember(chart, destination)
  }
}
