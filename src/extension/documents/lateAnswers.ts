import { endsWithin } from '../endsWithin.ts'

interface Waiting<Answer> {
  readonly question: string
  readonly late?: Answer
}

/** Answers that pages do not wait long for: one that comes late is kept until its page asks the same again. */
export class LateAnswers<Answer> {
  /** Milliseconds that a page waits. */
  readonly #patience: number
  readonly #waiting = new Map<string, Waiting<Answer>>()

  constructor(patience: number) {
    this.#patience = patience
  }

  /**
   * @param ask never rejects; `undefined`: nothing that a page would show
   * @param onLate called once where the answer came late, and the page still waits for that very one
   * @returns `undefined` where there is no answer by now
   */
  async soon(
    page: string,
    question: string,
    ask: () => Promise<Answer | undefined>,
    onLate: (answer: Answer) => void,
  ): Promise<Answer | undefined> {
    const { late, question: before } = this.#waiting.get(page) ?? {}
    this.#waiting.delete(page)
    if (before === question && late !== undefined) return late
    const waiting: Waiting<Answer> = { question }
    this.#waiting.set(page, waiting)
    const asking = ask()
    if (await endsWithin(this.#patience, asking)) {
      if (this.#waiting.get(page) === waiting) this.#waiting.delete(page)
      return await asking
    }
    void asking.then((answer) => {
      if (this.#waiting.get(page) !== waiting) return
      this.#waiting.delete(page)
      if (answer === undefined) return
      this.#waiting.set(page, { question, late: answer })
      onLate(answer)
    })
    return undefined
  }

  /** To be called when a page is closed: nothing is kept for it. */
  forget(page: string): void {
    this.#waiting.delete(page)
  }
}
