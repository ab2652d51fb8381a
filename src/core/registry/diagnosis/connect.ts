import { Socket } from 'node:net'
import { messageOf } from '../../base/errors.ts'
import { TransportError } from '../transport/transport.ts'
import type { Facts } from './diagnosis.ts'
import type { Address } from './name.ts'
import type { Found } from './steps.ts'

/** More addresses than these tell nothing new. */
const mostAddresses = 6

interface Attempt extends Address {
  readonly milliseconds: number
  readonly error?: TransportError
}

/**
 * Opens a connection to every address, all at the same time, and closes it again. One that works is enough.
 *
 * @param limit milliseconds that each may take
 */
export async function connect(
  addresses: readonly Address[],
  port: number,
  limit: number,
  signal: AbortSignal,
): Promise<Found<Address>> {
  const attempts = await Promise.all(
    addresses.slice(0, mostAddresses).map(async (address) => await attempt(address, port, limit, signal)),
  )
  const facts = { port, addresses: attempts.map(factsOf) }
  const open = attempts.filter(({ error }) => error === undefined)
  const [first] = open
  if (first === undefined) return { summary: '', facts, failure: attempts[0]?.error }
  const summary = `port ${port} is open at ${open.map(({ address }) => address).join(', ')}`
  const silent = attempts.filter(({ error }) => error?.code === 'ETIMEDOUT').map(({ address }) => address)
  if (silent.length === 0) return { summary, facts, value: first }
  return {
    summary: `${summary}, but ${silent.join(', ')} did not answer`,
    facts,
    value: first,
    warning: { advice: 'Connections may begin slowly, because the silent address is tried, too.' },
  }
}

async function attempt(
  { address, family }: Address,
  port: number,
  limit: number,
  signal: AbortSignal,
): Promise<Attempt> {
  const start = performance.now()
  const error = await openOnce(address, port, limit, signal)
  return {
    address,
    family,
    milliseconds: Math.round(performance.now() - start),
    ...(error === undefined ? {} : { error }),
  }
}

async function openOnce(
  address: string,
  port: number,
  limit: number,
  signal: AbortSignal,
): Promise<TransportError | undefined> {
  const socket = new Socket({ signal })
  try {
    return await new Promise((resolve) => {
      socket.once('connect', () => {
        resolve(undefined)
      })
      socket.once('error', (error: NodeJS.ErrnoException) => {
        resolve(new TransportError(error.code ?? 'UNKNOWN', messageOf(error)))
      })
      socket.setTimeout(limit, () => {
        resolve(new TransportError('ETIMEDOUT', 'the address did not answer'))
      })
      socket.connect({ host: address, port })
    })
  } finally {
    socket.destroy()
  }
}

function factsOf({ address, family, milliseconds, error }: Attempt): Facts {
  return { address, family: `IPv${family}`, result: error?.code ?? 'open', milliseconds }
}
