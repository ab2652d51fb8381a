import { beforeAll, describe, expect, it } from 'vitest'
import {
  ChartCache,
  inspectTag,
  listRepositories,
  listTags,
  openRemoteChart,
  pushChart,
  Registries,
  saveChart,
  type InspectedTag,
} from '../../src/core/index.ts'
import { startCountingProxy, type CountingProxy } from '../support/countingProxy.ts'
import { startDockerRegistry } from '../support/dockerRegistry.ts'
import { writeChart } from '../support/sampleChart.ts'
import { temporaryDirectory } from '../support/temporary.ts'
import { planted } from '../support/planted/secrets.ts'

const login = { user: 'myuser', password: planted.password }
const repository = 'myrepo/mychart'

describe.each([
  ['that is open', undefined],
  ['with htpasswd', login],
])('looking around in a real registry %s', (_how, htpasswd) => {
  let proxy: CountingProxy
  beforeAll(async () => {
    const registry = await startDockerRegistry(htpasswd === undefined ? {} : { htpasswd })
    proxy = await startCountingProxy(registry.host)
    await pushCharts(registries(), proxy.host)
  })

  /** As in a window that has just been opened. */
  function registries(): Registries {
    const credential =
      htpasswd === undefined
        ? undefined
        : { username: htpasswd.user, password: htpasswd.password, origin: 'the test' }
    return new Registries({ findCredential: () => Promise.resolve(credential) })
  }

  it('takes three requests at most for a new host and the first page of its catalogue', async () => {
    proxy.clear()

    const pages = listRepositories(registries(), proxy.host)
    expect(proxy.lines()).toEqual([])

    expect(await pages.read()).toEqual([repository, 'other'])
    expect(pages.hasMore).toBe(false)
    expect(proxy.requests.length).toBeLessThanOrEqual(3)
  })

  it('reads the next page only when it is asked for', async () => {
    const known = registries()
    known.configure({ [proxy.host]: { pageSize: 1 } })
    const pages = listRepositories(known, proxy.host)
    await pages.read()
    proxy.clear()

    expect(pages.hasMore).toBe(true)
    expect(proxy.lines()).toEqual([])
    expect(await pages.read()).toEqual(['other'])
    expect(proxy.lines()).toHaveLength(1)
  })

  it('takes two requests at most for the tags of a repository', async () => {
    const known = registries()
    await listRepositories(known, proxy.host).read()
    proxy.clear()

    expect(await listTags(known, `${proxy.host}/${repository}`).read()).toEqual(['0.1.0', '0.2.0+build'])
    expect(proxy.lines()).toEqual([`GET /v2/${repository}/tags/list 200`])
  })

  it('takes one manifest and one config to tell what a tag is, and one HEAD to see that it still is', async () => {
    const known = registries()
    await listRepositories(known, proxy.host).read()
    proxy.clear()
    const reference = `${proxy.host}/${repository}:0.2.0+build`

    const chart = await inspectTag(known, reference)

    expect(chart).toMatchObject({ kind: 'chart', reference, name: 'mychart', version: '0.2.0+build' })
    expect(proxy.lines()).toEqual([
      `GET /v2/${repository}/manifests/0.2.0_build 200`,
      expect.stringMatching(`^GET /v2/${repository}/blobs/sha256:[0-9a-f]{64} 200$`),
    ])

    proxy.clear()
    expect(await inspectTag(known, reference, { known: chart })).toBe(chart)
    expect(proxy.lines()).toEqual([`HEAD /v2/${repository}/manifests/0.2.0_build 200`])
  })

  it('sees that a tag means another chart', async () => {
    const known = registries()
    const before = await inspectTag(known, `${proxy.host}/other:1.0.0`)
    const stale: InspectedTag = {
      ...before,
      manifestDigest: (await inspectTag(known, `${proxy.host}/${repository}:0.1.0`)).manifestDigest,
    }
    proxy.clear()

    expect(await inspectTag(known, before.reference, { known: stale })).toEqual(before)
    expect(proxy.requests.map(({ method }) => method)).toEqual(['HEAD', 'GET', 'GET'])
  })

  it('opens a chart without saving it, with one request for its manifest and one for its layer', async () => {
    const known = registries()
    await listRepositories(known, proxy.host).read()
    proxy.clear()

    const opened = await openRemoteChart(known, `${proxy.host}/${repository}:0.1.0`)

    expect(opened.files.map(({ path }) => path)).toEqual([
      'Chart.yaml',
      'templates/configmap.yaml',
      'values.yaml',
    ])
    expect((await opened.read('values.yaml')).toString()).toBe('replicas: 1\n')
    expect(proxy.requests.map(({ method }) => method)).toEqual(['GET', 'GET'])
  })

  it('ends a request at once when nobody wants its answer any more', async () => {
    const known = registries()
    await listRepositories(known, proxy.host).read()
    proxy.clear()
    proxy.hold(/tags\/list/)
    const controller = new AbortController()

    const tags = listTags(known, `${proxy.host}/${repository}`)
    const reading = tags.read({ signal: controller.signal })
    await proxy.until(({ path }) => path.includes('tags/list'))
    controller.abort()

    await expect(reading).rejects.toMatchObject({ name: 'AbortError' })
    await proxy.until(({ outcome }) => outcome === 'closed')
    proxy.release()
    expect(await tags.read()).toEqual(['0.1.0', '0.2.0+build'])
  })
})

async function pushCharts(registries: Registries, host: string): Promise<void> {
  const directory = await temporaryDirectory()
  const cache = new ChartCache(await temporaryDirectory())
  for (const [name, version] of [
    ['myrepo/mychart', '0.1.0'],
    ['myrepo/mychart', '0.2.0+build'],
    ['other', '1.0.0'],
  ] as const) {
    const chart = await writeChart(directory, name.slice(name.lastIndexOf('/') + 1), version)
    const { reference } = await saveChart(cache, chart, `${host}/${name}:${version}`)
    await pushChart(cache, registries, reference)
  }
}
