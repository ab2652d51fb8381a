/** What the editor is asked to paint: rows by id, or the first level. */
export type Painted = readonly string[] | 'everything'

/** Milliseconds in which paints are taken together: painting one row costs as much as painting ten. */
const gathering = 50

/**
 * Rows that have to be painted again, a few at a time.
 *
 * While the editor waits for what is below a row, and for a moment after it got it, the row itself is left alone: the
 * editor would keep the children that it has just got and forget what they are.
 */
export class PaintQueue {
  readonly #paint: (rows: Painted) => void
  readonly #due = new Set<string>()
  #isEverythingDue = false
  /** How many answers are under way, by the id of the row; `undefined` is the first level. */
  readonly #answering = new Map<string | undefined, number>()
  readonly #waiting: (() => void)[] = []
  #timer: NodeJS.Timeout | undefined

  constructor(paint: (rows: Painted) => void) {
    this.#paint = paint
  }

  add(rows: Painted): void {
    if (rows === 'everything') this.#isEverythingDue = true
    else for (const id of rows) this.#due.add(id)
    this.#timer ??= setTimeout(() => {
      this.#flush()
    }, gathering)
  }

  /** @param id of the row whose children are asked for; `undefined`: the first level */
  async whileAnswering<Answer>(id: string | undefined, answer: () => Promise<Answer>): Promise<Answer> {
    this.#answering.set(id, (this.#answering.get(id) ?? 0) + 1)
    try {
      return await answer()
    } finally {
      const others = (this.#answering.get(id) ?? 1) - 1
      if (others === 0) this.#answering.delete(id)
      else this.#answering.set(id, others)
      // The first level as it is now is what the editor gets.
      if (id === undefined) this.#isEverythingDue = false
      this.#startOver()
    }
  }

  /** Ends when everything that is due has been painted: only then does the editor know of rows that are new. */
  async settled(): Promise<void> {
    if (!this.#isEverythingDue && this.#due.size === 0) return
    await new Promise<void>((resolve) => {
      this.#waiting.push(resolve)
    })
  }

  dispose(): void {
    clearTimeout(this.#timer)
    for (const resolve of this.#waiting.splice(0)) resolve()
  }

  #startOver(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
    if (this.#isEverythingDue || this.#due.size > 0 || this.#waiting.length > 0) this.add([])
  }

  #flush(): void {
    this.#timer = undefined
    this.#paintWhatIsReady()
    if (this.#isEverythingDue || this.#due.size > 0) return
    for (const resolve of this.#waiting.splice(0)) resolve()
  }

  #paintWhatIsReady(): void {
    if (this.#isEverythingDue && this.#answering.size === 0) {
      this.#isEverythingDue = false
      this.#due.clear()
      this.#paint('everything')
      return
    }
    const ready = [...this.#due].filter((id) => !this.#answering.has(id))
    for (const id of ready) this.#due.delete(id)
    if (ready.length > 0) this.#paint(ready)
  }
}
