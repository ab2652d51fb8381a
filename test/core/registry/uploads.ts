import type { Content } from '../../../src/core/oci/target.ts'
import type { Script } from './scriptedServer.ts'

/** Opens uploads at `/upload/1`, moves each to `/upload/2` with the content, and leaves the rest to the script. */
export function uploads(then: Script): Script {
  return async (request, response) => {
    if (request.method === 'POST') response.writeHead(202, { location: '/upload/1?_state=a%3D%3D~b' }).end()
    else if (request.method === 'DELETE') response.writeHead(204).end()
    else await then(request, response)
  }
}

/** What answers to the content of an upload name. */
export const moved = { location: '/upload/2?_state=c%3D~d' }

/** Content in pieces as a file is read in. */
export function content(actual: Buffer): Content {
  return async function* () {
    for (let start = 0; start < actual.length; start += 64 * 1024) {
      yield await Promise.resolve(actual.subarray(start, start + 64 * 1024))
    }
  }
}
