/** Lets everybody who wants the same thing at the same time wait for one piece of work. */
export class SingleFlight<Value> {
  readonly #running = new Map<string, Flight<Value>>()

  /**
   * Starts the work, or waits for the one that runs under the same key. The work goes on as long as somebody waits for
   * it: its signal is aborted when the last one has given up.
   *
   * @throws what the work throws, or the reason of an aborted signal
   */
  async run(
    key: string,
    work: (signal: AbortSignal) => Promise<Value>,
    signal?: AbortSignal,
  ): Promise<Value> {
    signal?.throwIfAborted()
    const flight = this.#running.get(key) ?? this.#start(key, work)
    flight.waiting++
    try {
      return await unlessAborted(flight.result, signal)
    } finally {
      flight.waiting--
      if (flight.waiting === 0) this.#end(key, flight)
    }
  }

  #start(key: string, work: (signal: AbortSignal) => Promise<Value>): Flight<Value> {
    const abandoned = new AbortController()
    const result = work(abandoned.signal)
    // Where nobody waits any more, nobody hears of a failure.
    result.catch(() => undefined)
    const flight = { result, abandoned, waiting: 0 }
    this.#running.set(key, flight)
    return flight
  }

  /** Whoever comes now starts anew. */
  #end(key: string, flight: Flight<Value>): void {
    if (this.#running.get(key) === flight) this.#running.delete(key)
    flight.abandoned.abort()
  }
}

interface Flight<Value> {
  readonly result: Promise<Value>
  readonly abandoned: AbortController
  waiting: number
}

/** Waits for work, but no longer than until a signal is aborted. @throws what the work throws, or the reason of the signal */
export async function unlessAborted<Value>(
  work: Promise<Value>,
  signal: AbortSignal | undefined,
): Promise<Value> {
  if (signal === undefined) return await work
  let giveUp = (): void => undefined
  const aborted = new Promise<never>((_resolve, reject) => {
    giveUp = (): void => {
      reject(signal.reason as Error)
    }
    if (signal.aborted) giveUp()
    else signal.addEventListener('abort', giveUp)
  })
  try {
    return await Promise.race([work, aborted])
  } finally {
    signal.removeEventListener('abort', giveUp)
  }
}
