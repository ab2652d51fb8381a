import { describe, expect, it } from 'vitest'
import { ChartCache } from '../../../src/core/cache/cache.ts'
import { encodeManifest } from '../../../src/core/oci/manifest.ts'
import { describe as descriptorOf } from '../../../src/core/oci/descriptor.ts'
import { pullChart } from '../../../src/core/operations/pullChart.ts'
import { temporaryDirectory } from '../../support/temporary.ts'
import { failureOf, registriesAt, startServer } from '../registry/scriptedServer.ts'
import { serveChart } from './servedChart.ts'

const manifestType = 'application/vnd.oci.image.manifest.v1+json'

describe('a manifest whose layer names addresses elsewhere', () => {
  it('makes nobody fetch from there, also where the registry does not have the layer', async () => {
    const elsewhere = await startServer((_request, response) => {
      response.end('a layer')
    })
    const config = Buffer.from('{"apiVersion":"v2","name":"chart","version":"1.0.0"}')
    const layer = descriptorOf('application/tar+gzip', Buffer.from('a layer'))
    const { bytes } = encodeManifest({
      config: descriptorOf('application/vnd.cncf.helm.config.v1+json', config),
      layers: [layer],
    })
    const urls = JSON.stringify([`http://${elsewhere.host}/layer`])
    const text = bytes.toString().replace(layer.digest, `${layer.digest}","urls":${urls},"of":"`)
    const manifest = { bytes: Buffer.from(text), descriptor: descriptorOf(manifestType, Buffer.from(text)) }
    expect(JSON.parse(text)).toMatchObject({
      layers: [{ digest: layer.digest, urls: JSON.parse(urls) as unknown }],
    })
    const server = await serveChart({ config, manifest })
    const cache = new ChartCache(await temporaryDirectory())

    const failure = await failureOf(pullChart(cache, registriesAt(server.host), server.reference))

    expect(failure.kind).toBe('not-found')
    expect(elsewhere.seen).toEqual([])
  })
})
