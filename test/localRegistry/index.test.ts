import { createServer } from 'node:http'
import { once } from 'node:events'
import { readdir, writeFile } from 'node:fs/promises'
import type { AddressInfo } from 'node:net'
import { networkInterfaces } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { observeSteps } from '../../src/core/base/files.ts'
import { digestOf } from '../../src/core/oci/digest.ts'
import { PortTaken, startLocalRegistry, type ServedRequest } from '../../src/localRegistry/index.ts'
import { cleanUp } from '../support/cleanUp.ts'
import { localRegistry, outcome, pushSmall } from '../support/localRegistry.ts'
import { temporaryDirectory } from '../support/temporary.ts'

describe('the embedded registry', () => {
  it('is found by the ping of a client', async () => {
    const { url } = await localRegistry()
    const answer = await fetch(`${url}/v2/`)

    expect([answer.status, await answer.json()]).toEqual([200, {}])
    expect(answer.headers.get('docker-distribution-api-version')).toBe('registry/2.0')
  })

  it('has two names for where it is: one for browsers and one for references', async () => {
    const { url, host, port } = await localRegistry()

    expect([url, host]).toEqual([`http://127.0.0.1:${port}`, `localhost:${port}`])
  })

  it('says that a port is taken, so that the next one can be tried', async () => {
    const other = createServer()
    other.listen(0, '127.0.0.1')
    await once(other, 'listening')
    cleanUp(async () => {
      other.close()
      await once(other, 'close')
    })
    const { port } = other.address() as AddressInfo
    const starting = startLocalRegistry({ port, storage: await temporaryDirectory() })

    await expect(starting).rejects.toBeInstanceOf(PortTaken)
    await expect(starting).rejects.toMatchObject({
      kind: 'unavailable',
      port,
      message: `Port ${port} is taken by another program, so the registry was not started.`,
    })
  })

  it('cannot be reached from another machine', async () => {
    const { port } = await localRegistry()
    const outside = Object.values(networkInterfaces())
      .flatMap((addresses) => addresses ?? [])
      .filter(({ internal, family }) => !internal && family === 'IPv4')

    for (const { address } of outside) {
      await expect(fetch(`http://${address}:${port}/v2/`)).rejects.toThrow('fetch failed')
    }
  })

  it('tells of each request with method, path and status', async () => {
    const seen: ServedRequest[] = []
    const registry = await startLocalRegistry({
      port: 0,
      storage: await temporaryDirectory(),
      onRequest: (request) => seen.push(request),
    })
    await fetch(`${registry.url}/v2/`)
    await fetch(`${registry.url}/v2/team/chart/tags/list?n=1`)
    await registry.stop()

    expect(seen.map(({ method, path, status }) => `${method} ${path} ${status}`)).toEqual([
      'GET /v2/ 200',
      'GET /v2/team/chart/tags/list?n=1 404',
    ])
  })

  it('is gone after it is stopped, with what was half pushed', async () => {
    const registry = await localRegistry()
    const { headers } = await fetch(`${registry.url}/v2/a/blobs/uploads/`, { method: 'POST' })
    await fetch(`${registry.url}${headers.get('location') ?? ''}`, { method: 'PATCH', body: 'half' })
    await registry.stop()

    await expect(fetch(`${registry.url}/v2/`)).rejects.toThrow('fetch failed')
    expect(await readdir(join(registry.storage, 'uploads'))).toEqual([])
  })

  it.each(['/', '/v1/', '/v2/a/others/sha256:0', '/v2/..%2f..%2fetc/passwd', '/v2/%'])(
    'has nothing at %s',
    async (path) => {
      const { url } = await localRegistry()

      expect(await outcome(fetch(`${url}${path}`))).toMatch(/^40[04] (UNSUPPORTED|NAME_INVALID)$/)
    },
  )

  it('says that the disk is full, and stores nothing', async () => {
    const { url, storage } = await localRegistry()
    const bytes = Buffer.from('too much')
    cleanUp(
      observing((step) => {
        if (step === 'write') throw new DiskFull()
      }),
    )
    const pushing = fetch(`${url}/v2/a/blobs/uploads/?digest=${digestOf(bytes)}`, {
      method: 'POST',
      body: bytes,
    })

    expect(await outcome(pushing)).toBe('507 UNKNOWN')
    expect(await readdir(join(storage, 'uploads'))).toEqual([])
  })

  it('never overwrites an index that it cannot read', async () => {
    const { url, storage } = await localRegistry()
    await pushSmall(url, 'team/chart', '1.0.0')
    await writeFile(join(storage, 'repositories', 'team', 'chart', '_layout', 'index.json'), 'damaged')

    await expect(pushSmall(url, 'team/chart', '2.0.0')).rejects.toThrow('The manifest was not taken')
    expect(await outcome(fetch(`${url}/v2/team/chart/tags/list`))).toBe('500 UNKNOWN')
  })
})

class DiskFull extends Error {
  readonly code = 'ENOSPC'
}

function observing(observer: Parameters<typeof observeSteps>[0]): () => Promise<void> {
  const stop = observeSteps(observer)
  return () => {
    stop()
    return Promise.resolve()
  }
}
