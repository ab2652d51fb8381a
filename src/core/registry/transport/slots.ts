import { setTimeout, clearTimeout } from 'node:timers'

/**
 * How many exchanges with one host are under way at a time; who comes later waits, in order.
 *
 * Only who waits for the network keeps a slot. An exchange that waits for its reader, or for what it is to send, gives
 * its slot back after a moment: what it waits for may need that very slot, as where a chart is copied within a registry.
 */
export class Slots {
  #most: number
  readonly #grace: number
  readonly #waiting = new Set<() => void>()
  #taken = 0

  /** @param grace milliseconds that a slot is kept without the network being waited for */
  constructor(most: number, grace = 250) {
    this.#most = most
    this.#grace = grace
  }

  /** May be changed at any time; who has a slot keeps it, and who waits for one of those that are new gets it. */
  set most(most: number) {
    this.#most = most
    for (const enter of this.#waiting) {
      if (!this.takeFree()) return
      enter()
    }
  }

  /** @throws the reason of an aborted signal */
  async take(signal?: AbortSignal): Promise<Slot> {
    signal?.throwIfAborted()
    if (!this.takeFree()) await this.#turn(signal)
    return new Slot(this, this.#grace)
  }

  /** Takes a slot where one is free. */
  takeFree(): boolean {
    if (this.#taken >= this.#most) return false
    this.#taken += 1
    return true
  }

  giveBack(): void {
    const [next] = this.#waiting
    if (next === undefined || this.#taken > this.#most) this.#taken -= 1
    else next()
  }

  async #turn(signal: AbortSignal | undefined): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      const enter = (): void => {
        this.#waiting.delete(enter)
        signal?.removeEventListener('abort', leave)
        resolve()
      }
      const leave = (): void => {
        this.#waiting.delete(enter)
        reject(signal?.reason as Error)
      }
      this.#waiting.add(enter)
      signal?.addEventListener('abort', leave, { once: true })
    })
  }
}

/** The right of one exchange to be under way. */
export class Slot {
  readonly #slots: Slots
  readonly #grace: number
  #isHeld = true
  #hasEnded = false
  #timer: NodeJS.Timeout | undefined

  constructor(slots: Slots, grace: number) {
    this.#slots = slots
    this.#grace = grace
  }

  /** From now on the exchange waits for somebody else than the network. */
  rest(): void {
    clearTimeout(this.#timer)
    if (!this.#isHeld) return
    this.#timer = setTimeout(() => {
      this.#isHeld = false
      this.#slots.giveBack()
    }, this.#grace)
  }

  /** The exchange goes on; where its slot is somebody else's by now, without one. */
  goOn(): void {
    clearTimeout(this.#timer)
    this.#isHeld ||= !this.#hasEnded && this.#slots.takeFree()
  }

  /** The exchange is over. Harmless when repeated. */
  end(): void {
    clearTimeout(this.#timer)
    this.#hasEnded = true
    if (!this.#isHeld) return
    this.#isHeld = false
    this.#slots.giveBack()
  }
}
