import { describe, expect, it } from 'vitest'
import { SingleFlight } from '../../../src/core/registry/singleFlight.ts'

describe('one piece of work that several wait for', () => {
  it('is done once', async () => {
    const flights = new SingleFlight<number>()
    let runs = 0
    const work = (): Promise<number> => Promise.resolve(++runs)

    expect(await Promise.all([flights.run('a', work), flights.run('a', work)])).toEqual([1, 1])
    expect(await flights.run('a', work)).toBe(2)
  })

  it('goes on while one of them still waits', async () => {
    const { flights, work, finish, signals } = slowWork()
    const first = new AbortController()
    const gone = flights.run('a', work, first.signal)
    const waiting = flights.run('a', work)

    first.abort()
    await expect(gone).rejects.toMatchObject({ name: 'AbortError' })
    expect(signals[0]?.aborted).toBe(false)
    finish('done')

    expect(await waiting).toBe('done')
    expect(signals).toHaveLength(1)
  })

  it('is told to end when the last one has given up, and begins anew for whoever comes then', async () => {
    const { flights, work, finish, signals } = slowWork()
    const controllers = [new AbortController(), new AbortController()]
    const gone = controllers.map(({ signal }) => flights.run('a', work, signal))

    for (const controller of controllers) controller.abort()
    await Promise.allSettled(gone)

    expect(signals.map(({ aborted }) => aborted)).toEqual([true])
    const next = flights.run('a', work)
    finish('done')
    expect(await next).toBe('done')
    expect(signals).toHaveLength(2)
  })
})

/** Work that takes until it is finished by hand, and shows the signals that it was given. */
function slowWork(): {
  flights: SingleFlight<string>
  work: (signal: AbortSignal) => Promise<string>
  finish: (value: string) => void
  signals: AbortSignal[]
} {
  const signals: AbortSignal[] = []
  let finish = (_value: string): void => undefined
  const promise = new Promise<string>((resolve) => (finish = resolve))
  return {
    flights: new SingleFlight(),
    work: async (signal) => {
      signals.push(signal)
      return await promise
    },
    finish: (value) => {
      finish(value)
    },
    signals,
  }
}
