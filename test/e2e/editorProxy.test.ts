import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { makeCertificates } from '../support/certificates.ts'
import { startDockerRegistry } from '../support/dockerRegistry.ts'
import { addManyTags } from '../support/manyRepositories.ts'
import { startMappingProxy } from '../support/mappingProxy.ts'
import { holdsSecret } from '../support/planted/search.ts'
import { planted } from '../support/planted/secrets.ts'
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
      const workbench = await openWindow(support, `http://${proxy.host}`, hosts)

      for (const host of [plain, secure]) await workbench.expand(host)

      await until(async () => (await workbench.rows()).filter((row) => row === 'team').length === 2)
      const asked = await proxy.asked()
      expect(asked).toContain(`CONNECT ${secure}:443`)
      expect(asked.some((line) => line.includes(plain))).toBe(true)
    },
  )

  it('are not found where http.proxySupport is off', async () => {
    const { proxy, hosts } = await network()
    const workbench = await openWindow('off', `http://${proxy.host}`, hosts)

    for (const host of [plain, secure]) await workbench.expand(host)

    for (const host of [plain, secure]) {
      await showsRow(workbench, new RegExp(`^${host}.* could not be reached`))
    }
    // The editor itself may look for extensions that way.
    const asked = await proxy.asked()
    expect(asked.filter((line) => line.includes('example.test'))).toEqual([])
  })
})

describe('Diagnose Connection…', () => {
  it.each([
    ['override', 'setting'],
    ['on', 'setting'],
    ['fallback', 'setting'],
    ['on', 'variable'],
    ['off', 'setting'],
  ] as const)(
    'names the proxy and not its password, http.proxySupport being %s and the proxy that of a %s',
    async (support, from) => {
      const { proxy, hosts } = await network()
      const address = `http://me:${planted.proxyPassword}@${proxy.host}`
      const workbench =
        from === 'setting'
          ? await openWindow(support, address, hosts)
          : await openWindow(support, '', hosts, { HTTPS_PROXY: address })

      await workbench.runCommand('Chartroom: Diagnose Connection…')
      await workbench.quickInput.answer(secure)

      const page = workbench.preview()
      await page.getByRole('heading', { name: `Connection to ${secure}` }).waitFor()
      const told = {
        setting: `the editor's own: ${proxy.host}, from http.proxy (http.proxySupport ${support})`,
        variable: `the editor's own: ${proxy.host}, from HTTPS_PROXY (http.proxySupport ${support})`,
      }
      await page
        .getByText(support === 'off' ? 'none: http.proxySupport is off' : told[from])
        .first()
        .waitFor()
      if (support !== 'off') await page.getByText('GET /v2/ gives 200').first().waitFor()
      await workbench.clickNotificationAction(secure, 'Copy Report')
      await until(async () => (await workbench.clipboard()).includes(`Connection to ${secure}`))
      expect(holdsSecret(await workbench.clipboard())).toBe(false)
      expect(holdsSecret(await page.locator('body').innerText())).toBe(false)
      if (from === 'setting') await forget(workbench, address)
    },
  )
})

/** Takes out of the settings what this test has put there, so that nobody but Chartroom can have left it anywhere. */
async function forget({ home }: Workbench, address: string): Promise<void> {
  for (const name of ['User', 'Machine']) {
    const path = join(home, 'vscode', 'data', name, 'settings.json')
    await writeFile(path, (await readFile(path, 'utf8')).replaceAll(address, ''))
  }
}

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
  proxy: string,
  hosts: Readonly<Record<string, object>>,
  env: NodeJS.ProcessEnv = {},
): Promise<Workbench> {
  const network = { 'http.proxySupport': support, 'http.proxy': proxy }
  const workbench = await openWorkbench({
    settings: network,
    machineSettings: { ...network, 'chartroom.registries': hosts },
    env,
  })
  await workbench.openView('Registries')
  return workbench
}
