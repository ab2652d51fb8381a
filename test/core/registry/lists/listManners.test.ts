import { describe, expect, it } from 'vitest'
import {
  deleteFromRegistry,
  listRepositories,
  listTags,
  listVersions,
  planDeletion,
  type PlannedDeletion,
} from '../../../../src/core/index.ts'
import { encodeManifest } from '../../../../src/core/oci/manifest.ts'
import { describe as describeBytes } from '../../../../src/core/oci/descriptor.ts'
import {
  answerError,
  answerJson,
  failureOf,
  registriesAt,
  startServer,
  type Script,
  type ScriptedServer,
} from '../scriptedServer.ts'

// What registries are known to do with lists and deletions; the registries themselves were not asked.

const tags = '/v2/team/chart/tags/list'
const manifest = encodeManifest({
  config: describeBytes('application/vnd.oci.image.config.v1+json', Buffer.from('{}')),
  layers: [],
})
const { digest } = manifest.descriptor

describe('the tags of a repository', () => {
  it('at distribution 2.8 come in any order, all at once, and as null when all were deleted', async () => {
    const names = ['1.10.0', 'latest', '1.9.0', '1.10.0-rc.1']
    let list: string[] | null = names
    const server = await startServer((_request, response) => {
      answerJson(response, { name: 'team/chart', tags: list })
    })
    const chart = `${server.host}/team/chart`

    expect(await all(server)).toEqual(names)
    list = null
    expect(await all(server)).toEqual([])
    expect(await listVersions(registriesAt(server.host), chart)).toEqual([])
  })

  it('are in the order of versions across pages', async () => {
    const server = await startServer((request, response) => {
      if (request.url === tags)
        answerJson(response, { tags: ['1.10.0', '1.2.0'] }, { link: `<${tags}?p=2>; rel="next"` })
      else if (request.url === `${tags}?p=2`) answerJson(response, { tags: ['latest', '2.0.0', '1.9.0'] })
      else answerManifest(request, response)
    })

    const versions = await listVersions(registriesAt(server.host), `${server.host}/team/chart`)
    expect(versions.map(({ reference }) => reference.slice(reference.lastIndexOf(':') + 1))).toEqual([
      '2.0.0',
      '1.10.0',
      '1.9.0',
      '1.2.0',
      'latest',
    ])
  })

  it('do not hold what stands for signatures and other attachments', async () => {
    const hex = 'a'.repeat(64)
    const server = await startServer((_request, response) => {
      const attached = ['', '.sig', '.att', '.sbom'].map((ending) => `sha256-${hex}${ending}`)
      answerJson(response, { tags: [...attached, '1.0.0', 'sha256-short', '1.0.0.sig'] })
    })

    expect(await all(server)).toEqual(['1.0.0', 'sha256-short', '1.0.0.sig'])
  })

  it("at Google's Artifact Registry come with more beside them", async () => {
    const server = await startServer((_request, response) => {
      const times = { timeCreatedMs: '1700000000000', timeUploadedMs: '1700000000000', tag: ['1.0.0'] }
      answerJson(response, { child: ['sub'], manifest: { [digest]: times }, name: 'x', tags: ['1.0.0'] })
    })

    expect(await all(server)).toEqual(['1.0.0'])
  })

  it('of a repository that ECR does not have are an error that names the repository', async () => {
    const server = await startServer((_request, response) => {
      answerError(response, 404, 'NAME_UNKNOWN', "The repository with name 'team/chart' does not exist")
    })

    expect(await failureOf(all(server))).toEqual({
      kind: 'not-found',
      message: `${server.host}/team/chart was not found: ${server.host} does not have this repository.`,
    })
  })

  it('at JFrog may hold some that nobody may read, which are told one by one', async () => {
    const server = await startServer((request, response) => {
      if (request.url === tags) answerJson(response, { tags: ['1.0.0', '2.0.0'] })
      else if (request.url?.includes('2.0.0') === true) answerError(response, 403, 'DENIED', 'not for you')
      else answerManifest(request, response)
    })
    const registries = registriesAt(server.host)

    const versions = await listVersions(registries, `${server.host}/team/chart`)
    expect(versions.map(({ kind }) => kind)).toEqual(['unreadable', 'other'])
    const plan = await planDeletion(registries, `${server.host}/team/chart:1.0.0`)
    expect(plan.tags).toEqual(['1.0.0'])
  })

  it('at Docker Hub, of an image without a namespace, are those of library/', async () => {
    const server = await startServer((_request, response) => {
      answerJson(response, { tags: [] })
    })
    expect(registriesAt(server.host).registry('docker.io').repository('nginx').name).toBe(
      'docker.io/library/nginx',
    )
  })
})

describe('the catalogue', () => {
  it('at Quay wants a login', async () => {
    const server = await startServer((_request, response) => {
      answerError(response, 401, 'UNAUTHORIZED', 'access to the requested resource is not authorized')
    })

    expect((await failureOf(listRepositories(registriesAt(server.host), server.host).read())).kind).toBe(
      'unauthorized',
    )
  })

  it.each([
    ['ACR, over a relative link', '</v2/_catalog?last=b&n=2>; rel="next"'],
    ['ECR, over a whole one', '<http://HOST/v2/_catalog?last=b>; rel="next"'],
    ['zot, with its parameters the other way round', '</v2/_catalog?n=2&last=b>; rel="next"'],
  ])('goes on at %s', async (_registry, link) => {
    const server: ScriptedServer = await startServer((request, response) => {
      const isFirst = request.url === '/v2/_catalog'
      const next = { link: link.replace('HOST', server.host) }
      answerJson(response, { repositories: isFirst ? ['a', 'b'] : ['c'] }, isFirst ? next : {})
    })
    const pages = listRepositories(registriesAt(server.host), server.host)

    expect([await pages.read(), await pages.read()]).toEqual([['a', 'b'], ['c']])
    expect(pages.hasMore).toBe(false)
  })

  it('at distribution is refused with a page that is too large, and the error says so', async () => {
    const server = await startServer((_request, response) => {
      answerError(response, 400, 'PAGINATION_NUMBER_INVALID', 'invalid number of results requested')
    })
    const registries = registriesAt(server.host, { options: { plainHttp: true, pageSize: 100_000 } })

    expect((await failureOf(listRepositories(registries, server.host).read())).message).toContain(
      'invalid number of results requested',
    )
    expect(server.seen.map(({ url }) => url)).toEqual(['/v2/_catalog?n=100000'])
  })

  it('that is not there is told as a registry that does not list its repositories', async () => {
    const server = await startServer((_request, response) => {
      response.writeHead(404).end()
    })

    expect(await failureOf(listRepositories(registriesAt(server.host), server.host).read())).toEqual({
      kind: 'unsupported',
      message: `${server.host} does not list its repositories.`,
    })
  })
})

describe('deleting', () => {
  const deleting =
    (answer: Script): Script =>
    async (request, response) => {
      if (request.method === 'DELETE') await answer(request, response)
      else answerJson(response, {})
    }

  it.each<[string, Script]>([
    [
      'at Docker Hub, which answers 405',
      (_request, response) => {
        response.writeHead(405).end()
      },
    ],
    [
      "at GitHub's registry, which answers 405 UNSUPPORTED",
      (_request, response) => {
        answerError(response, 405, 'UNSUPPORTED', 'The operation is unsupported.')
      },
    ],
    [
      'where it is switched off, at distribution',
      (_request, response) => {
        answerError(response, 405, 'UNSUPPORTED', 'The operation is unsupported.')
      },
    ],
    [
      'where it is answered 400 UNSUPPORTED',
      (_request, response) => {
        answerError(response, 400, 'UNSUPPORTED', 'unsupported')
      },
    ],
  ])('%s, says that it is not done there', async (_registry, answer) => {
    const { host } = await startServer(deleting(answer))

    const { kind, message } = await failureOf(deleteFromRegistry(registriesAt(host), planAt(host)))
    expect(kind).toBe('unsupported')
    expect(message).toContain(
      `${host} does not delete ${host}/team/chart@${digest}: deleting is switched off`,
    )
  })

  it.each<[string, Script]>([
    [
      'distribution 2.8, which answers 400 DIGEST_INVALID',
      (_request, response) => {
        answerError(response, 400, 'DIGEST_INVALID', 'provided digest did not match uploaded content')
      },
    ],
    [
      'Harbor, which answers UNSUPPORTED',
      (_request, response) => {
        answerError(response, 405, 'UNSUPPORTED', 'the operation is unsupported')
      },
    ],
  ])('a tag alone at %s, says that it is not done there', async (_registry, answer) => {
    const { host } = await startServer(async (request, response) => {
      if (request.method === 'DELETE') await answer(request, response)
      else answerManifest(request, response)
    })

    const work = deleteFromRegistry(registriesAt(host), planAt(host), { tagOnly: true })
    expect(await failureOf(work)).toEqual({
      kind: 'unsupported',
      message: `${host} does not take away the tag alone from ${host}/team/chart:1.0.0.`,
    })
  })

  it('a tag alone at zot and GitLab takes that away, by its name', async () => {
    const server = await startServer((request, response) => {
      if (request.method === 'DELETE') response.writeHead(202).end()
      else answerManifest(request, response)
    })

    await deleteFromRegistry(registriesAt(server.host), planAt(server.host), { tagOnly: true })
    expect(deleted(server)).toEqual(['/v2/team/chart/manifests/1.0.0'])
  })

  it('at zot what something else still needs, says so', async () => {
    const { host } = await startServer(
      deleting((_request, response) => {
        answerError(response, 405, 'DENIED', 'requested access to the resource is denied')
      }),
    )

    const { kind, message } = await failureOf(deleteFromRegistry(registriesAt(host), planAt(host)))
    expect(kind).toBe('unsupported')
    expect(message).toContain('something else in the registry still needs it')
  })

  it("at Google's registries takes the tags away first", async () => {
    const server = await startServer(google(['1.0.0', 'latest']))

    const { tags } = await deleteFromRegistry(registriesAt(server.host), planAt(server.host))
    expect(tags).toEqual(['1.0.0', 'latest'])
    expect(deleted(server)).toEqual([
      `/v2/team/chart/manifests/${digest}`,
      '/v2/team/chart/manifests/1.0.0',
      '/v2/team/chart/manifests/latest',
      `/v2/team/chart/manifests/${digest}`,
    ])
  })

  it("at Google's registries leaves a tag that points to something else by now", async () => {
    const server = await startServer(google(['1.0.0']))

    const { tags } = await deleteFromRegistry(registriesAt(server.host), planAt(server.host))
    expect(tags).toEqual(['1.0.0'])
    expect(deleted(server)).toEqual([
      `/v2/team/chart/manifests/${digest}`,
      '/v2/team/chart/manifests/1.0.0',
      `/v2/team/chart/manifests/${digest}`,
    ])
  })

  it('asks for the right to delete, and for no more', async () => {
    const server = await startServer((request, response) => {
      if (request.url?.startsWith('/token') === true) answerJson(response, { token: 'TOKEN' })
      else if (request.headers.authorization === 'Bearer TOKEN') response.writeHead(202).end()
      else {
        const realm = `http://${server.host}/token`
        response.setHeader('www-authenticate', `Bearer realm="${realm}",scope="repository:team/chart:delete"`)
        response.writeHead(401).end()
      }
    })

    await deleteFromRegistry(registriesAt(server.host), planAt(server.host))
    const token = server.seen.find(({ url }) => url.startsWith('/token'))
    expect(new URL(token?.url ?? '', 'http://x').searchParams.getAll('scope')).toEqual([
      'repository:team/chart:delete',
    ])
  })

  it('is done where the answer to the first try was lost', async () => {
    let tries = 0
    const { host } = await startServer(
      deleting((_request, response) => {
        tries++
        if (tries === 1) response.destroy()
        else answerError(response, 404, 'MANIFEST_UNKNOWN', 'manifest unknown')
      }),
    )

    expect(await deleteFromRegistry(registriesAt(host), planAt(host))).toMatchObject({ digest })
    expect(tries).toBe(2)
  })

  it('of what was never there is not said to be done because the registry was busy at first', async () => {
    let tries = 0
    const { host } = await startServer(
      deleting((_request, response) => {
        tries++
        if (tries === 1) answerError(response, 429, 'TOOMANYREQUESTS', 'too many requests')
        else answerError(response, 404, 'MANIFEST_UNKNOWN', 'manifest unknown')
      }),
    )

    expect((await failureOf(deleteFromRegistry(registriesAt(host), planAt(host)))).kind).toBe('not-found')
    expect(tries).toBe(2)
  })

  it('of a tag that points to something else by now is not done', async () => {
    const server = await startServer((request, response) => {
      answerManifest(request, response, 'another')
    })

    const { kind } = await failureOf(
      deleteFromRegistry(registriesAt(server.host), planAt(server.host), { tagOnly: true }),
    )
    expect(kind).toBe('refused')
    expect(deleted(server)).toEqual([])
  })

  it.each([
    ['is gone by now', 404, 'not-found'],
    ['we may not look at', 403, 'forbidden'],
  ])('of a tag that %s is not done, and says why', async (_name, status, expected) => {
    const server = await startServer((_request, response) => {
      response.writeHead(status).end()
    })

    const { kind } = await failureOf(
      deleteFromRegistry(registriesAt(server.host), planAt(server.host), { tagOnly: true }),
    )
    expect(kind).toBe(expected)
    expect(deleted(server)).toEqual([])
  })

  it('from a repository with very many tags looks at a thousand of them, and says that there are more', async () => {
    const names = Array.from({ length: 1200 }, (_, minor) => `1.${minor}.0`)
    const server = await startServer((request, response) => {
      if (request.url === tags) answerJson(response, { tags: names })
      else answerManifest(request, response, request.url?.includes('/1.1199.0') === true ? '' : 'another')
    })

    const plan = await planDeletion(registriesAt(server.host), `${server.host}/team/chart:1.1199.0`)
    expect(plan).toMatchObject({ tags: ['1.1199.0'], isComplete: false })
    expect(server.seen.filter(({ method }) => method === 'HEAD')).toHaveLength(1000)
  })

  it('stops looking at tags when nobody wants it any more', async () => {
    const controller = new AbortController()
    const names = Array.from({ length: 100 }, (_, minor) => `1.${minor}.0`)
    const server = await startServer((request, response) => {
      if (request.url === tags) answerJson(response, { tags: names })
      else answerManifest(request, response)
      if (server.seen.length === 10) controller.abort()
    })

    const { signal } = controller
    const work = planDeletion(registriesAt(server.host), `${server.host}/team/chart:1.1.0`, { signal })
    expect((await failureOf(work)).kind).toBe('AbortError')
    expect(server.seen.length).toBeLessThan(20)
  })
})

/** A registry that deletes a manifest when none of the tags that point to it is left; every other tag points to another one. */
function google(pointing: readonly string[]): Script {
  const left = new Set(pointing)
  return (request, response) => {
    const name = request.url?.split('/').at(-1) ?? ''
    if (request.method !== 'DELETE') answerManifest(request, response, left.has(name) ? '' : 'another')
    else if (name === digest && left.size > 0) {
      answerError(response, 400, 'GOOGLE_MANIFEST_DANGLING_TAG', 'Manifest is still referenced by tag')
    } else {
      left.delete(name)
      response.writeHead(202).end()
    }
  }
}

function planAt(host: string): PlannedDeletion {
  const repository = `${host}/team/chart`
  return { reference: `${repository}:1.0.0`, repository, digest, tags: ['1.0.0', 'latest'], isComplete: true }
}

function deleted({ seen }: ScriptedServer): string[] {
  return seen.filter(({ method }) => method === 'DELETE').map(({ url }) => url)
}

async function all({ host }: ScriptedServer): Promise<string[]> {
  const names: string[] = []
  for await (const page of listTags(registriesAt(host), `${host}/team/chart`)) names.push(...page)
  return names
}

function answerManifest(request: Parameters<Script>[0], response: Parameters<Script>[1], other = ''): void {
  const bytes = Buffer.concat([manifest.bytes, Buffer.from(other === '' ? '' : ' ')])
  const { mediaType } = manifest.descriptor
  const headers = {
    'content-type': mediaType,
    'content-length': bytes.length,
    'docker-content-digest': describeBytes(mediaType, bytes).digest,
  }
  response.writeHead(200, headers).end(request.method === 'HEAD' ? undefined : bytes)
}
