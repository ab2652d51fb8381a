import { describe, expect, it } from 'vitest'
import { pullChart } from '../../../src/core/operations/pullChart.ts'
import { pushChart } from '../../../src/core/operations/pushChart.ts'
import { withoutEnd } from '../../support/faultRegistry/breaking.ts'
import type { Exchange, Operation } from '../../support/faultRegistry/exchange.ts'
import { bytesReceivedFrom } from '../../support/clientSockets.ts'
import { stock } from '../../support/faultRegistry/stock.ts'
import { failureOf } from '../registry/scriptedServer.ts'
import { visit, type Visit } from '../registry/manners/visit.ts'
import { planted } from '../../support/planted/secrets.ts'

const alice = { username: 'alice', password: planted.password }
const KiB = 1024
const metadata = 4096 * KiB

describe('a registry whose answer never ends', () => {
  it.each<[Operation, number, string, (visitor: Visit) => Promise<unknown>]>([
    [
      'ping',
      metadata,
      'too-large',
      async ({ registries, registry }) => {
        await registries.registry(registry.host).ping()
      },
    ],
    [
      'token',
      128 * KiB,
      'too-large',
      async ({ registries, registry }) => {
        await registries.registry(registry.host).ping()
      },
    ],
    [
      'catalogue',
      metadata,
      'too-large',
      async ({ registries, registry }) => await registries.registry(registry.host).repositories().read(),
    ],
    [
      'tags',
      metadata,
      'too-large',
      async ({ registries, registry }) =>
        await registries.registry(registry.host).repository('team/chart').tags(),
    ],
    ['manifest', metadata, 'too-large', pull],
    ['blob', 16 * KiB, 'integrity', pull],
    ['upload open', metadata, 'too-large', push],
    ['upload content', metadata, 'too-large', push],
    ['upload close', metadata, 'too-large', push],
    ['manifest put', metadata, 'too-large', push],
  ])('at %s is read as far as %d bytes and 64 KiB more at most', async (operation, most, kind, work) => {
    const visitor = await visit({ admission: 'token', account: alice, fault: endless(operation) }, alice)
    await stock(visitor.registry)

    expect((await failureOf(work(visitor))).kind).toBe(kind)

    // Several are read at a time where several blobs travel.
    const asked = visitor.registry.heard.filter((heard) => heard.operation === operation).length
    const others = 16 * KiB
    expect(await bytesReceivedFrom(port(visitor))).toBeLessThanOrEqual(asked * (most + 64 * KiB) + others)
  })

  it.each([401, 403, 404, 500])(
    'with an error of %d is read no further than an error is worth',
    async (status) => {
      const visitor = await visit({
        fault: ({ socket, operation, ...exchange }) => {
          if (operation !== 'manifest') return false
          withoutEnd({ ...exchange, socket, operation, answer: () => ({ ...exchange.answer(), status }) })
          return true
        },
      })
      await stock(visitor.registry)

      await failureOf(pull(visitor))

      const asked = visitor.registry.heard.length
      expect(await bytesReceivedFrom(port(visitor))).toBeLessThanOrEqual(asked * 2 * 64 * KiB)
    },
  )
})

function endless(operation: Operation): (exchange: Exchange) => boolean {
  return (exchange) => {
    if (exchange.operation !== operation) return false
    withoutEnd(exchange)
    return true
  }
}

async function pull({ cache, registries, registry }: Visit): Promise<void> {
  await pullChart(cache, registries, `${registry.host}/team/chart:1.0.0`)
}

async function push(visitor: Visit): Promise<void> {
  await pushChart(visitor.cache, visitor.registries, await visitor.prepareLarge())
}

function port({ registry }: Visit): number {
  return Number(new URL(`http://${registry.host}`).port)
}
