/** What stays behind when a push is stopped: the saved chart. */
export interface Remains {
  /** What a person is told. */
  readonly sentence: string
  /** What can be pushed again. */
  readonly reference: string
}

/** A person stopped an operation. */
export class Stopped extends Error {
  override readonly name = 'AbortError'
  readonly remains: Remains | undefined

  constructor(remains?: Remains) {
    super('Stopped.')
    this.remains = remains
  }
}
