import { createServer } from 'node:http'
import { listenOnLoopback } from './loopback.ts'

/**
 * A registry that passes everything on except its catalogue, which it does not have.
 * @param registry `localhost:PORT`
 * @returns its own host; it stops with the test
 */
export async function registryWithoutCatalogue(registry: string): Promise<string> {
  const server = createServer((request, response) => {
    const path = request.url ?? ''
    if (path.startsWith('/v2/_catalog')) {
      response.writeHead(404, { 'content-type': 'application/json' })
      response.end(JSON.stringify({ errors: [{ code: 'UNSUPPORTED', message: 'no catalogue' }] }))
      return
    }
    response.writeHead(307, { location: `http://${registry}${path}` })
    response.end()
  })
  return `localhost:${await listenOnLoopback(server)}`
}
