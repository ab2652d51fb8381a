import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { kindOf, messageOf, Registries } from '../../src/core/index.ts'
import type { Timeouts, Transport } from '../../src/core/registry/transport/transport.ts'
import type { Operation } from '../support/faultRegistry/exchange.ts'
import type { Fault } from '../support/faultRegistry/fault.ts'
import { FaultRegistry } from '../support/faultRegistry/faultRegistry.ts'
import { stock } from '../support/faultRegistry/stock.ts'
import { clientSocketsTo } from '../support/clientSockets.ts'
import { perform, type Workplace } from './faultWork.ts'
import { leftoversIn, lookAtCache } from './invariants.ts'
import { planted } from '../support/planted/secrets.ts'

/** How often a fault is inflicted. */
export type Frequency = 'once' | 'always'

/** What came of one operation at a registry with one fault. */
export interface Cell {
  readonly operation: Operation
  readonly frequency: Frequency
  /** `success`, the kind of an error, or what is no error of ours. */
  readonly outcome: string
  /** What must never be, whatever the outcome. */
  readonly problems: readonly string[]
  readonly milliseconds: number
}

/** Milliseconds within which every operation has to end. */
export const deadline = 5000

const account = { username: 'alice', password: planted.password }

/**
 * Does an operation at a registry with a fault, and looks at what is left.
 * @param transport that asks the registry
 */
export async function runCell(
  fault: Fault,
  operation: Operation,
  frequency: Frequency,
  transport: Transport,
): Promise<Cell> {
  let inflicted = 0
  const registry = await FaultRegistry.start({
    admission: 'token',
    account,
    fault: (exchange) => {
      if (exchange.operation !== operation || (frequency === 'once' && inflicted > 0)) return false
      inflicted++
      fault.inflict(exchange)
      return true
    },
  })
  const root = await mkdtemp(join(tmpdir(), 'chartroom-fault-'))
  const said: string[] = []
  try {
    await stock(registry)
    const place = {
      registry,
      registries: registriesAt(registry, fault.isSlow === true, transport),
      root,
      said,
    }
    const start = performance.now()
    const outcome = await Promise.race([outcomeOf(place, operation), late()])
    const milliseconds = performance.now() - start
    const problems = [
      ...(inflicted === 0 ? ['the fault was never inflicted'] : []),
      ...(await openSockets(registry)),
      ...(await leftIn(root)),
      ...leaks(registry, said),
    ]
    return { operation, frequency, outcome, problems, milliseconds }
  } finally {
    await registry.close()
    await rm(root, { recursive: true })
  }
}

const patient: Timeouts = { connect: 20_000, answer: 20_000, idle: 20_000, commit: 20_000, slow: 20_000 }
const impatient: Timeouts = { connect: 400, answer: 400, idle: 400, commit: 400, slow: 400 }

/** Waiting between tries takes no time; where the registry is slow, waiting for it takes little. */
function registriesAt({ host }: FaultRegistry, isSlow: boolean, inner: Transport): Registries {
  const timeouts = isSlow ? impatient : patient
  const transport: Transport = {
    send: async (request, options) => await inner.send(request, { ...options, timeouts }),
  }
  return new Registries({
    findCredential: () => Promise.resolve({ ...account, origin: 'the tests' }),
    hosts: { [host]: { plainHttp: true } },
    transport,
    wait: () => Promise.resolve(),
  })
}

async function outcomeOf(place: Workplace, operation: Operation): Promise<string> {
  try {
    await perform(place, operation)
    return 'success'
  } catch (error) {
    place.said.push(...chainOf(error), JSON.stringify(error))
    return kindOf(error) ?? `no error of ours: ${messageOf(error)}`
  }
}

async function late(): Promise<string> {
  await delay(deadline, undefined, { ref: false })
  return `not ended after ${deadline} ms`
}

/** An error and its causes, in words. */
function chainOf(error: unknown): string[] {
  if (!(error instanceof Error)) return [String(error)]
  return [error.message, ...(error.cause === undefined ? [] : chainOf(error.cause))]
}

/** Connections that stay open on either side; a moment is given to those that are about to close. */
async function openSockets(registry: FaultRegistry): Promise<string[]> {
  const ours = registry.ports.flatMap(clientSocketsTo)
  const closed = Promise.all([registry.idle(), ...ours.map(async ({ closed }) => await closed)])
  await Promise.race([closed, delay(1000, undefined, { ref: false })])
  const left = registry.ports.flatMap(clientSocketsTo)
  return [
    ...(registry.openConnections === 0 ? [] : [`${registry.openConnections} open sockets at the registry`]),
    ...(left.length === 0 ? [] : [`${left.length} open sockets at the client`]),
  ]
}

async function leftIn(root: string): Promise<string[]> {
  const cache = join(root, 'cache')
  const { faults, dangling } = await lookAtCache(cache)
  return [...faults, ...dangling, ...(await leftoversIn(cache)).map((path) => `left behind: ${path}`)]
}

/** Where a secret stands that must not stand there: in what a stranger was sent, and in what was said to people. */
function leaks({ gate, heardByStranger }: FaultRegistry, said: readonly string[]): string[] {
  const sent = heardByStranger.map(
    ({ method, url, headers, body }) =>
      `${method} ${url.href} ${JSON.stringify(headers)} ${body.toString('latin1')}`,
  )
  const has = (text: string): boolean => gate.secrets.some((secret) => text.includes(secret))
  return [
    ...(sent.some(has) ? ['a secret was sent to a stranger'] : []),
    ...(said.some(has) ? ['a secret was said'] : []),
  ]
}
