import { join } from 'node:path'
import { beforeAll, describe, expect } from 'vitest'
import { copyChart, pullChart, pushChart, saveChart, type SavedChart } from '../../src/core/index.ts'
import { bigChart } from '../support/bigChart.ts'
import { startCuttingProxy } from '../support/cuttingProxy.ts'
import {
  openUploads,
  startDistribution3,
  startDockerRegistry,
  type DockerRegistry,
} from '../support/dockerRegistry.ts'
import { distribution3, itWith } from '../support/peers.ts'
import { filesUnder } from '../support/tree.ts'
import { workplace, type Workplace } from '../support/workplace.ts'

const mebibyte = 1024 * 1024
/** What manifests and headers may take. */
const talk = 64 * 1024
/** What is on its way within a client when a connection breaks, and is lost. */
const lost = 256 * 1024

describe.each([
  { name: 'docker-registry 2.8', start: startDockerRegistry, peers: [] },
  { name: 'distribution 3', start: startDistribution3, peers: [await distribution3()] },
])('with a network that fails in front of $name', ({ start, peers }) => {
  const itHere = itWith(...peers)
  let registry: DockerRegistry
  let chart: string
  let saved: SavedChart
  let place: Workplace

  beforeAll(async () => {
    registry = await start()
    place = await workplace()
    chart = await bigChart(place.directory, 'big', 10, { isNoise: true })
    saved = await saveChart(place.cache, chart, `${registry.host}/team/big:1`)
    await pushChart(place.cache, place.registries, saved.reference)
  })

  itHere('a pull goes on where it was cut, and little comes twice', async () => {
    const { cache, registries } = await workplace()
    const proxy = await startCuttingProxy(registry.host, { toClient: 3 * mebibyte })

    const pulled = await pullChart(cache, registries, `${proxy.host}/team/big:1`)

    expect(pulled.digest).toBe(saved.digest)
    expect(proxy.cuts()).toBe(Math.floor(proxy.passed().toClients / (3 * mebibyte)))
    expect(proxy.cuts()).toBeGreaterThan(2)
    expect(proxy.passed().toClients).toBeLessThan(saved.size + proxy.cuts() * lost + talk)
  })

  itHere('a copy to another registry goes on, too, and each byte is sent once', async () => {
    const source = await startCuttingProxy(registry.host, { toClient: 3 * mebibyte })
    const mirror = await start()
    const sink = await startCuttingProxy(mirror.host, {})

    const copied = await copyChart(await workplace(), `${source.host}/team/big:1`, `${sink.host}/mirror/big`)

    expect(copied.manifestDigest).toBe(saved.manifestDigest)
    expect(source.cuts()).toBeGreaterThan(2)
    expect(source.passed().toClients).toBeLessThan(saved.size + source.cuts() * lost + talk)
    expect(sink.passed().fromClients).toBeLessThan(saved.size + talk)
    expect(await openUploads(mirror.storage)).toEqual([])
  })

  itHere('a push that is cut is sent again, and leaves the chart as it is', async () => {
    const proxy = await startCuttingProxy(registry.host, { fromClient: 4 * mebibyte, times: 1 })
    const reference = `${proxy.host}/again/big:1`
    await place.cache.tag(await place.cache.resolve(saved.reference), reference)

    await pushChart(place.cache, place.registries, reference)

    expect(proxy.cuts()).toBe(1)
    const { cache, registries } = await workplace()
    const pulled = await pullChart(cache, registries, `${registry.host}/again/big:1`)
    expect(pulled.manifestDigest).toBe(saved.manifestDigest)
  })

  itHere('a pull that is stopped leaves no file but whole blobs, and no name', async () => {
    const { cache, registries } = await workplace()
    const controller = new AbortController()

    const pulling = pullChart(cache, registries, saved.reference, {
      signal: controller.signal,
      onProgress: ({ done }) => {
        if (done > 2 * mebibyte) controller.abort()
      },
    })

    await expect(pulling).rejects.toMatchObject({ name: 'AbortError' })
    expect(await filesUnder(join(cache.root, '.chartroom', 'tmp'))).toEqual([])
    expect(await cache.names()).toEqual([])
  })
})
