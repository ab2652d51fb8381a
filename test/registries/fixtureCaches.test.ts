import { cp } from 'node:fs/promises'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { exportChart, listCharts, pushChart } from '../../src/core/index.ts'
import type { Transport } from '../../src/core/registry/transport/transport.ts'
import { fetchTransport } from '../../src/core/registry/transport/fetchTransport.ts'
import { startDockerRegistry, type DockerRegistry } from '../support/dockerRegistry.ts'
import { fixture } from '../support/fixtures.ts'
import { filesUnder } from '../support/tree.ts'
import { workplace, type Workplace } from '../support/workplace.ts'

let registry: DockerRegistry

beforeAll(async () => {
  registry = await startDockerRegistry()
})

describe.each(['helm-3.2.4', 'helm-3.6.3'])('the cache that %s wrote', (writer) => {
  it('is exported, every chart of it', async () => {
    const { cache, directory } = await copyOf(writer)
    const charts = await listCharts(cache)

    for (const [position, { reference }] of charts.entries()) {
      const { path } = await exportChart(cache, reference, join(directory, 'out', `${position}`))
      expect(await filesUnder(path)).toContain(join(path, 'Chart.yaml'))
    }

    expect(charts).toHaveLength(9)
  })

  it('is pushed, every chart that lives at localhost:5000, with the digest it has in the cache', async () => {
    const { cache, registries } = await copyOf(writer)
    const local = (await listCharts(cache)).filter(({ reference }) => reference.startsWith('localhost:5000/'))

    for (const { reference, manifestDigest } of local) {
      const pushed = await pushChart(cache, registries, reference)

      expect(pushed.manifestDigest).toBe(manifestDigest)
      const tag = reference.slice(reference.lastIndexOf(':') + 1).replaceAll('+', '_')
      const path = reference.slice('localhost:5000/'.length, reference.lastIndexOf(':'))
      const answer = await fetch(`http://${registry.host}/v2/${path}/manifests/${tag}`, {
        headers: { accept: 'application/vnd.oci.image.manifest.v1+json' },
      })
      expect(answer.headers.get('docker-content-digest')).toBe(manifestDigest)
    }

    expect(local).toHaveLength(6)
  })
})

async function copyOf(writer: string): Promise<Workplace> {
  const place = await workplace({ transport: withPort5000At(registry.host) })
  await cp(fixture('cache', writer, 'base', 'registry', 'cache'), place.cache.root, { recursive: true })
  return place
}

/** The real transport, to the real registry: only the port that the fixtures name is another one on this machine. */
function withPort5000At(host: string): Transport {
  return {
    send: async (request, options) => {
      if (request.url.host !== 'localhost:5000') return await fetchTransport().send(request, options)
      const url = new URL(request.url)
      url.host = host
      // The registry builds the addresses of uploads from this header.
      const headers = { ...request.headers, host: 'localhost:5000' }
      return await fetchTransport().send({ ...request, url, headers }, options)
    },
  }
}
