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
    expect(seen.map(({ url }) => url)).toEqual([api, `/v2/team/chart/manifests/${sbom.digest}`])
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
    ['tag', [tag]],
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

function answerSbom(response: Parameters<Script>[1]): void {
  response.writeHead(200, { 'content-type': mediaTypes.manifest }).end(sbomBytes)
}
