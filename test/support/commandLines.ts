import { readdir, readFile } from 'node:fs/promises'
import { setTimeout as delay } from 'node:timers/promises'

/** Writes down the arguments of every process that runs on this machine, until it is told to stop. */
export class CommandLines {
  readonly seen = new Set<string>()
  #isWatching = true
  readonly #watching: Promise<void>

  constructor() {
    this.#watching = this.#watch()
  }

  async stop(): Promise<void> {
    this.#isWatching = false
    await this.#watching
  }

  async #watch(): Promise<void> {
    while (this.#isWatching) {
      for (const pid of await readdir('/proc')) {
        if (!/^\d+$/.test(pid)) continue
        // A process may end while it is looked at.
        const line = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')
        if (line !== '') this.seen.add(line.replaceAll('\0', ' '))
      }
      await delay(5)
    }
  }
}
