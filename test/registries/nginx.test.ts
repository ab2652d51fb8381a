import { Readable } from 'node:stream'
import { describe, expect, it } from 'vitest'
import { Registries } from '../../src/core/registry/registries.ts'
import type { HostOptions } from '../../src/core/index.ts'
import { certificate } from '../core/registry/certificate.ts'
import { failureOf, read } from '../core/registry/scriptedServer.ts'
import { startDockerRegistry } from '../support/dockerRegistry.ts'
import { startNginx } from '../support/nginx.ts'
import { packedChart } from '../support/packedChart.ts'
import { pemFiles } from '../support/pemFiles.ts'

describe('a registry behind nginx', () => {
  it.each([
    [
      'is pushed to where nginx says which scheme it has',
      'proxy_set_header X-Forwarded-Proto https;',
      'nothing',
    ],
    ['is not pushed to in plain HTTP where nginx does not say so', '', 'refused'],
  ])('%s', async (_name, header, expected) => {
    const registry = await startDockerRegistry()
    const tls = await pemFiles(certificate)
    const host = await startNginx({ tls, server: forward(registry.host, header) })

    const failure = await failureOf(push(host, { caFile: tls.certificate }))

    expect(failure.kind).toBe(expected)
    if (expected === 'refused') expect(failure.message).toContain('leads from HTTPS to plain HTTP')
  })

  it('that is busy is asked again as late as it wants, five times', async () => {
    const server = 'add_header Retry-After 3 always; location / { return 503; }'
    const host = await startNginx({ server })
    const waits: number[] = []

    const failure = await failureOf(repository(host, { plainHttp: true }, waits).tags())

    expect(failure.kind).toBe('unavailable')
    expect(waits).toEqual([3000, 3000, 3000, 3000])
  })

  it('that sends slowly is read to the end', async () => {
    const registry = await startDockerRegistry()
    const host = await startNginx({ server: forward(registry.host, 'limit_rate 256;') })
    await push(registry.host, {})

    const slow = repository(host, { plainHttp: true }, [])
    const { manifest, blobs } = await packedChart('mychart', '1.0.0')
    const resolved = await slow.resolve('1.0.0')

    expect(resolved.descriptor.digest).toBe(manifest.descriptor.digest)
    for (const { descriptor, bytes } of blobs) {
      expect(await read(await slow.fetch(descriptor))).toEqual(Buffer.from(bytes))
    }
  })
})

function forward(registry: string, more: string): string {
  const to = registry.replace('localhost', '127.0.0.1')
  return `location / { proxy_pass http://${to}; proxy_set_header Host $http_host; ${more} }`
}

async function push(host: string, options: HostOptions): Promise<void> {
  const target = repository(host, options, [])
  const { manifest, blobs } = await packedChart('mychart', '1.0.0')
  for (const { descriptor, bytes } of blobs) await target.push(descriptor, () => Readable.from([bytes]))
  await target.tag(manifest, '1.0.0')
}

function repository(host: string, options: HostOptions, waits: number[]) {
  const registries = new Registries({
    findCredential: () => Promise.resolve(undefined),
    hosts: { [host]: options },
    wait: (milliseconds) => {
      waits.push(milliseconds)
      return Promise.resolve()
    },
  })
  return registries.registry(host).repository('team/mychart')
}
