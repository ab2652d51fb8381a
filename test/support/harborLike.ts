import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { listenOnLoopback } from './loopback.ts'

/**
 * Stands in front of a registry and lists its repositories as Harbor does: the catalogue is for nobody, an interface of
 * its own has a list of projects and one for each project, with the shape that Harbor's documentation shows.
 *
 * @param registry `localhost:PORT`
 * @param projects their repositories by name
 * @returns its own host; it stops with the test
 */
export async function harborLike(
  registry: string,
  projects: Readonly<Record<string, readonly string[]>>,
): Promise<string> {
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url ?? '', 'http://x')
    const project = /^\/api\/v2\.0\/projects\/([^/]+)\/repositories$/.exec(pathname)?.[1]
    if (pathname === '/v2/_catalog') refuse(request, response)
    else if (pathname === '/service/token') answer(response, { token: 'a token' })
    else if (pathname === '/api/v2.0/projects')
      answer(
        response,
        Object.entries(projects).map(([name, { length }]) => ({ name, repo_count: length })),
      )
    else if (project === undefined)
      response.writeHead(307, { location: `http://${registry}${request.url ?? ''}` }).end()
    else
      answer(
        response,
        (projects[project] ?? []).map((name) => ({ name: `${project}/${name}`, artifact_count: 1 })),
      )
  })
  return `localhost:${await listenOnLoopback(server)}`
}

function refuse({ headers }: IncomingMessage, response: ServerResponse): void {
  const realm = `http://${headers.host ?? ''}/service/token`
  response.setHeader(
    'www-authenticate',
    `Bearer realm="${realm}",service="harbor-registry",scope="registry:catalog:*"`,
  )
  response.writeHead(401, { 'content-type': 'application/json' })
  response.end(
    JSON.stringify({ errors: [{ code: 'UNAUTHORIZED', message: 'unauthorized to list catalog' }] }),
  )
}

function answer(response: ServerResponse, body: unknown): void {
  response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(body))
}
