/** Which rows of a tree somebody looks at, by their ids. */
export class OpenRows {
  readonly #open = new Set<string>()
  /** Counted as open although nobody looks, because somebody asked for them by name. */
  readonly #asked = new Set<string>()
  #isPaused = false

  open(id: string): void {
    this.#open.add(id)
  }

  close(id: string): void {
    this.#open.delete(id)
    this.#asked.delete(id)
  }

  /** Nobody looks at anything, until `resume`. */
  pause(): void {
    this.#isPaused = true
  }

  resume(): void {
    this.#isPaused = false
  }

  /** Counts a row as open until the work is done, unless it is closed meanwhile. */
  async whileAsked(id: string, work: () => Promise<void>): Promise<void> {
    this.#asked.add(id)
    try {
      await work()
    } finally {
      this.#asked.delete(id)
    }
  }

  /** @param chain of ids, from the highest row's down to the row's own */
  isOpen(chain: readonly string[]): boolean {
    if (chain.slice(-1).some((id) => this.#asked.has(id))) return true
    return !this.#isPaused && chain.every((id) => this.#open.has(id))
  }
}
