import { describe, expect, it } from 'vitest'
import { makeCertificates } from '../support/certificates.ts'
import { startDockerRegistry } from '../support/dockerRegistry.ts'
import { addManyTags } from '../support/manyRepositories.ts'
import { startMappingProxy } from '../support/mappingProxy.ts'
import { showsRow } from '../support/showsRow.ts'
import { startTinyproxy, type Tinyproxy } from '../support/tinyproxy.ts'
import { until } from '../support/waiting.ts'
import { openWorkbench, type Workbench } from '../support/workbench.ts'

const plain = 'plain.example.test'
const secure = 'secure.example.test'

describe('Registries that only a proxy knows the way to', () => {
  it.each(['override', 'on', 'fallback'] as const)(
    'are read through the one of http.proxy, http.proxySupport being %s, each with what is set for it',
    async (support) => {
      const { proxy, hosts } = await network()
      const workbench = await openWindow(support, proxy, hosts)

      for (const host of [plain, secure]) await workbench.expand(host)

      await until(async () => (await workbench.rows()).filter((row) => row === 'team').length === 2)
      const asked = await proxy.asked()
      expect(asked).toContain(`CONNECT ${secure}:443`)
      expect(asked.some((line) => line.includes(plain))).toBe(true)
    },
  )

  it('are not found where http.proxySupport is off', async () => {
    const { proxy, hosts } = await network()
    const workbench = await openWindow('off', proxy, hosts)

    for (const host of [plain, secure]) await workbench.expand(host)

    for (const host of [plain, secure]) {
      await showsRow(workbench, new RegExp(`^${host}.* could not be reached`))
    }
    // The editor itself may look for extensions that way.
    const asked = await proxy.asked()
    expect(asked.filter((line) => line.includes('example.test'))).toEqual([])
  })
})

/** One registry of plain HTTP and one with an authority of its own, both with a chart; a proxy that knows their names. */
async function network(): Promise<{ proxy: Tinyproxy; hosts: Readonly<Record<string, object>> }> {
  const { authority, server } = await makeCertificates([secure])
  const ports = new Map<string, number>()
  for (const [host, options] of [
    [plain, {}],
    [secure, { tls: server }],
  ] as const) {
    const registry = await startDockerRegistry(options)
    await addManyTags(registry, 'team/mychart', 1)
    ports.set(host, Number(registry.host.split(':')[1]))
  }
  const upstream = await startMappingProxy({ port: (host) => ports.get(host.replace(/:\d+$/, '')) })
  return {
    proxy: await startTinyproxy({ upstream: upstream.host }),
    hosts: { [plain]: { plainHttp: true }, [secure]: { caFile: authority } },
  }
}

async function openWindow(
  support: string,
  proxy: Tinyproxy,
  hosts: Readonly<Record<string, object>>,
): Promise<Workbench> {
  const network = { 'http.proxySupport': support, 'http.proxy': `http://${proxy.host}` }
  const workbench = await openWorkbench({
    settings: network,
    machineSettings: { ...network, 'chartroom.registries': hosts },
  })
  await workbench.openView('Registries')
  return workbench
}
