import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { ChartCache, pushChart, Registries, saveChart } from '../../src/core/index.ts'
import { attachToChart, cosignType, signAsCosign } from '../support/attachments.ts'
import { startCountingProxy } from '../support/countingProxy.ts'
import { startDistribution3, startDockerRegistry } from '../support/dockerRegistry.ts'
import { harborLike } from '../support/harborLike.ts'
import { localRegistry } from '../support/localRegistry.ts'
import { addManyNames, addManyRepositories } from '../support/manyRepositories.ts'
import { distribution3, itWith } from '../support/peers.ts'
import { registryWithoutCatalogue } from '../support/registryWithoutCatalogue.ts'
import { writeChart } from '../support/sampleChart.ts'
import { temporaryDirectory } from '../support/temporary.ts'
import { until } from '../support/waiting.ts'
import { openWorkbench, type Workbench } from '../support/workbench.ts'

describe('A registry in the window', async () => {
  const peer = await distribution3()

  it('that has no list shows what the cache has of it and what was pulled, and remembers that', async () => {
    const registry = await startDockerRegistry()
    const host = await registryWithoutCatalogue(registry.host)
    await push(registry.host, 'acme/web', '1.0.0')
    const workbench = await openWorkbench({ theme: 'Dark Modern' })
    const cache = new ChartCache(join(workbench.cacheHome, 'registry', 'cache'))
    const chart = await writeChart(await temporaryDirectory(), 'mychart')
    await saveChart(cache, chart, `${host}/team/mychart:1.0.0`)
    await workbench.openView('Registries')

    await addRegistry(workbench, host)
    await workbench.row(`${host} does not list its repositories`).waitFor()
    await workbench.row('team').waitFor()

    await workbench.runCommand('Chartroom: Pull Chart…')
    await workbench.quickInput.answer(`${host}/acme/web:1.0.0`)
    await workbench.notification(`Pulled ${host}/acme/web:1.0.0.`)
    await workbench.row('acme').waitFor()
    await workbench.screenshot('a registry without a list')
  })

  it('that keeps its catalogue to itself as Harbor does is listed in its own way', async () => {
    const registry = await startDockerRegistry()
    await push(registry.host, 'team/mychart', '1.0.0')
    const proxy = await startCountingProxy(await harborLike(registry.host, { team: ['mychart'] }))
    const workbench = await openWorkbench()
    await workbench.openView('Registries')

    await addRegistry(workbench, proxy.host)
    await workbench.expand('team')
    // On loopback one more tells whether it speaks HTTPS.
    expect(proxy.requests.filter(({ path }) => path !== '/v2/').length).toBeLessThanOrEqual(3)
    await workbench.expand('mychart')
    await workbench.row('1.0.0').waitFor()
  })

  it('with 1 000 repositories is browsed page by page, and asked for no more', async () => {
    const registry = await startDockerRegistry({ catalogPage: 100 })
    await addManyRepositories(registry, 1000)
    const proxy = await startCountingProxy(registry.host)
    const workbench = await openWorkbench({ size: { width: 1000, height: 800 } })
    await workbench.openView('Registries')

    await addRegistry(workbench, proxy.host)
    await workbench.row('team').waitFor()
    const toFirst = proxy.requests.length
    expect(toFirst).toBeLessThanOrEqual(3)
    proxy.clear()
    await workbench.row('Load more…').click()
    await proxy.until(({ outcome }) => outcome === 200)
    await until(async () => (await workbench.rows()).includes('Load more…'))
    expect(proxy.requests.map(({ method, path }) => `${method} ${path.split('?')[0] ?? ''}`)).toEqual([
      'GET /v2/_catalog',
    ])
    console.log(`1000 repositories in the window: ${toFirst} requests to the first page, 1 for the next`)
  })

  itWith(peer)('with 10 000 tags in a repository shows the newest, and looks at what is shown', async () => {
    const registry = await startDistribution3()
    await addManyNames(registry, 'team/mychart', 10_000)
    const proxy = await startCountingProxy(registry.host)
    const workbench = await openWorkbench({ size: { width: 1000, height: 800 } })
    await workbench.openView('Registries')
    await addRegistry(workbench, proxy.host)
    await workbench.expand('team')
    proxy.clear()

    await workbench.expand('mychart')
    await workbench.row('1.9999.0').waitFor()
    await workbench.goToLast('Load 50 more…')
    await until(() => Promise.resolve(looksAt(proxy.lines()) === 50))
    expect(proxy.lines().filter((line) => line.includes('/tags/list'))).toHaveLength(1)
    // Every tag is the same chart; each is looked at on its own.
    expect(proxy.requests.length).toBeLessThanOrEqual(1 + 50 * 2)
    console.log(`10000 tags in the window: ${proxy.requests.length} requests for the first 50 rows`)
  })

  it('tells on the page of a chart what is attached to it', async () => {
    const host = new URL((await localRegistry()).url).host
    const { registries, digest } = await push(host, 'team/mychart', '1.0.0')
    const repository = registries.registry(host).repository('team/mychart')
    await attachToChart(repository, digest)
    await signAsCosign(repository, digest)
    const workbench = await openWorkbench({ theme: 'Light Modern' })
    await workbench.openView('Registries')
    await addRegistry(workbench, host)
    await workbench.expand('team')
    await workbench.expand('mychart')
    await workbench.row('1.0.0').waitFor()

    await workbench.contextMenu('1.0.0', 'Show Details')
    const page = workbench.preview()
    await page.getByRole('heading', { name: 'Attached at the registry' }).waitFor()
    await page.getByText('Bill of materials (SBOM)').waitFor()
    await page.getByText(cosignType).waitFor()
    await workbench.screenshot('what is attached to a chart')
  })
})

async function addRegistry(workbench: Workbench, host: string): Promise<void> {
  await workbench.runCommand('Chartroom: Add Registry…')
  await workbench.quickInput.answer(host)
  await workbench.row(host).waitFor()
}

/** How many tags were looked at. */
function looksAt(lines: readonly string[]): number {
  return lines.filter((line) => line.startsWith('GET') && /\/manifests\/\S+ 200$/.test(line)).length
}

async function push(
  host: string,
  repository: string,
  version: string,
): Promise<{ registries: Registries; digest: Awaited<ReturnType<typeof pushChart>>['manifestDigest'] }> {
  const registries = new Registries({ findCredential: () => Promise.resolve(undefined) })
  const cache = new ChartCache(await temporaryDirectory())
  const name = repository.slice(repository.lastIndexOf('/') + 1)
  const chart = await writeChart(await temporaryDirectory(), name, version)
  const { reference } = await saveChart(cache, chart, `${host}/${repository}:${version}`)
  return { registries, digest: (await pushChart(cache, registries, reference)).manifestDigest }
}
