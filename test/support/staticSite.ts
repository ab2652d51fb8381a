import { createReadStream, existsSync, statSync } from 'node:fs'
import { createServer } from 'node:http'
import { join, normalize } from 'node:path'
import { listenOnLoopback } from './loopback.ts'

/** Serves a folder over HTTP on loopback until the test ends, and returns its address. */
export async function serveFolder(folder: string): Promise<string> {
  const server = createServer((request, response) => {
    const path = join(
      folder,
      normalize(decodeURIComponent(new URL(request.url ?? '/', 'http://localhost').pathname)),
    )
    if (!existsSync(path) || !statSync(path).isFile()) {
      response.writeHead(404).end()
      return
    }
    createReadStream(path).pipe(response)
  })
  return `http://127.0.0.1:${await listenOnLoopback(server)}`
}
