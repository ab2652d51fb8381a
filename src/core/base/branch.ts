const pieceSize = 512 * 1024
/** While the reader is busy, the writer is that far in front. */
const pieceCount = 4

/**
 * Bytes that one part of the program writes and another one reads a little later. They are copied into few pieces, which are used
 * again and again: a buffer that waits for a while would outlive the collections of young objects, and stay until the whole heap is
 * looked through, which for a large chart would have to happen every few milliseconds.
 */
export class Branch {
  readonly #free: Buffer[] = []
  readonly #full: Buffer[] = []
  #made = 0
  #filling: Buffer | undefined
  #filled = 0
  #isEnded = false
  #isClosed = false
  #waiting: (() => void)[] = []

  /** Copies a chunk; waits while the reader is too far behind. Nobody wants it where the branch is closed. */
  async write(chunk: Uint8Array): Promise<void> {
    for (let rest = chunk; rest.length > 0 && !this.#isClosed;) {
      this.#filling ??= this.#free.pop() ?? this.#newPiece()
      if (this.#filling === undefined) {
        await this.#change()
        continue
      }
      const part = rest.subarray(0, pieceSize - this.#filled)
      this.#filling.set(part, this.#filled)
      this.#filled += part.length
      rest = rest.subarray(part.length)
      if (this.#filled === pieceSize) this.#handOn()
    }
  }

  /** The reader has come to its end with what was written. */
  end(): void {
    this.#handOn()
    this.#isEnded = true
    this.#changed()
  }

  /** Lets go whoever writes or reads: no more will come, and no more is wanted. What has been handed on can be read. */
  close(): void {
    this.#isClosed = true
    this.#changed()
  }

  /** What is written, in pieces that are good until the next one is asked for. Closed by whoever stops reading. */
  async *read(): AsyncGenerator<Uint8Array> {
    try {
      for (;;) {
        const piece = this.#full.shift()
        if (piece !== undefined) {
          yield piece
          this.#free.push(Buffer.from(piece.buffer, piece.byteOffset, pieceSize))
          this.#changed()
        } else if (this.#isEnded || this.#isClosed) {
          return
        } else {
          await this.#change()
        }
      }
    } finally {
      this.close()
    }
  }

  #newPiece(): Buffer | undefined {
    if (this.#made === pieceCount) return undefined
    this.#made += 1
    return Buffer.allocUnsafeSlow(pieceSize)
  }

  #handOn(): void {
    if (this.#filling !== undefined) this.#full.push(this.#filling.subarray(0, this.#filled))
    this.#filling = undefined
    this.#filled = 0
    this.#changed()
  }

  async #change(): Promise<void> {
    await new Promise<void>((resolve) => {
      this.#waiting.push(resolve)
    })
  }

  #changed(): void {
    const waiting = this.#waiting
    this.#waiting = []
    for (const resolve of waiting) resolve()
  }
}
