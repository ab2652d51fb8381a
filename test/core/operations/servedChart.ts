import { gzipSync } from 'node:zlib'
import { encodeChartManifest } from '../../../src/core/chart/chartManifest.ts'
import { encodeConfig } from '../../../src/core/chart/configBlob.ts'
import { chartMediaTypes, type ChartFormat } from '../../../src/core/chart/mediaTypes.ts'
import type { Metadata } from '../../../src/core/chart/metadata.ts'
import { describe } from '../../../src/core/oci/descriptor.ts'
import type { RawManifest } from '../../../src/core/oci/manifest.ts'
import { tarball, type Entry } from '../chart/tarball.ts'
import { startServer, type Script, type ScriptedServer } from '../registry/scriptedServer.ts'

export interface Served {
  readonly format?: ChartFormat
  readonly metadata?: Partial<Metadata>
  /** Besides the Chart.yaml. */
  readonly files?: readonly Entry[]
  /** In place of the config of the metadata. */
  readonly config?: Buffer
  readonly provenance?: Buffer
  readonly created?: Date
  /** In place of the manifest of the chart. */
  readonly manifest?: RawManifest
  /** Bytes that come in place of those that the manifest announces. */
  readonly sent?: { readonly config?: Buffer; readonly layer?: Buffer }
  /** Has the first word about every request; `true` where it has answered. */
  readonly before?: (...parameters: Parameters<Script>) => boolean
}

export interface ChartServer extends ScriptedServer {
  /** `127.0.0.1:PORT/team/chart:1.0.0` */
  readonly reference: string
  readonly manifest: RawManifest
  readonly layer: Buffer
}

/** A registry that has one chart, `team/chart:1.0.0`, and answers as the given parts say. */
export async function serveChart(served: Served = {}): Promise<ChartServer> {
  const { format = 'legacy', metadata = {}, files = [], provenance, created, sent = {} } = served
  const whole: Metadata = { apiVersion: 'v2', name: 'chart', version: '1.0.0', ...metadata }
  const yaml = Object.entries(whole).map(([key, value]) => `${key}: ${JSON.stringify(value)}\n`)
  const config = served.config ?? encodeConfig(whole)
  const layer = gzipSync(tarball({ path: 'chart/Chart.yaml', content: yaml.join('') }, ...files))
  const manifest =
    served.manifest ??
    encodeChartManifest({
      config: describe(chartMediaTypes.config, config),
      layer: describe(chartMediaTypes[format], layer),
      format,
      metadata: whole,
      ...(provenance === undefined ? {} : { provenance: describe(chartMediaTypes.provenance, provenance) }),
      ...(created === undefined ? {} : { created }),
    })
  const blobs = new Map([
    [describe('', config).digest, sent.config ?? config],
    [describe('', layer).digest, sent.layer ?? layer],
  ])
  const server = await startServer((request, response) => {
    if (served.before?.(request, response) === true) return
    const name = (request.url ?? '').slice((request.url ?? '').lastIndexOf('/') + 1)
    const isManifest = name === '1.0.0' || name === manifest.descriptor.digest
    const body = isManifest ? manifest.bytes : [...blobs].find(([digest]) => digest === name)?.[1]
    if (body === undefined) {
      response.writeHead(404).end()
      return
    }
    const { mediaType, digest } = manifest.descriptor
    const headers = isManifest ? { 'content-type': mediaType, 'docker-content-digest': digest } : {}
    response.writeHead(200, { ...headers, 'content-length': body.length })
    response.end(request.method === 'HEAD' ? undefined : body)
  })
  return { ...server, reference: `${server.host}/team/chart:1.0.0`, manifest, layer }
}
