import { describe, expect, it } from 'vitest'
import { listReferrers } from '../../../../src/core/index.ts'
import type { HostOptions } from '../../../../src/core/registry/hosts/hostOptions.ts'
import { describe as describeBytes } from '../../../../src/core/oci/descriptor.ts'
import { mediaTypes } from '../../../../src/core/oci/mediaTypes.ts'
import {
  answerError,
  answerJson,
  failureOf,
  registriesAt,
  startServer,
  type Script,
} from '../scriptedServer.ts'

const digest = `sha256:${'a'.repeat(64)}`
const api = `/v2/team/chart/referrers/${digest}`
const tag = `/v2/team/chart/manifests/sha256-${'a'.repeat(64)}`
const ofCosign = ['sig', 'att', 'sbom'].map((suffix) => `${tag}.${suffix}`)

const layer = describeBytes('application/spdx+json', Buffer.from('{"spdxVersion":"SPDX-2.3"}'))
const sbomBytes = Buffer.from(
  JSON.stringify({
    schemaVersion: 2,
    mediaType: mediaTypes.manifest,
    artifactType: 'application/spdx+json',
    config: describeBytes('application/vnd.oci.empty.v1+json', Buffer.from('{}')),
    layers: [layer],
  }),
)
const sbom = { ...describeBytes(mediaTypes.manifest, sbomBytes), artifactType: 'application/spdx+json' }
const index = { schemaVersion: 2, mediaType: mediaTypes.index, manifests: [sbom] }
const asIndex = { 'content-type': mediaTypes.index }
const found = [{ what: 'sbom', artifactType: 'application/spdx+json', digest: sbom.digest, size: layer.size }]

describe('what is attached to a chart', () => {
  it('is asked for over the interface, and each attachment is looked into', async () => {
    const { host, seen } = await startServer((request, response) => {
      if (request.url === api) answerJson(response, index, asIndex)
      else answerSbom(response)
    })

    expect(await listReferrers(registriesAt(host), `${host}/team/chart@${digest}`)).toEqual(found)
    expect(seen.map(({ url }) => url)).toEqual([api, `/v2/team/chart/manifests/${sbom.digest}`, ...ofCosign])
  })

  it('goes on at the next page, and not at another host', async () => {
    const { host } = await startServer((request, response) => {
      if (request.url === api) answerJson(response, index, { ...asIndex, link: `<${api}?p=2>; rel="next"` })
      else if (request.url === `${api}?p=2`)
        answerJson(
          response,
          { manifests: [] },
          { ...asIndex, link: '<https://evil.example.net/>; rel="next"' },
        )
      else answerSbom(response)
    })

    expect((await failureOf(listReferrers(registriesAt(host), `${host}/team/chart@${digest}`))).kind).toBe(
      'refused',
    )
  })

  it('fails where a later page is missing, and does not take the first one for all', async () => {
    const { host, seen } = await startServer((request, response) => {
      if (request.url === api) answerJson(response, index, { ...asIndex, link: `<${api}?p=2>; rel="next"` })
      else answerError(response, 404, 'UNKNOWN', 'no such page')
    })

    expect((await failureOf(listReferrers(registriesAt(host), `${host}/team/chart@${digest}`))).kind).toBe(
      'not-found',
    )
    expect(seen.map(({ url }) => url)).toEqual([api, `${api}?p=2`])
  })

  it.each<[string, Script]>([
    [
      'is a page of text, as of distribution 2.8 and 3',
      (_request, response) => {
        response.writeHead(404, { 'content-type': 'text/plain' }).end('404 page not found\n')
      },
    ],
    [
      'is an error without a known code',
      (_request, response) => {
        answerError(response, 404, 'NOT_FOUND', 'no such route')
      },
    ],
    [
      'is 405',
      (_request, response) => {
        response.writeHead(405).end()
      },
    ],
    [
      'is a bad request',
      (_request, response) => {
        response.writeHead(400).end()
      },
    ],
    [
      'has another type',
      (_request, response) => {
        response.writeHead(200, { 'content-type': 'text/html' }).end('<html>Sign in</html>')
      },
    ],
  ])(
    'is found by the tag that stands in where the answer of the interface %s; once is enough to know',
    async (_how, missing) => {
      const { host, seen } = await startServer((request, response) => {
        if (request.url === api) return missing(request, response)
        if (request.url === tag) answerJson(response, index, asIndex)
        else answerSbom(response)
      })
      const registries = registriesAt(host)

      expect(await listReferrers(registries, `${host}/team/chart@${digest}`)).toEqual(found)
      expect(await listReferrers(registries, `${host}/team/chart@${digest}`)).toEqual(found)
      expect(seen.filter(({ url }) => url === api)).toHaveLength(1)
      expect(seen.filter(({ url }) => url === tag)).toHaveLength(2)
    },
  )

  it('is nothing where there is no such tag either', async () => {
    const { host } = await startServer((_request, response) => {
      response.writeHead(404, { 'content-type': 'text/plain' }).end('404 page not found\n')
    })

    expect(await listReferrers(registriesAt(host), `${host}/team/chart@${digest}`)).toEqual([])
  })

  it('is not looked for by tag in a repository that is not there', async () => {
    const { host, seen } = await startServer((_request, response) => {
      answerError(response, 404, 'NAME_UNKNOWN', 'repository name not known to registry')
    })

    expect((await failureOf(listReferrers(registriesAt(host), `${host}/team/chart@${digest}`))).kind).toBe(
      'not-found',
    )
    expect(seen.map(({ url }) => url)).toEqual([api])
  })

  it.each<[NonNullable<HostOptions['referrers']>, string[]]>([
    ['api', [api]],
    ['tag', [tag, ...ofCosign]],
    ['off', []],
  ])('is looked for only as the option says: %s', async (referrers, asked) => {
    const { host, seen } = await startServer((_request, response) => {
      response.writeHead(404).end()
    })
    const registries = registriesAt(host, { options: { plainHttp: true, referrers } })

    expect(await listReferrers(registries, `${host}/team/chart@${digest}`)).toEqual([])
    expect(seen.map(({ url }) => url)).toEqual(asked)
  })

  it('is told from its list where it cannot be read itself', async () => {
    const { host } = await startServer((request, response) => {
      if (request.url === api) answerJson(response, index, asIndex)
      else answerError(response, 403, 'DENIED', 'not for you')
    })

    expect(await listReferrers(registriesAt(host), `${host}/team/chart@${digest}`)).toEqual([
      { ...found[0], size: sbom.size },
    ])
  })
})

describe('what cosign attached to a chart, under tags of its own', () => {
  const simpleSigning = 'application/vnd.dev.cosign.simplesigning.v1+json'
  const signature = manifestOf(simpleSigning, 'signed', 'signed by another')
  const attestation = manifestOf('application/vnd.dsse.envelope.v1+json', 'built')
  const packages = manifestOf('text/plain', 'packages')
  const stored = new Map([signature, attestation, packages].map((bytes, index) => [ofCosign[index], bytes]))

  it('is found beside what the interface lists, each with its kind, for a request a tag', async () => {
    const { host, seen } = await startServer((request, response) => {
      const bytes = stored.get(request.url ?? '')
      if (request.url === api) answerJson(response, index, asIndex)
      else if (bytes === undefined) answerSbom(response)
      else response.writeHead(200, { 'content-type': mediaTypes.manifest }).end(bytes)
    })

    expect(await listReferrers(registriesAt(host), `${host}/team/chart@${digest}`)).toEqual([
      ...found,
      shown('signature', simpleSigning, signature, 'signed'.length + 'signed by another'.length),
      shown('provenance', 'application/vnd.dsse.envelope.v1+json', attestation, 'built'.length),
      shown('sbom', 'text/plain', packages, 'packages'.length),
    ])
    expect(seen).toHaveLength(2 + ofCosign.length)
  })

  it('is told once where the interface lists it, too', async () => {
    const both = { ...index, manifests: [describeBytes(mediaTypes.manifest, signature)] }
    const { host } = await startServer((request, response) => {
      if (request.url === api) answerJson(response, both, asIndex)
      else if (request.url?.includes('.') === true && request.url !== ofCosign[0])
        response.writeHead(404).end()
      else response.writeHead(200, { 'content-type': mediaTypes.manifest }).end(signature)
    })

    expect(await listReferrers(registriesAt(host), `${host}/team/chart@${digest}`)).toHaveLength(1)
  })

  it('leaves the rest to be shown where it cannot be read', async () => {
    const { host } = await startServer((request, response) => {
      if (request.url === api) answerJson(response, index, asIndex)
      else if (ofCosign.includes(request.url ?? '')) answerError(response, 403, 'DENIED', 'not for you')
      else answerSbom(response)
    })

    expect(await listReferrers(registriesAt(host), `${host}/team/chart@${digest}`)).toEqual(found)
  })

  /** As cosign writes one: the config is that of an image. */
  function manifestOf(type: string, ...contents: readonly string[]): Buffer {
    return Buffer.from(
      JSON.stringify({
        schemaVersion: 2,
        mediaType: mediaTypes.manifest,
        config: describeBytes('application/vnd.oci.image.config.v1+json', Buffer.from('{}')),
        layers: contents.map((content) => describeBytes(type, Buffer.from(content))),
      }),
    )
  }

  function shown(what: string, artifactType: string, bytes: Buffer, size: number): object {
    return { what, artifactType, digest: describeBytes(mediaTypes.manifest, bytes).digest, size }
  }
})

function answerSbom(response: Parameters<Script>[1]): void {
  response.writeHead(200, { 'content-type': mediaTypes.manifest }).end(sbomBytes)
}
