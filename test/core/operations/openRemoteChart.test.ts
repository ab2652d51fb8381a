import { randomBytes } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import {
  openRemoteChart,
  type ChartOptions,
  type OpenedChart,
  type Progress,
} from '../../../src/core/index.ts'
import { observeSteps } from '../../../src/core/base/files.ts'
import { digestOf } from '../../../src/core/oci/digest.ts'
import { failureOf, registriesAt } from '../registry/scriptedServer.ts'
import { serveChart, type ChartServer } from './servedChart.ts'

/** More than what is kept in memory, and nothing that gzip makes smaller. */
const large = { path: 'chart/large.bin', content: randomBytes(4.5 * 1024 * 1024) }
const values = { path: 'chart/values.yaml', content: 'replicas: 1\n' }

describe('opening a chart at its registry', () => {
  it('gives its files and what it says about itself, and writes nothing to disk', async () => {
    const server = await serveChart({ files: [values], metadata: { kubeVersion: '>=1.28' } })
    const steps: string[] = []
    const stop = observeSteps((step) => {
      steps.push(step)
    })

    const opened = await open(server)
    const content = (await opened.read('values.yaml')).toString()
    stop()

    expect(opened.files.map(({ path }) => path)).toEqual(['Chart.yaml', 'values.yaml'])
    expect(opened.chart).toEqual({
      reference: server.reference,
      manifestDigest: server.manifest.descriptor.digest,
      digest: digestOf(server.layer),
      size: server.layer.length,
      name: 'chart',
      version: '1.0.0',
      deprecated: false,
      kubeVersion: '>=1.28',
      format: 'legacy',
      signed: false,
    })
    expect(opened.metadata).toMatchObject({ apiVersion: 'v2', kubeVersion: '>=1.28' })
    expect(content).toBe('replicas: 1\n')
    expect(steps).toEqual([])
  })

  it('fetches a small layer once, however many files are read', async () => {
    const server = await serveChart({ files: [values] })

    const opened = await open(server)
    await opened.read('values.yaml')
    await opened.read('Chart.yaml')

    expect(server.seen.map(({ method }) => method)).toEqual(['GET', 'GET'])
  })

  it('fetches a large layer again for every file, and verifies it again', async () => {
    let isTampered = false
    const server = await serveChart({
      files: [values, large],
      before: ({ url }, response) => {
        if (!isTampered || url?.includes('/blobs/') !== true) return false
        const bytes = Buffer.from(server.layer)
        // The time in the header of gzip: everything can be read, and the digest is another one.
        bytes.writeUInt8((bytes[4] ?? 0) ^ 1, 4)
        response.writeHead(200).end(bytes)
        return true
      },
    })
    const opened = await open(server)

    expect((await opened.read('values.yaml')).toString()).toBe('replicas: 1\n')
    expect(server.seen).toHaveLength(3)
    isTampered = true
    expect((await failureOf(opened.read('values.yaml'))).kind).toBe('integrity')
  })

  it('tells how far it is', async () => {
    const server = await serveChart({ files: [large] })
    const seen: Progress[] = []

    await open(server, { onProgress: (progress) => seen.push(progress) })

    expect(seen.at(-1)).toEqual({
      step: 'reading',
      done: server.layer.length,
      total: server.layer.length,
    })
  })

  it('says that a file is not there', async () => {
    const opened = await open(await serveChart())

    expect((await failureOf(opened.read('nothing.txt'))).kind).toBe('not-found')
  })
})

describe('a chart at a registry that is not opened', () => {
  it('has a layer other than its digest says, although it can be read', async () => {
    const honest = await serveChart({ files: [values] })
    const layer = Buffer.from(honest.layer)
    layer.writeUInt8((layer[4] ?? 0) ^ 1, 4)
    const server = await serveChart({ files: [values], sent: { layer } })

    expect(await failureOf(open(server))).toMatchObject({ kind: 'integrity' })
  })

  it('has more in it than the limits allow, which is found out before it is fetched', async () => {
    const server = await serveChart({ files: [values] })
    const limits = { unpacked: 100, file: 100, entries: 10 }

    expect((await failureOf(open(server, { limits }))).kind).toBe('too-large')
    expect(server.seen).toHaveLength(1)
  })

  it('has files that are larger than the limits allow', async () => {
    const server = await serveChart({ files: [{ path: 'chart/big.txt', content: 'a'.repeat(5000) }] })
    const limits = { unpacked: 10_000, file: 1000, entries: 10 }

    expect((await failureOf(open(server, { limits }))).kind).toBe('too-large')
  })

  it('is not wanted any more, and its connection is closed', async () => {
    let tellStarted = (): void => undefined
    let tellClosed = (): void => undefined
    const started = new Promise<void>((resolve) => (tellStarted = resolve))
    const closed = new Promise<void>((resolve) => (tellClosed = resolve))
    const server = await serveChart({
      files: [large],
      before: ({ url }, response) => {
        if (url?.includes('/blobs/') !== true) return false
        response.on('close', tellClosed)
        response.writeHead(200, { 'content-length': server.layer.length })
        response.write(server.layer.subarray(0, 1024 * 1024), tellStarted)
        return true
      },
    })
    const controller = new AbortController()

    const opening = open(server, { signal: controller.signal })
    await started
    controller.abort()

    expect((await failureOf(opening)).kind).toBe('AbortError')
    await closed
  })
})

async function open(server: ChartServer, options: ChartOptions = {}): Promise<OpenedChart> {
  return await openRemoteChart(registriesAt(server.host), server.reference, options)
}
