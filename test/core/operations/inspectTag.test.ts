import { describe, expect, it } from 'vitest'
import { inspectTag, type InspectedTag } from '../../../src/core/index.ts'
import { describe as descriptorOf } from '../../../src/core/oci/descriptor.ts'
import { digestOf } from '../../../src/core/oci/digest.ts'
import { encodeManifest, type RawManifest } from '../../../src/core/oci/manifest.ts'
import { mediaTypes } from '../../../src/core/oci/mediaTypes.ts'
import { failureOf, registriesAt } from '../registry/scriptedServer.ts'
import { serveChart, type ChartServer } from './servedChart.ts'

describe('looking at a tag', () => {
  it('tells what the chart says about itself, with one manifest and one config', async () => {
    const server = await serveChart({
      format: 'modern',
      provenance: Buffer.from('signed'),
      created: new Date('2024-05-06T07:08:09Z'),
      metadata: {
        description: 'A sample',
        appVersion: '9.1',
        deprecated: true,
        kubeVersion: '>=1.28',
        maintainers: [{ name: 'Jane', email: 'jane@example.com' }, { name: 'Joe' }],
      },
    })

    expect(await look(server)).toEqual({
      kind: 'chart',
      reference: server.reference,
      manifestDigest: server.manifest.descriptor.digest,
      digest: digestOf(server.layer),
      size: server.layer.length,
      name: 'chart',
      version: '1.0.0',
      description: 'A sample',
      appVersion: '9.1',
      deprecated: true,
      kubeVersion: '>=1.28',
      maintainers: ['Jane (jane@example.com)', 'Joe'],
      format: 'modern',
      signed: true,
      created: '2024-05-06T07:08:09.000Z',
    })
    expect(server.seen.map(({ method }) => method)).toEqual(['GET', 'GET'])
  })

  it('says no more than the chart does', async () => {
    const server = await serveChart()

    const chart = await look(server)

    expect(Object.keys(chart).sort()).toEqual(
      [
        ...['kind', 'reference', 'manifestDigest', 'name', 'version', 'deprecated'],
        ...['digest', 'size', 'format', 'signed'],
      ].sort(),
    )
    expect(chart).toMatchObject({ format: 'legacy', signed: false, deprecated: false })
  })

  it.each([
    ['a container image', manifestOf('application/vnd.oci.image.config.v1+json'), 'image', 7],
    ["Docker's image", manifestOf('application/vnd.docker.container.image.v1+json'), 'image', 7],
    ['a multi-platform image', index(), 'index', 100],
    ['a Flux artifact', manifestOf('application/vnd.cncf.flux.config.v1+json'), 'artifact', 7],
  ] as const)('tells %s from a chart, with one request', async (_, manifest, what, size) => {
    const server = await serveChart({ manifest })

    expect(await look(server)).toMatchObject({
      kind: 'other',
      reference: server.reference,
      manifestDigest: manifest.descriptor.digest,
      what,
      size,
    })
    expect(server.seen).toHaveLength(1)
  })

  it('says so where a manifest has the config of a chart and no chart', async () => {
    const server = await serveChart({ manifest: manifestOf('application/vnd.cncf.helm.config.v1+json') })

    expect(await look(server)).toMatchObject({
      kind: 'other',
      what: 'artifact',
      why: 'it has the config of a chart, but no layer with one (layers: application/x)',
    })
  })
})

describe('looking at a tag again', () => {
  it('takes one HEAD where it means the same, and gives the same object', async () => {
    const server = await serveChart()
    const known = await look(server)
    server.seen.length = 0

    expect(await look(server, known)).toBe(known)
    expect(server.seen.map(({ method }) => method)).toEqual(['HEAD'])
  })

  it('reads what it means now where that is something else', async () => {
    const server = await serveChart()
    const known = await look(server)

    const stale = { ...known, manifestDigest: digestOf(Buffer.from('older')) }

    expect(await look(server, stale)).toEqual(known)
  })

  it.each([
    ['do not say the digest', 200],
    ['do not know HEAD', 405],
  ])('reads it at registries that %s', async (_, status) => {
    const server = await serveChart({
      before: ({ method }, response) => {
        if (method === 'HEAD') response.writeHead(status).end()
        return method === 'HEAD'
      },
    })
    const known = await look(server)
    server.seen.length = 0

    expect(await look(server, known)).toEqual(known)
    expect(server.seen.map(({ method }) => method)).toEqual(['HEAD', 'GET', 'GET'])
  })

  it('says that it is gone', async () => {
    let isGone = false
    const server = await serveChart({
      before: (_, response) => {
        if (isGone) response.writeHead(404).end()
        return isGone
      },
    })
    const known = await look(server)
    isGone = true

    expect((await failureOf(look(server, known))).kind).toBe('not-found')
  })

  it('does not take what is known of another tag', async () => {
    const server = await serveChart()
    const known = await look(server)
    server.seen.length = 0

    await look(server, { ...known, reference: `${server.host}/team/chart:2.0.0` })

    expect(server.seen.map(({ method }) => method)).toEqual(['GET', 'GET'])
  })
})

describe('a tag that cannot be told', () => {
  it.each([
    ['is not JSON', Buffer.from('{'), 'integrity', 'it is not JSON'],
    [
      'has a version that is none',
      Buffer.from('{"apiVersion":"v2","name":"chart","version":"one"}'),
      'invalid-chart',
      'The config of',
    ],
    ['is too large', Buffer.alloc(2 * 1024 * 1024, ' '), 'too-large', 'has 2.0 MiB; more than 1.0 MiB'],
  ])('has a config that %s', async (_, config, kind, text) => {
    const server = await serveChart({ config })

    const failure = await failureOf(look(server))

    expect(failure.kind).toBe(kind)
    expect(failure.message).toContain(text)
  })

  it('has a config that is not what its digest says', async () => {
    const server = await serveChart({ sent: { config: Buffer.from('{}') } })

    expect((await failureOf(look(server))).kind).toBe('integrity')
  })

  it('is too large to be fetched at all, and is not', async () => {
    const server = await serveChart({ config: Buffer.alloc(1024 * 1024 + 1, ' ') })

    await failureOf(look(server))

    expect(server.seen).toHaveLength(1)
  })

  it('has no tag, or no registry', async () => {
    const registries = registriesAt('127.0.0.1:1')

    expect(await failureOf(inspectTag(registries, 'localhost:5000/a/b'))).toEqual({
      kind: 'invalid-reference',
      message: 'localhost:5000/a/b needs a tag.',
    })
    expect((await failureOf(inspectTag(registries, 'mychart:1.0.0'))).kind).toBe('invalid-reference')
  })
})

async function look(server: ChartServer, known?: InspectedTag): Promise<InspectedTag> {
  const options = known === undefined ? {} : { known }
  return await inspectTag(registriesAt(server.host), server.reference, options)
}

function manifestOf(configType: string): RawManifest {
  return encodeManifest({
    config: descriptorOf(configType, Buffer.from('{}')),
    layers: [descriptorOf('application/x', Buffer.from('content'))],
  })
}

function index(): RawManifest {
  const item = descriptorOf(mediaTypes.manifest, Buffer.alloc(50))
  const bytes = Buffer.from(JSON.stringify({ schemaVersion: 2, manifests: [item, item] }))
  return { descriptor: descriptorOf(mediaTypes.index, bytes), bytes }
}
