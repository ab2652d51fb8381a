import { EventEmitter, once } from 'node:events'
import { describe, expect, it, onTestFinished } from 'vitest'
import {
  inspectTag,
  listRepositories,
  listTags,
  Registries,
  type HostOptions,
} from '../../../src/core/index.ts'
import type { HostEntry } from '../../../src/extension/adapters/hostEntries.ts'
import { RegistryBrowser } from '../../../src/extension/views/registryBrowser.ts'
import { hostId, repositoryId, tagId, type RegistryNode } from '../../../src/extension/views/registryNodes.ts'
import { startServer } from '../../core/registry/scriptedServer.ts'
import { startCountingProxy, type CountingProxy } from '../../support/countingProxy.ts'
import { localRegistry, pushBlob, putManifest } from '../../support/localRegistry.ts'
import { packedChart } from '../../support/packedChart.ts'

const chart = await packedChart('mychart', '0.1.0')

describe('walking through registries', () => {
  it('asks for nothing that nobody looks at', async () => {
    const { proxy, browser, host } = await registryWith({
      'team/mychart': ['1.0.0'],
      'other/mychart': ['1.0.0'],
    })

    expect(browser.hosts.map(({ id, listing }) => [id, listing])).toEqual([[hostId(host), 'unasked']])
    expect(proxy.lines()).toEqual([])

    const [row] = browser.hosts
    await opened(browser, row)
    expect(labels(browser, row)).toEqual(['other', 'team'])
    expect(proxy.lines().length).toBeLessThanOrEqual(3)

    proxy.clear()
    await opened(browser, below(browser, row, 'team'))
    expect(proxy.lines()).toEqual([])
  })

  it('lists the tags of a repository with one request, and looks at each of its rows once', async () => {
    const walk = await registryWith({ 'team/mychart': ['1.0.0', '1.1.0'] })
    const { browser, proxy, host } = walk
    const repository = await openRepository(walk, 'team', 'mychart')

    expect(labels(browser, repository)).toEqual(['1.1.0', '1.0.0'])
    await walk.until(() => browser.children(repository).every((tag) => isLookedAt(browser.latest(tag))))

    const tag = browser.latest(browser.children(repository)[0] ?? repository)
    expect(tag).toMatchObject({
      reference: `${host}/team/mychart:1.1.0`,
      details: { kind: 'chart', version: '0.1.0' },
    })
    expect(proxy.lines().filter((line) => line.includes('/tags/list'))).toHaveLength(1)
    expect(proxy.lines().filter((line) => line.startsWith('GET /v2/team/mychart/manifests/'))).toHaveLength(2)
    expect(proxy.lines().filter((line) => line.includes('/blobs/')).length).toBeLessThanOrEqual(2)
  })

  it('reads a repository anew with one small request a row, and paints only what changed', async () => {
    const walk = await registryWith({ 'team/mychart': ['1.0.0', '1.1.0'] })
    const { browser, proxy, host } = walk
    const repository = await openRepository(walk, 'team', 'mychart')
    await walk.until(() => browser.children(repository).every((tag) => isLookedAt(browser.latest(tag))))
    const other = await packedChart('mychart', '0.2.0')
    await push(walk.registry.url, 'team/mychart', ['1.1.0'], other)
    proxy.clear()
    walk.changes.length = 0

    await browser.refreshRepository(host, `${host}/team/mychart`)
    await walk.until(() => walk.changes.includes(tagId(`${host}/team/mychart:1.1.0`)))

    await proxy.until(({ path, outcome }) => path.endsWith('/manifests/1.0.0') && outcome !== undefined)
    expect(proxy.lines().filter((line) => line.startsWith('HEAD'))).toHaveLength(2)
    expect(
      proxy.lines().filter((line) => line.startsWith('GET') && line.includes('/manifests/')),
    ).toHaveLength(1)
    expect(walk.changes.filter((id) => id.startsWith('remoteTag'))).toEqual([
      tagId(`${host}/team/mychart:1.1.0`),
    ])
  })

  it('shows 50 tags, and 50 more when somebody wants them', async () => {
    const tags = Array.from({ length: 120 }, (_, minor) => `1.${minor}.0`)
    const walk = await registryWith({ 'team/mychart': tags })
    const { browser, proxy } = walk
    const repository = await openRepository(walk, 'team', 'mychart')

    expect(browser.children(repository)).toHaveLength(51)
    await walk.until(() => shownTags(browser, repository).every((tag) => isLookedAt(browser.latest(tag))))
    expect(proxy.lines().filter((line) => line.includes('/manifests/'))).toHaveLength(50)

    wantMore(browser, repository)
    expect(browser.children(repository)).toHaveLength(101)
    wantMore(browser, repository)
    expect(browser.children(repository)).toHaveLength(120)
    expect(proxy.lines().filter((line) => line.includes('/tags/list'))).toHaveLength(1)
  })

  it('reads the catalogue page by page', async () => {
    const names = ['a', 'b', 'c', 'd', 'e']
    const walk = await registryWith(Object.fromEntries(names.map((name) => [name, ['1.0.0']])), {
      pageSize: 2,
    })
    const { browser, proxy } = walk
    const [row] = browser.hosts

    await opened(browser, row)
    expect(labels(browser, row)).toEqual(['a', 'b', 'more'])
    proxy.clear()
    wantMore(browser, row)
    expect(browser.children(row as RegistryNode).slice(-1)).toMatchObject([{ kind: 'more', isBusy: true }])
    await browser.settled(hostId(walk.host))

    expect(labels(browser, row)).toEqual(['a', 'b', 'c', 'd', 'more'])
    expect(proxy.lines()).toHaveLength(1)
    wantMore(browser, row)
    await browser.settled(hostId(walk.host))
    expect(labels(browser, row)).toEqual(['a', 'b', 'c', 'd', 'e'])

    proxy.clear()
    await browser.refreshHost(walk.host)
    expect(labels(browser, row)).toEqual(['a', 'b', 'c', 'd', 'e'])
    expect(proxy.lines()).toHaveLength(3)
  })

  it('shows 100 of the repositories that a registry gives at once, and 100 more when somebody wants them', async () => {
    const names = Array.from({ length: 220 }, (_, at) => `chart-${String(at + 1).padStart(4, '0')}`)
    const paths: string[] = []
    const { host } = await startServer(({ url = '' }, response) => {
      paths.push(url)
      if (url === '/v2/') response.end('{}')
      else if (url.startsWith('/v2/_catalog')) response.end(JSON.stringify({ repositories: names }))
      else response.end(JSON.stringify({ tags: ['1.0.0'] }))
    })
    const { browser } = browserOf([entryOf(host)])
    const [row] = browser.hosts
    const last = (): RegistryNode[] => browser.children(row as RegistryNode).slice(-1)

    await opened(browser, row)
    expect(labels(browser, row)).toEqual([...names.slice(0, 100), 'more'])
    expect(last()).toMatchObject([{ kind: 'more', what: 'repositories', count: 100 }])
    // Whoever goes to one that is not shown yet gets its row all the same.
    const path = await browser.pathTo(`${host}/chart-0219:1.0.0`)
    expect(path.map(({ kind }) => kind)).toEqual(['host', 'remoteRepository', 'remoteTag'])
    expect(labels(browser, row)).toEqual([...names.slice(0, 100), 'chart-0219', 'more'])

    wantMore(browser, row)
    expect(labels(browser, row)).toEqual([...names.slice(0, 200), 'chart-0219', 'more'])
    expect(last()).toMatchObject([{ count: 19 }])
    wantMore(browser, row)
    expect(labels(browser, row)).toEqual(names)
    expect(paths.filter((url) => url.startsWith('/v2/_catalog'))).toHaveLength(1)
  })

  it('stops what is closed, and goes on where it stopped', async () => {
    const walk = await registryWith({
      'team/mychart': Array.from({ length: 9 }, (_, minor) => `1.${minor}.0`),
    })
    const { browser, proxy } = walk
    proxy.hold(/\/manifests\/1\.[0-4]\.0/)
    const repository = await openRepository(walk, 'team', 'mychart')
    await proxy.until(({ path }) => path.endsWith('/manifests/1.1.0'))
    const [host] = browser.hosts

    if (host !== undefined) browser.close(host)
    await proxy.until(({ path, outcome }) => path.endsWith('/manifests/1.1.0') && outcome === 'closed')
    expect(proxy.lines().some((line) => line.includes('/manifests/1.0.0'))).toBe(false)
    proxy.clear()
    proxy.release()

    if (host !== undefined) browser.open(host)
    await walk.until(() => browser.children(repository).every((tag) => isLookedAt(browser.latest(tag))))
    const again = proxy.lines().map((line) => line.split(' ')[1])
    expect(again.filter((path) => path?.includes('/manifests/'))).toHaveLength(5)
    expect(again.filter((path) => path?.includes('/tags/list'))).toEqual([])
  })

  it('stops everything while the view is hidden', async () => {
    const walk = await registryWith({ 'team/mychart': ['1.0.0'] })
    const { browser, proxy, host } = walk
    proxy.hold(/_catalog/)
    const [row] = browser.hosts
    if (row !== undefined) browser.open(row)
    await proxy.until(({ path }) => path.startsWith('/v2/_catalog'))

    browser.pause()
    await proxy.until(({ path, outcome }) => path.startsWith('/v2/_catalog') && outcome === 'closed')
    expect(labels(browser, row)).toEqual(['loading'])
    proxy.release()
    browser.resume()
    await browser.settled(hostId(host))

    expect(labels(browser, row)).toEqual(['team'])
  })

  it('shows one registry while another one keeps everybody waiting', async () => {
    const slow = await registryWith({ 'team/mychart': ['1.0.0'] })
    slow.proxy.hold(/./)
    const fast = await registryWith({ 'team/mychart': ['1.0.0'] })
    const browser = browserOf([entryOf(slow.host), entryOf(fast.host)]).browser
    const [first, second] = browser.hosts

    if (first !== undefined) browser.open(first)
    await opened(browser, second)

    expect(labels(browser, first)).toEqual(['loading'])
    expect(labels(browser, second)).toEqual(['team'])
  })

  it('shows what is known otherwise where a registry has no list: what was pushed or pulled, and what the cache has', async () => {
    const host = 'registry.example.com'
    const { browser, changes } = browserOf([entryOf(host)], { catalog: 'off' }, ['team/mychart', 'shop'])
    const [row] = browser.hosts
    expect(labels(browser, row)).toEqual(['loading'])

    await opened(browser, row)
    expect(labels(browser, row)).toEqual(['failure', 'shop', 'team'])

    changes.length = 0
    browser.setCached(
      new Map([
        [`${host}/acme/web:1.0.0`, 'sha256:1'],
        ['other.example.com/x/y:1.0.0', 'sha256:2'],
        ['no reference at all', 'sha256:3'],
      ]),
    )
    expect(changes).toEqual([hostId(host)])
    expect(labels(browser, row)).toEqual(['failure', 'acme', 'shop', 'team'])
  })

  it('shows nothing of that where the registry lists what it has', async () => {
    const { browser, host } = await registryWith({ 'team/mychart': ['1.0.0'] })
    const [row] = browser.hosts
    await opened(browser, row)

    browser.setCached(new Map([[`${host}/acme/web:1.0.0`, 'sha256:1']]))
    expect(labels(browser, row)).toEqual(['team'])
  })

  it('tells why a registry gives nothing, and asks it again when somebody wants that', async () => {
    const walk = await registryWith({ 'team/mychart': ['1.0.0'] })
    const { browser, host } = walk
    await walk.registry.stop()
    const [row] = browser.hosts

    await opened(browser, row)
    expect(browser.children(row as RegistryNode)).toMatchObject([
      { kind: 'failure', problem: { reason: 'failed' } },
    ])
    expect(browser.hosts[0]).toMatchObject({ listing: 'failed', problem: { reason: 'failed' } })
    expect(walk.failures).toHaveLength(1)

    await browser.retry(host, hostId(host))
    expect(walk.failures).toHaveLength(2)
  })

  it('knows which tags the cache has, too, without asking anybody', async () => {
    const walk = await registryWith({ 'team/mychart': ['1.0.0', '1.1.0'] })
    const { browser, proxy, host } = walk
    const repository = await openRepository(walk, 'team', 'mychart')
    await walk.until(() => browser.children(repository).every((tag) => isLookedAt(browser.latest(tag))))
    proxy.clear()
    walk.changes.length = 0

    const reference = `${host}/team/mychart:1.0.0`
    browser.setCached(
      new Map([
        [reference, chart.manifest.descriptor.digest],
        [`${host}/else:1`, 'sha256:0'],
      ]),
    )

    expect(walk.changes).toEqual([tagId(reference)])
    expect(browser.children(repository).map((tag) => browser.latest(tag))).toMatchObject([
      { label: '1.1.0', cached: false },
      { label: '1.0.0', cached: true },
    ])
    expect(proxy.lines()).toEqual([])
  })

  it('leads to a chart that was pushed a moment ago', async () => {
    const walk = await registryWith({ 'team/mychart': ['1.0.0'] })
    const { browser, host } = walk
    await openRepository(walk, 'team', 'mychart')
    await push(walk.registry.url, 'team/mychart', ['2.0.0'], chart)
    await push(walk.registry.url, 'new/one', ['0.1.0'], chart)

    const path = await browser.pathTo(`${host}/team/mychart:2.0.0`)
    expect(path.map(({ kind }) => kind)).toEqual(['host', 'namespace', 'remoteRepository', 'remoteTag'])
    const other = await browser.pathTo(`${host}/new/one:0.1.0`)
    expect(other.slice(-1)).toMatchObject([{ reference: `${host}/new/one:0.1.0` }])
    expect(labels(browser, browser.hosts[0])).toEqual(['new', 'team'])
  })

  it('keeps what it found out about registries that stay, and forgets those that go', async () => {
    const walk = await registryWith({ 'team/mychart': ['1.0.0'] })
    const { browser, host, proxy } = walk
    await opened(browser, browser.hosts[0])
    proxy.clear()
    walk.changes.length = 0

    browser.setHosts(
      [entryOf('down.example.com'), { ...entryOf(host), pinned: ['far/away'] }],
      () => undefined,
    )
    expect(walk.everything()).toBe(2)
    expect(labels(browser, browser.hosts[1])).toEqual(['far/away', 'team'])
    browser.setHosts([entryOf('down.example.com'), entryOf(host)], () => undefined)
    expect(walk.changes).toEqual([hostId(host)])
    browser.setHosts([entryOf('down.example.com')], () => undefined)
    expect(browser.hosts.map(({ host: name }) => name)).toEqual(['down.example.com'])
    expect(proxy.lines()).toEqual([])
  })

  it('does not ask a local registry that is not running', async () => {
    const walk = await registryWith({ 'team/mychart': ['1.0.0'] })
    const { browser, host, proxy } = walk
    browser.setHosts([entryOf(host)], () => ({ kind: 'stopped' }))
    const [row] = browser.hosts

    await opened(browser, row)
    expect(labels(browser, row)).toEqual([])
    expect(proxy.lines()).toEqual([])
    browser.setHosts([entryOf(host)], () => ({ kind: 'running' }))
    await browser.settled(hostId(host))
    expect(labels(browser, row)).toEqual(['team'])
  })
})

interface Walk {
  readonly registry: Awaited<ReturnType<typeof localRegistry>>
  readonly proxy: CountingProxy
  readonly host: string
  readonly browser: RegistryBrowser
  /** Ids that were to be painted. */
  readonly changes: string[]
  readonly failures: unknown[]
  /** How often everything was to be painted. */
  readonly everything: () => number
  until(isSo: () => boolean): Promise<void>
}

/** A registry with these tags, and a tree that knows it and nothing of it. */
async function registryWith(
  repositories: Readonly<Record<string, readonly string[]>>,
  options: HostOptions = {},
): Promise<Walk> {
  const registry = await localRegistry()
  for (const [repository, tags] of Object.entries(repositories))
    await push(registry.url, repository, tags, chart)
  const proxy = await startCountingProxy(new URL(registry.url).host)
  return { ...browserOf([entryOf(proxy.host)], options), registry, proxy, host: proxy.host }
}

function browserOf(
  entries: readonly HostEntry[],
  options: HostOptions = {},
  remembered: readonly string[] = [],
) {
  const registries = new Registries({
    findCredential: () => Promise.resolve(undefined),
    hosts: Object.fromEntries(entries.map(({ host }) => [host, { plainHttp: true, ...options }])),
    wait: () => Promise.resolve(),
  })
  const painted = new EventEmitter().setMaxListeners(0)
  const changes: string[] = []
  const failures: unknown[] = []
  const counts = { everything: 0 }
  const browser = new RegistryBrowser({
    repositories: (host, namespaces) => listRepositories(registries, host, { namespaces }),
    remembered: () => remembered,
    tags: (repository) => listTags(registries, repository),
    inspect: async (reference, more) => await inspectTag(registries, reference, more),
    files: () => Promise.resolve([]),
    onChange: (ids) => {
      if (ids === 'everything') counts.everything += 1
      else changes.push(...ids)
      painted.emit('change')
    },
    onFailure: (error) => failures.push(error),
  })
  onTestFinished(() => {
    browser.dispose()
  })
  browser.setHosts(entries, () => undefined)
  return {
    browser,
    changes,
    failures,
    everything: () => counts.everything,
    until: async (isSo: () => boolean) => {
      while (!isSo()) await once(painted, 'change')
    },
  }
}

function entryOf(host: string): HostEntry {
  return { host, sources: ['setting'], options: {}, pinned: [] }
}

async function push(
  url: string,
  repository: string,
  tags: readonly string[],
  { manifest, blobs }: typeof chart,
): Promise<void> {
  for (const { bytes } of blobs) await pushBlob(url, repository, bytes)
  for (const tag of tags) expect((await putManifest(url, repository, tag, manifest)).status).toBe(201)
}

async function opened(browser: RegistryBrowser, row: RegistryNode | undefined): Promise<void> {
  if (row === undefined) throw new Error('There is no such row.')
  browser.open(row)
  await browser.settled(row.id)
}

function below(browser: RegistryBrowser, row: RegistryNode | undefined, label: string): RegistryNode {
  const child = row === undefined ? undefined : browser.children(row).find((node) => labelOf(node) === label)
  if (child === undefined) throw new Error(`There is no row ${label}.`)
  return child
}

async function openRepository({ browser }: Walk, namespace: string, label: string): Promise<RegistryNode> {
  const [host] = browser.hosts
  await opened(browser, host)
  const group = below(browser, host, namespace)
  await opened(browser, group)
  const repository = below(browser, group, label)
  await opened(browser, repository)
  expect(repository.id).toBe(repositoryId(`${host?.host ?? ''}/${namespace}/${label}`))
  return repository
}

function wantMore(browser: RegistryBrowser, row: RegistryNode | undefined): void {
  const more = below(browser, row, 'more')
  if (more.kind === 'more') browser.more(more)
}

function shownTags(browser: RegistryBrowser, row: RegistryNode): RegistryNode[] {
  return browser.children(row).filter(({ kind }) => kind === 'remoteTag')
}

function isLookedAt(node: RegistryNode): boolean {
  return node.kind === 'remoteTag' && (node.details !== undefined || node.problem !== undefined)
}

function labels(browser: RegistryBrowser, row: RegistryNode | undefined): string[] {
  return row === undefined ? [] : browser.children(row).map(labelOf)
}

function labelOf(node: RegistryNode): string {
  switch (node.kind) {
    case 'namespace':
      return node.path
    case 'remoteRepository':
    case 'remoteTag':
      return node.label
    case 'line':
      return node.what
    case 'host':
    case 'more':
    case 'failure':
    case 'directory':
    case 'file':
      return node.kind
  }
}
