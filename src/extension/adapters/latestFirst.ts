import type { Memento } from 'vscode'

/** Lists of what was used, the latest first, each under a name. Holds no secrets: the editor keeps it as plain text. */
export class LatestFirst {
  readonly #state: Memento
  readonly #key: string
  readonly #capacity: number

  /**
   * @param key under which the editor keeps all of them
   * @param capacity how much each list remembers
   */
  constructor(state: Memento, key: string, capacity: number) {
    this.#state = state
    this.#key = key
    this.#capacity = capacity
  }

  of(name: string): readonly string[] {
    return this.#all().get(name) ?? []
  }

  async remember(name: string, value: string): Promise<void> {
    const before = this.of(name)
    if (before[0] === value) return
    const others = before.filter((other) => other !== value)
    const all = new Map(this.#all()).set(name, [value, ...others].slice(0, this.#capacity))
    await this.#state.update(this.#key, Object.fromEntries(all))
  }

  #all(): ReadonlyMap<string, readonly string[]> {
    return new Map(Object.entries(this.#state.get<Record<string, readonly string[]>>(this.#key, {})))
  }
}
