/** Lets everybody who wants the same thing at the same time wait for one piece of work. */
export class SingleFlight<Value> {
  readonly #running = new Map<string, Promise<Value>>()

  /**
   * Starts the work, or waits for the one that runs under the same key. The work does not end when one of those who wait
   * gives up, so it must end by itself.
   *
   * @throws what the work throws, or the reason of an aborted signal
   */
  async run(key: string, work: () => Promise<Value>, signal?: AbortSignal): Promise<Value> {
    signal?.throwIfAborted()
    const running = this.#running.get(key) ?? this.#start(key, work)
    return await unlessAborted(running, signal)
  }

  #start(key: string, work: () => Promise<Value>): Promise<Value> {
    const running = work().finally(() => {
      this.#running.delete(key)
    })
    this.#running.set(key, running)
    return running
  }
}

async function unlessAborted<Value>(work: Promise<Value>, signal: AbortSignal | undefined): Promise<Value> {
  if (signal === undefined) return await work
  let giveUp = (): void => undefined
  const aborted = new Promise<never>((_resolve, reject) => {
    giveUp = () => {
      reject(signal.reason as Error)
    }
    signal.addEventListener('abort', giveUp)
  })
  try {
    return await Promise.race([work, aborted])
  } finally {
    signal.removeEventListener('abort', giveUp)
  }
}
