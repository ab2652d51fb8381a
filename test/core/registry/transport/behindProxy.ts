import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { onTestFinished, vi } from 'vitest'
import type { HostOptions } from '../../../../src/core/registry/hosts/hostOptions.ts'
import { Registries } from '../../../../src/core/registry/registries.ts'
import { environmentProxies } from '../../../../src/core/registry/transport/proxies.ts'
import { startMappingProxy, type MappingProxyOptions } from '../../../support/mappingProxy.ts'
import { temporaryDirectory } from '../../../support/temporary.ts'
import { answerJson, startServer } from '../scriptedServer.ts'

/** A host that is nowhere. */
export const far = 'registry.example.test'

/** A server, and a proxy in front of it that `PROXY` in the variables stands for. */
export async function behindProxy(
  variables: Readonly<Record<string, string>>,
  tls?: Parameters<typeof startServer>[1],
  how: Omit<MappingProxyOptions, 'port'> = {},
) {
  const server = await startServer((_request, response) => {
    answerJson(response, { tags: [] })
  }, tls)
  const proxy = await startMappingProxy({ ...how, port: Number(server.host.split(':')[1]) })
  withVariables(
    Object.fromEntries(
      Object.entries(variables).map(([name, value]) => [name, value.replace('PROXY', proxy.host)]),
    ),
  )
  const lines: string[] = []
  const tags = async (host: string, options: HostOptions): Promise<string[]> =>
    await tagsOf(host, options, lines)
  return { proxy, seen: server.seen, lines, tags, findAgent: environmentProxies()?.findAgent }
}

/** The tags of `team/chart` at a host, through the proxies that the variables name. */
export async function tagsOf(host: string, options: HostOptions, lines: string[]): Promise<string[]> {
  const proxies = environmentProxies()
  onTestFinished(() => {
    proxies?.close()
  })
  const registries = new Registries({
    findCredential: () => Promise.resolve(undefined),
    hosts: { [host]: options },
    findAgent: proxies?.findAgent,
    wait: () => Promise.resolve(),
  })
  const note = (line: string): void => void lines.push(line)
  return await registries
    .registry(host)
    .repository('team/chart')
    .tags({ log: { debug: note, info: note, warn: note } })
}

/** Has the variables about proxies have these values, and no others, until the test ends. */
export function withVariables(variables: Readonly<Record<string, string>>): void {
  for (const name of ['HTTPS_PROXY', 'HTTP_PROXY', 'ALL_PROXY', 'NO_PROXY']) {
    for (const spelling of [name, name.toLowerCase()]) vi.stubEnv(spelling, variables[spelling])
  }
  onTestFinished(() => {
    vi.unstubAllEnvs()
  })
}

/** The path of a file with a certificate. */
export async function pem({ cert }: { readonly cert: string }): Promise<string> {
  const path = join(await temporaryDirectory(), 'certificate.pem')
  await writeFile(path, cert)
  return path
}
