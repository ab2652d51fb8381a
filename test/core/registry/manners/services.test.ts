import { describe, expect, it } from 'vitest'
import { pullChart } from '../../../../src/core/operations/pullChart.ts'
import { pushChart } from '../../../../src/core/operations/pushChart.ts'
import { instead } from '../../../support/faultRegistry/breaking.ts'
import { errorAnswer } from '../../../support/faultRegistry/exchange.ts'
import { stock } from '../../../support/faultRegistry/stock.ts'
import { always, visit } from './visit.ts'

const key = JSON.stringify(
  { type: 'service_account', private_key: '-----BEGIN\nü:"$x"\n', id: 1 },
  undefined,
  2,
)

describe('a login as a service hands it out', () => {
  it.each([
    ['a robot of Harbor', 'robot$team+ci', 'aB3$;`x`'],
    ['a robot of Quay', 'team+ci', 'ABC123'],
    ['a token of ECR', 'AWS', 'eyJwYXlsb2FkIjoi'.repeat(120)],
    ['a key of Google as JSON', '_json_key', key],
    ['an access token of Google', 'oauth2accesstoken', 'ya29.a0Af_-~+/=='],
    ['a token of ACR', '00000000-0000-0000-0000-000000000000', 'eyJh.eyJq.c2ln'],
    ['a password with colons', 'alice', ':a:b:'],
  ])('%s reaches the registry as it is, as a password and for a token', async (_what, username, password) => {
    const account = { username, password }
    for (const admission of ['password', 'token'] as const) {
      const visitor = await visit({ admission, account }, account)
      await stock(visitor.registry)

      await pullChart(visitor.cache, visitor.registries, visitor.reference())
      await pushChart(visitor.cache, visitor.registries, await visitor.prepare())

      expect(visitor.registry.store.manifest('team/new', '1.0.0')).toBeDefined()
    }
  })
})

describe('a push to a registry that makes no repositories, as ECR', () => {
  it('says what to do first', async () => {
    const message = "The repository with name 'team/new' does not exist in the registry with id '123'"
    const unknown = instead(() => errorAnswer(404, 'NAME_UNKNOWN', message))
    const visitor = await visit({ fault: always('upload open', unknown) })
    const pushing = pushChart(visitor.cache, visitor.registries, await visitor.prepare())

    await expect(pushing).rejects.toMatchObject({
      kind: 'not-found',
      advice: `Create the repository at ${visitor.registry.host} first.`,
    })
  })

  it('and a pull from it says nothing of the kind', async () => {
    const visitor = await visit({
      fault: always(
        'manifest',
        instead(() => errorAnswer(404, 'NAME_UNKNOWN')),
      ),
    })
    const pulling = pullChart(visitor.cache, visitor.registries, visitor.reference())

    await expect(pulling).rejects.toMatchObject({ kind: 'not-found', advice: undefined })
  })
})

describe('a push that the service forbids', () => {
  it('is quoted, as GHCR says it', async () => {
    const denied = instead(() => errorAnswer(403, 'DENIED', 'permission_denied: write_package'))
    const visitor = await visit({ fault: always('upload open', denied) })
    const pushing = pushChart(visitor.cache, visitor.registries, await visitor.prepare())

    await expect(pushing).rejects.toMatchObject({
      kind: 'forbidden',
      message: expect.stringContaining(': permission_denied: write_package.') as string,
    })
  })
})
