import type { IncomingMessage, ServerResponse } from 'node:http'
import { describe, expect, it } from 'vitest'
import { listRepositories } from '../../../../../src/core/index.ts'
import { answerError, answerJson, failureOf, type Script } from '../../scriptedServer.ts'
import { planted } from '../../../../support/planted/secrets.ts'
import { challenge, namedHosts } from './namedHosts.ts'

// The answers have the shape that the documentation of each registry shows; the registries themselves were not asked.

const login = { username: 'jane', password: planted.password }
const basicOfJane = `Basic ${Buffer.from(`jane:${planted.password}`).toString('base64')}`

describe('Docker Hub, which has no catalogue', () => {
  const hub: Script = (request, response) => {
    const { pathname, searchParams } = urlOf(request)
    if (pathname !== '/v2/repositories/acme/') {
      response.writeHead(404).end('{"message":"object not found"}')
      return
    }
    const page = Number(searchParams.get('page') ?? 1)
    const next = `https://hub.docker.com/v2/repositories/acme/?page=2&page_size=100`
    answerJson(response, {
      count: 3,
      next: page === 1 ? next : null,
      previous: null,
      results: (page === 1 ? ['shop', 'web'] : ['zoo']).map((name) => ({
        name,
        namespace: 'acme',
        repository_type: 'image',
        pull_count: 12,
      })),
    })
  }

  it('is listed by namespace, page by page, at its website, which never sees the login', async () => {
    const { registries, sent } = await namedHosts({ 'hub.docker.com': hub }, { login })
    const pages = listRepositories(registries, 'docker.io', { namespaces: ['acme'] })
    expect(sent).toEqual([])

    expect(await pages.read()).toEqual(['acme/shop', 'acme/web'])
    expect(await pages.read()).toEqual(['acme/zoo'])
    // The namespace of whoever is logged in is not there.
    expect(await pages.read()).toEqual([])
    expect(pages.hasMore).toBe(false)
    expect(sent.map(({ line }) => line)).toEqual([
      'GET https://hub.docker.com/v2/repositories/acme/?page_size=100',
      'GET https://hub.docker.com/v2/repositories/acme/?page=2&page_size=100',
      'GET https://hub.docker.com/v2/repositories/jane/?page_size=100',
    ])
    expect(sent.map(({ authorization }) => authorization)).toEqual([undefined, undefined, undefined])
  })

  it('says what it needs where no namespace is known, and is not asked', async () => {
    const { registries, sent } = await namedHosts({ 'hub.docker.com': hub })

    expect(await failureOf(listRepositories(registries, 'docker.io').read())).toEqual({
      kind: 'unsupported',
      message: 'docker.io lists the repositories of one namespace at a time, and none is known.',
    })
    expect(sent).toEqual([])
  })
})

describe("GitHub's registry, whose catalogue is everybody's", () => {
  const everybody = ['abc/x', 'Acme/Charts/Shop', 'acme/web', 'acme-labs/x', 'zz/y']
  const ghcr: Script = (request, response) => {
    const { pathname, searchParams } = urlOf(request)
    if (pathname === '/token') {
      answerJson(response, { token: 'TOKEN' })
    } else if (request.headers.authorization !== 'Bearer TOKEN') {
      refuse(response, challenge('https://ghcr.io/token'))
    } else {
      const last = (searchParams.get('last') ?? '').toLowerCase()
      const rest = everybody.filter((name) => name.toLowerCase() > last)
      answerJson(response, { repositories: rest.slice(0, 2) })
    }
  }

  it('is read from a namespace on as long as its names come, in lower case, with a token and not with the password', async () => {
    const { registries, sent } = await namedHosts({ 'ghcr.io': ghcr }, { login })
    const pages = listRepositories(registries, 'ghcr.io', { namespaces: ['acme'] })

    expect(await pages.read()).toEqual(['acme/charts/shop', 'acme/web'])
    expect(sent).toHaveLength(3)
    expect(sent.map(({ authorization }) => authorization)).toEqual([undefined, basicOfJane, 'Bearer TOKEN'])
    expect(await pages.read()).toEqual([])
    expect(sent.map(({ line }) => line).filter((line) => line.includes('/v2/'))).toEqual([
      'GET https://ghcr.io/v2/_catalog?n=100&last=acme%2F',
      'GET https://ghcr.io/v2/_catalog?n=100&last=acme%2F',
      'GET https://ghcr.io/v2/_catalog?n=100&last=acme%2Fweb',
      'GET https://ghcr.io/v2/_catalog?n=100&last=jane%2F',
    ])
    expect(pages.hasMore).toBe(false)
  })
})

describe('Harbor, which gives its catalogue to system administrators', () => {
  const projects = [
    { name: 'empty', repo_count: 0 },
    { name: 'library', repo_count: 1 },
    { name: 'team', repo_count: 3 },
  ]
  const harbor: Script = (request, response) => {
    const { pathname, searchParams } = urlOf(request)
    if (pathname.startsWith('/v2/')) refuse(response, challenge('https://harbor.example.com/service/token'))
    else if (pathname === '/api/v2.0/projects') answerJson(response, projects)
    else if (pathname === '/api/v2.0/projects/library/repositories')
      answerJson(response, [{ name: 'library/nginx', artifact_count: 1 }])
    else if (searchParams.get('page') === '2') answerJson(response, [{ name: 'team/a/zoo' }])
    else {
      const link = '</api/v2.0/projects/team/repositories?page=2&page_size=100>; rel="next"'
      answerJson(response, [{ name: 'team/shop' }, { name: 'team/web' }], { link, 'x-total-count': '3' })
    }
  }

  it('is told by where it sends for a token, and listed by its own interface with user name and password: three requests for the first page', async () => {
    const { registries, sent } = await namedHosts({ 'harbor.example.com': harbor }, { login })
    const pages = listRepositories(registries, 'harbor.example.com')

    expect(await pages.read()).toEqual(['library/nginx'])
    expect(sent.map(({ line, authorization }) => [line, authorization])).toEqual([
      ['GET https://harbor.example.com/v2/_catalog', undefined],
      ['GET https://harbor.example.com/api/v2.0/projects?page_size=100', basicOfJane],
      ['GET https://harbor.example.com/api/v2.0/projects/library/repositories?page_size=100', basicOfJane],
    ])
    expect(await pages.read()).toEqual(['team/shop', 'team/web'])
    expect(await pages.read()).toEqual(['team/a/zoo'])
    expect(pages.hasMore).toBe(false)

    // It is known from now on.
    sent.length = 0
    await listRepositories(registries, 'harbor.example.com').read()
    expect(sent.map(({ line }) => line)).not.toContain('GET https://harbor.example.com/v2/_catalog')
  })

  it('lists what everybody may see to who is not logged in', async () => {
    const { registries, sent } = await namedHosts({ 'harbor.example.com': harbor })

    expect(await listRepositories(registries, 'harbor.example.com').read()).toEqual(['library/nginx'])
    expect(sent.map(({ authorization }) => authorization)).toEqual([undefined, undefined, undefined])
  })

  it('is taken for a common registry again where it only looked like Harbor', async () => {
    const other: Script = (request, response) => {
      const { pathname } = urlOf(request)
      if (pathname === '/service/token') answerJson(response, { token: 'TOKEN' })
      else if (!pathname.startsWith('/v2/')) response.writeHead(404).end()
      else if (request.headers.authorization === 'Bearer TOKEN') answerJson(response, { repositories: ['a'] })
      else refuse(response, challenge('https://other.example.com/service/token'))
    }
    const { registries } = await namedHosts({ 'other.example.com': other }, { login })

    expect(await listRepositories(registries, 'other.example.com').read()).toEqual(['a'])
  })
})

describe('GitLab, which grants nobody its catalogue', () => {
  const registry: Script = (_request, response) => {
    refuse(response, challenge('https://gitlab.com/jwt/auth'))
  }
  const website: Script = (request, response) => {
    const { pathname } = urlOf(request)
    if (pathname === '/api/v4/projects') answerJson(response, [{ id: 7 }, { id: 8 }])
    else if (pathname === '/api/v4/projects/7/registry/repositories')
      // The registry of a project can be switched off.
      response.writeHead(404).end('{"message":"404 Not found"}')
    else
      answerJson(response, [
        { id: 1, name: '', path: 'group/project', location: 'registry.gitlab.com/group/project' },
        { id: 2, name: 'charts', path: 'group/project/charts' },
      ])
  }

  it('is listed at its website, which is where it sends for a token, with the access token of the login', async () => {
    const { registries, sent } = await namedHosts(
      { 'registry.gitlab.com': registry, 'gitlab.com': website },
      { login },
    )
    const pages = listRepositories(registries, 'registry.gitlab.com')

    expect(await pages.read()).toEqual(['group/project', 'group/project/charts'])
    expect(pages.hasMore).toBe(false)
    expect(sent.map(({ line, authorization }) => [line, authorization])).toEqual([
      ['GET https://registry.gitlab.com/v2/_catalog', undefined],
      [
        'GET https://gitlab.com/api/v4/projects?membership=true&simple=true&per_page=100',
        `Bearer ${planted.password}`,
      ],
      [
        'GET https://gitlab.com/api/v4/projects/7/registry/repositories?per_page=100',
        `Bearer ${planted.password}`,
      ],
      [
        'GET https://gitlab.com/api/v4/projects/8/registry/repositories?per_page=100',
        `Bearer ${planted.password}`,
      ],
    ])
  })

  it('of our own gets no login on another host before somebody has trusted it', async () => {
    const own: Script = (_request, response) => {
      refuse(response, challenge('https://git.example.org/jwt/auth'))
    }
    const scripts = { 'registry.example.com': own, 'git.example.org': website }
    const { registries, sent } = await namedHosts(scripts, { login })

    const failure = await failureOf(listRepositories(registries, 'registry.example.com').read())
    expect(failure.kind).toBe('refused')
    expect(failure.message).toContain('git.example.org')
    expect(sent.filter(({ line }) => line.includes('git.example.org'))).toEqual([])

    registries.configure({ 'registry.example.com': { trustedRealms: ['git.example.org'] } })
    expect(await listRepositories(registries, 'registry.example.com').read()).toEqual([
      'group/project',
      'group/project/charts',
    ])
  })

  it('asks for a login where nobody is logged in', async () => {
    const { registries } = await namedHosts({ 'registry.gitlab.com': registry, 'gitlab.com': website })

    expect((await failureOf(listRepositories(registries, 'registry.gitlab.com').read())).kind).toBe(
      'unauthorized',
    )
  })
})

describe('a registry whose option catalog is off', () => {
  it('is not asked for its repositories', async () => {
    const { registries, sent } = await namedHosts(
      {},
      { options: { 'registry.example.com': { catalog: 'off' } } },
    )

    expect(await failureOf(listRepositories(registries, 'registry.example.com').read())).toEqual({
      kind: 'unsupported',
      message: 'registry.example.com is not asked for its repositories, because its option catalog is off.',
    })
    expect(sent).toEqual([])
  })
})

describe('the list of a host that sends its clients away', () => {
  it('never takes the login along', async () => {
    const harbor: Script = (request, response) => {
      if (urlOf(request).pathname.startsWith('/v2/'))
        refuse(response, challenge('https://harbor.example.com/service/token'))
      else response.writeHead(307, { location: 'https://evil.example.net/api/v2.0/projects' }).end()
    }
    const evil: Script = (_request, response) => {
      answerJson(response, [])
    }
    const { registries, sent } = await namedHosts(
      { 'harbor.example.com': harbor, 'evil.example.net': evil },
      { login },
    )

    await failureOf(listRepositories(registries, 'harbor.example.com').read())
    const away = sent.filter(({ line }) => line.includes('evil.example.net'))
    expect(away.map(({ authorization }) => authorization)).toEqual([undefined])
  })
})

function urlOf(request: IncomingMessage): URL {
  return new URL(request.url ?? '', 'http://x')
}

function refuse(response: ServerResponse, headers: Record<string, string>): void {
  for (const [name, value] of Object.entries(headers)) response.setHeader(name, value)
  answerError(response, 401, 'UNAUTHORIZED', 'authentication required')
}
