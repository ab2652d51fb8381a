import { Readable } from 'node:stream'
import { describe, expect, it } from 'vitest'
import { Registries } from '../../../../src/core/registry/registries.ts'
import type { Transport } from '../../../../src/core/registry/transport/transport.ts'
import { certificate } from '../certificate.ts'
import { answerJson, failureOf, startServer } from '../scriptedServer.ts'
import { planted } from '../../../support/planted/secrets.ts'

describe('a login for a host whose certificate is not verified', () => {
  it.each([
    ['is not sent where nobody allows it', undefined, 'refused'],
    ['is not sent where somebody forbids it', false, 'refused'],
    ['is sent where somebody allows it', true, 'nothing'],
  ])('%s', async (_name, isAllowed, expected) => {
    const server = await startServer((request, response) => {
      if (request.headers.authorization === undefined)
        response.writeHead(401, { 'www-authenticate': 'Basic realm="x"' }).end()
      else answerJson(response, { tags: [] })
    }, certificate)
    const asked: string[] = []
    const credential = { username: 'me', password: planted.password, origin: 'a file' }
    const registries = new Registries({
      findCredential: () => Promise.resolve(credential),
      hosts: { [server.host]: { insecureSkipVerify: true } },
      ...(isAllowed === undefined
        ? {}
        : {
            mayLogInUnverified: (host) => {
              asked.push(host)
              return Promise.resolve(isAllowed)
            },
          }),
    })
    const registry = registries.registry(server.host)

    const listing = await failureOf(registry.repository('team/chart').tags())
    const login = await failureOf(registry.verifyLogin(credential))

    expect([listing.kind, login.kind]).toEqual([expected, expected])
    expect(server.seen.some(({ authorization }) => authorization !== undefined)).toBe(isAllowed === true)
    expect(asked.every((host) => host === server.host)).toBe(true)
    if (expected === 'refused') {
      expect(listing.message).toBe(
        `${server.host} gets no login, because its certificate is not verified: anybody could be answering in its place.`,
      )
    }
  })
})

describe('a login for a token server with a name of its own whose certificate is not verified', () => {
  it.each([
    ['is not sent where nobody allows it', false, 'refused'],
    ['is sent where somebody allows it', true, 'nothing'],
  ])('%s', async (_name, isAllowed, expected) => {
    const tokens = await startServer((_request, response) => {
      answerJson(response, { token: 'abc' })
    }, certificate)
    const registry = 'registry.example.com'
    const transport: Transport = {
      send: ({ headers }) =>
        Promise.resolve({
          status: headers['authorization'] === 'Bearer abc' ? 200 : 401,
          headers: new Map([['www-authenticate', [`Bearer realm="https://${tokens.host}/jwt/auth"`]]]),
          body: Readable.from(['{"tags":[]}'].map((text) => Buffer.from(text))),
          close: () => undefined,
        }),
    }
    const asked: string[][] = []
    const registries = new Registries({
      findCredential: () => Promise.resolve({ username: 'me', password: planted.password, origin: 'a file' }),
      hosts: {
        [registry]: { plainHttp: true, trustedRealms: [tokens.host] },
        [tokens.host]: { insecureSkipVerify: true },
      },
      mayLogInUnverified: (...host) => {
        asked.push(host)
        return Promise.resolve(isAllowed)
      },
      transport,
    })

    const listing = await failureOf(registries.registry(registry).repository('team/chart').tags())
    const lists = await failureOf(registries.registry(registry).repositories().read())
    const { steps } = await registries
      .registry(registry)
      .diagnose({ editorProxy: { summary: 'one of the editor', isSet: true } })
    const step = steps.find(({ name }) => name === 'token')

    expect(listing.kind).toBe(expected)
    expect(lists.kind).toBe(isAllowed ? 'unavailable' : 'refused')
    expect(step?.state).toBe(isAllowed ? 'ok' : 'failed')
    expect(tokens.seen.some(({ authorization }) => authorization !== undefined)).toBe(isAllowed)
    expect(new Set(asked.map((host) => host.join(' for ')))).toEqual(
      new Set([`${tokens.host} for ${registry}`]),
    )
  })
})
