import type { Progress } from '../core/index.ts'
import { formatProgress } from '../core/index.ts'
import { widthOf } from './table.ts'

/** What a progress line is drawn on: stderr, where it is a terminal. */
export interface Screen {
  readonly columns: number
  write(text: string): unknown
}

/** Milliseconds between two drawings. */
const pause = 100

const doing: Readonly<Record<Progress['step'], string>> = {
  reading: 'Reading',
  packing: 'Packing',
  storing: 'Storing',
  pushing: 'Pushing',
  pulling: 'Pulling',
  exporting: 'Exporting',
  copying: 'Copying',
  verifying: 'Verifying',
  listing: 'Looking at tags',
  waiting: 'Waiting until the registry may be asked again',
}

/** One line that tells how far the work is, and goes away when something else is printed. */
export class ProgressLine {
  readonly #screen: Screen | undefined
  #drawn = 0
  #visible = false

  /** @param screen undefined: nothing is ever drawn */
  constructor(screen: Screen | undefined) {
    this.#screen = screen
  }

  show(progress: Progress): void {
    const now = Date.now()
    if (this.#screen === undefined || now - this.#drawn < pause) return
    this.#drawn = now
    this.#visible = true
    this.#screen.write(`\r\u001b[K${fitting(lineOf(progress), this.#screen.columns - 1)}`)
  }

  clear(): void {
    if (!this.#visible) return
    this.#visible = false
    this.#screen?.write('\r\u001b[K')
  }
}

function lineOf(progress: Progress): string {
  return `${doing[progress.step]}: ${formatProgress(progress)}`
}

function fitting(text: string, columns: number): string {
  return widthOf(text) <= columns ? text : text.slice(0, Math.max(0, columns))
}
