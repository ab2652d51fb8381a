/** What is read when its row is open: a list of a registry, or the files of a chart. */
export interface Source {
  readonly isDue: boolean
  readonly isLoading: boolean
  /** Why it did not come, when it was last read. */
  readonly error: unknown
  /** @returns `false` where it was stopped */
  proceed(): Promise<boolean>
  stop(): void
}

/** Reads sources while their rows are open. */
export class SourceReader {
  readonly #onRead: (id: string, error: unknown) => void
  readonly #reading = new Map<string, Promise<void>>()

  /** @param onRead told the id of a row when its source has been read, and why that did not come to anything */
  constructor(onRead: (id: string, error: unknown) => void) {
    this.#onRead = onRead
  }

  /** Reads what is due where the row is open, and stops what is under way where it is not. */
  drive(id: string, isOpen: boolean, source: Source): void {
    if (!isOpen) {
      source.stop()
      return
    }
    if (!source.isDue || source.isLoading) return
    this.#reading.set(id, this.#read(id, source))
  }

  /** Ends when what is being read for a row is there, or was stopped. */
  async settled(id: string): Promise<void> {
    await this.#reading.get(id)
  }

  async #read(id: string, source: Source): Promise<void> {
    if (await source.proceed()) this.#onRead(id, source.error)
  }
}
