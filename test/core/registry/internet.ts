import type { Credential } from '../../../src/core/base/credential.ts'
import type { HostOptions } from '../../../src/core/registry/hosts/hostOptions.ts'
import { fetchTransport } from '../../../src/core/registry/transport/fetchTransport.ts'
import { Registries } from '../../../src/core/registry/registries.ts'
import type { FindCredential } from '../../../src/core/registry/login/authenticator.ts'
import type { Transport } from '../../../src/core/registry/transport/transport.ts'
import { startServer } from './scriptedServer.ts'
import { planted } from '../../support/planted/secrets.ts'

/** What arrived somewhere. */
export interface Arrival {
  /** Scheme, host and path, as they were asked for. */
  readonly url: string
  readonly authorization: string | undefined
  readonly cookie: string | undefined
}

export interface Answer {
  readonly status: number
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
}

export interface Internet {
  /** Everything that arrived anywhere, oldest first. */
  readonly arrivals: readonly Arrival[]
  readonly registries: (find: FindCredential, hosts?: Readonly<Record<string, HostOptions>>) => Registries
}

export const alice: Credential = {
  username: 'alice',
  password: planted.password,
  origin: '~/.docker/config.json',
}

/**
 * Every host there is, of whatever scheme, as one server of this machine that writes down what arrives where.
 * @param answer what a request gets, by where it went
 */
export async function startInternet(
  answer: (url: URL, authorization: string | undefined) => Answer,
): Promise<Internet> {
  const arrivals: Arrival[] = []
  const { host } = await startServer((request, response) => {
    const { authorization, cookie } = request.headers
    const url = String(request.headers['x-asked'])
    arrivals.push({ url, authorization, cookie })
    const { status, headers = {}, body = '' } = answer(new URL(url), authorization)
    response.writeHead(status, headers).end(body)
  })
  const transport: Transport = {
    send: async (request, options) =>
      await fetchTransport().send(
        {
          ...request,
          url: new URL(`http://${host}/`),
          headers: { ...request.headers, 'x-asked': request.url.href },
        },
        options,
      ),
  }
  return {
    arrivals,
    registries: (findCredential, hosts = {}) =>
      new Registries({ findCredential, hosts, transport, wait: () => Promise.resolve() }),
  }
}
