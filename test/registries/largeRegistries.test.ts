import { describe, expect, it } from 'vitest'
import { listRepositories, listTags, listVersions, Registries, type Pages } from '../../src/core/index.ts'
import { person } from '../support/commandLine.ts'
import { startCountingProxy, type CountingProxy } from '../support/countingProxy.ts'
import { startDistribution3, startDockerRegistry } from '../support/dockerRegistry.ts'
import { addManyNames, addManyRepositories } from '../support/manyRepositories.ts'
import { distribution3, itWith } from '../support/peers.ts'

describe('a registry with 1 000 repositories', () => {
  it('is browsed page by page: a request for a page, and none before it is read', async () => {
    const registry = await startDockerRegistry({ catalogPage: 100 })
    const names = await addManyRepositories(registry, 1000)
    const proxy = await startCountingProxy(registry.host)

    const pages = listRepositories(anonymous(), proxy.host)
    expect(proxy.lines()).toEqual([])
    const first = await pages.read()
    const toFirst = proxy.requests.length
    expect(toFirst).toBeLessThanOrEqual(3)
    expect(first).toEqual(names.slice(0, 100))

    const { read, count } = await restOf(pages, proxy)
    expect([...first, ...read]).toEqual(names)
    expect(count).toBe(9)
    console.log(
      `1000 repositories of docker-registry: ${toFirst} requests to the first page, ${count} for the rest`,
    )
  })

  it('is listed by the command line with the same requests', async () => {
    const registry = await startDockerRegistry({ catalogPage: 100 })
    await addManyRepositories(registry, 1000)
    const proxy = await startCountingProxy(registry.host)
    const { chartroom } = await person()

    const { stdout, exit } = await chartroom(['registry', 'list', proxy.host])

    expect(exit).toBe(0)
    expect(stdout.trimEnd().split('\n')).toHaveLength(1001)
    expect(proxy.requests.filter(({ path }) => path.startsWith('/v2/_catalog'))).toHaveLength(10)
  })
})

describe('a repository with 10 000 tags', async () => {
  const peer = await distribution3()

  itWith(peer)(
    'comes in one answer from distribution 3, which gives pages to who asks for them',
    async () => {
      const registry = await startDistribution3()
      const tags = await addManyNames(registry, 'team/mychart', 10_000)
      const proxy = await startCountingProxy(registry.host)
      const registries = anonymous()

      const whole = await listTags(registries, `${proxy.host}/team/mychart`).read()
      expect(new Set(whole)).toEqual(new Set(tags))
      const atOnce = proxy.requests.filter(({ path }) => path.includes('/tags/list')).length
      expect(atOnce).toBe(1)

      registries.configure({ [proxy.host]: { pageSize: 500 } })
      const pages = listTags(registries, `${proxy.host}/team/mychart`)
      const first = await pages.read()
      expect(first).toHaveLength(500)
      const { read, count } = await restOf(pages, proxy)
      expect(new Set([...first, ...read])).toEqual(new Set(tags))
      // It gives a link behind a last page that is full, to one that is empty.
      expect(count).toBe(20)
      console.log(`10000 tags of distribution 3: ${atOnce} request for all, or ${1 + count} for pages of 500`)
    },
  )

  itWith(peer)('is walked through version by version with two requests each, the newest first', async () => {
    const registry = await startDistribution3()
    await addManyNames(registry, 'team/mychart', 100)
    const proxy = await startCountingProxy(registry.host)

    const versions = await listVersions(anonymous(), `${proxy.host}/team/mychart`)

    expect(versions[0]?.reference).toBe(`${proxy.host}/team/mychart:1.99.0`)
    const asked = proxy.requests.filter(({ outcome }) => outcome === 200)
    expect(asked.filter(({ path }) => path.includes('/manifests/'))).toHaveLength(100)
    expect(asked.filter(({ path }) => path.includes('/blobs/'))).toHaveLength(100)
    console.log(`100 versions: ${asked.length} requests`)
  })
})

async function restOf(
  pages: Pages,
  proxy: CountingProxy,
): Promise<{ readonly read: string[]; readonly count: number }> {
  proxy.clear()
  const read: string[] = []
  for await (const page of pages) {
    read.push(...page)
    // Reading a page asks for that page alone.
    expect(proxy.requests.filter(({ outcome }) => outcome === 200).length).toBe(proxy.requests.length)
  }
  return { read, count: proxy.requests.length }
}

function anonymous(): Registries {
  return new Registries({ findCredential: () => Promise.resolve(undefined) })
}
