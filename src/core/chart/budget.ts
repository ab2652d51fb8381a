import { ChartroomError } from '../base/errors.ts'
import { formatSize } from '../base/humanize.ts'
import type { Limits } from './limits.ts'

/** Counts what is taken in against the limits; a chart and the archives inside it share one. */
export class Budget {
  readonly #limits: Limits
  readonly #chart: string
  #unpacked = 0
  #entries = 0

  /** @param chart names the chart in errors */
  constructor(limits: Limits, chart: string) {
    this.#limits = limits
    this.#chart = chart
  }

  /** @throws ChartroomError `too-large` */
  countEntry(): void {
    this.#entries++
    if (this.#entries > this.#limits.entries) {
      throw this.#tooLarge('entries', `has more than ${this.#limits.entries} files`)
    }
  }

  /**
   * @param path names the file in the error
   * @param size bytes
   * @throws ChartroomError `too-large`
   */
  checkFile(path: string, size: number): void {
    if (size > this.#limits.file) {
      const limit = formatSize(this.#limits.file)
      const problem = `has a file ${path} of ${formatSize(size)}; the limit for one file is ${limit}`
      throw this.#tooLarge('file', problem, size)
    }
    if (this.#unpacked + size > this.#limits.unpacked) throw this.#tooMuch()
  }

  /**
   * Counts bytes that were unpacked, whatever they belong to.
   * @throws ChartroomError `too-large`
   */
  count(bytes: number): void {
    this.#unpacked += bytes
    if (this.#unpacked > this.#limits.unpacked) throw this.#tooMuch()
  }

  #tooMuch(): ChartroomError {
    const { unpacked } = this.#limits
    return this.#tooLarge(
      'unpacked',
      `holds more than ${formatSize(unpacked)}, which is the limit for a whole chart`,
    )
  }

  #tooLarge(limit: keyof Limits, problem: string, actual?: number): ChartroomError {
    return new ChartroomError('too-large', {
      message: `${this.#chart} ${problem}.`,
      advice: 'If you trust the chart, raise the limit.',
      limit,
      expected: this.#limits[limit],
      ...(actual === undefined ? {} : { actual }),
    })
  }
}
