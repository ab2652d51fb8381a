import type { Credential } from '../../../../../src/core/base/credential.ts'
import { fetchTransport } from '../../../../../src/core/registry/transport/fetchTransport.ts'
import type { HostOptions } from '../../../../../src/core/registry/hosts/hostOptions.ts'
import { Registries } from '../../../../../src/core/registry/registries.ts'
import type { HttpRequest, Transport } from '../../../../../src/core/registry/transport/transport.ts'
import { answerError, startServer, type Script } from '../../scriptedServer.ts'

/** A request as it was sent, for example `GET https://hub.docker.com/v2/repositories/acme/`. */
export interface Sent {
  readonly line: string
  readonly authorization: string | undefined
}

export interface NamedHosts {
  readonly registries: Registries
  readonly sent: Sent[]
}

export interface NamedHostsOptions {
  readonly login?: Pick<Credential, 'username' | 'password'>
  readonly options?: Readonly<Record<string, HostOptions>>
}

/**
 * A world in which well-known hosts, such as `hub.docker.com`, are scripted servers on this machine. A host without a script
 * answers every request with 404.
 */
export async function namedHosts(
  scripts: Readonly<Record<string, Script>>,
  { login, options = {} }: NamedHostsOptions = {},
): Promise<NamedHosts> {
  const ports = new Map<string, string>()
  const nobody: Script = (_request, response) => {
    answerError(response, 404, 'NOT_FOUND', 'nobody is here')
  }
  for (const [host, script] of Object.entries(scripts)) ports.set(host, (await startServer(script)).host)
  const silent = (await startServer(nobody)).host
  const sent: Sent[] = []
  const transport: Transport = {
    send: async (request: HttpRequest, sending) => {
      const { authorization } = request.headers
      sent.push({ line: `${request.method} ${request.url.href}`, authorization })
      const url = new URL(request.url)
      url.protocol = 'http:'
      url.host = ports.get(request.url.host) ?? silent
      return await fetchTransport().send({ ...request, url }, sending)
    },
  }
  const credential = login === undefined ? undefined : { ...login, origin: 'the test' }
  const registries = new Registries({
    findCredential: () => Promise.resolve(credential),
    hosts: options,
    transport,
    wait: () => Promise.resolve(),
  })
  return { registries, sent }
}

/** Asks for a token at a realm, as a registry that is not told who asks. */
export function challenge(realm: string): Record<string, string> {
  return { 'www-authenticate': `Bearer realm="${realm}",service="registry",scope="registry:catalog:*"` }
}
