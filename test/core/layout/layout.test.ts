import { execFileSync } from 'node:child_process'
import {
  chmod,
  lstat,
  mkdir,
  readdir,
  readFile,
  rm,
  stat,
  symlink,
  truncate,
  utimes,
  writeFile,
} from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { Readable } from 'node:stream'
import { describe, expect, it, onTestFinished } from 'vitest'
import { observeSteps, type FileStep } from '../../../src/core/base/files.ts'
import { entryFor, withEntry, withoutName } from '../../../src/core/layout/indexFile.ts'
import { Layout } from '../../../src/core/layout/layout.ts'
import { describe as describeBytes, type Descriptor } from '../../../src/core/oci/descriptor.ts'
import { hexOf } from '../../../src/core/oci/digest.ts'
import { encodeManifest, type RawManifest } from '../../../src/core/oci/manifest.ts'
import type { Content } from '../../../src/core/oci/target.ts'
import { readVerified } from '../../../src/core/oci/verify.ts'
import { fileSystemError } from '../../support/fileSystemError.ts'
import { nameOfEnded } from '../../support/nameOfEnded.ts'
import { startRewriting } from '../../support/rewritingProcess.ts'
import { temporaryDirectory } from '../../support/temporary.ts'
import { filesUnder, treeOf } from '../../support/tree.ts'

const name = 'localhost:5000/myrepo/mychart:2.7.0'

describe('a layout', () => {
  it('is the tree of the guide after the first chart', async () => {
    const root = await newRoot()

    const manifest = await saveSample(new Layout(root), name)

    expect((await readdir(root)).sort()).toEqual([
      '.chartroom',
      'blobs',
      'index.json',
      'ingest',
      'oci-layout',
    ])
    expect(await readFile(join(root, 'oci-layout'), 'utf8')).toBe('{"imageLayoutVersion":"1.0.0"}')
    expect(await readdir(join(root, 'ingest'))).toEqual([])
    expect(await readdir(join(root, 'blobs'))).toEqual(['sha256'])
    expect(await readdir(join(root, 'blobs', 'sha256'))).toHaveLength(3)
    expect(await readFile(join(root, 'index.json'), 'utf8')).toBe(
      `{"schemaVersion":2,"manifests":[{"mediaType":"application/vnd.oci.image.manifest.v1+json","digest":"${manifest.descriptor.digest}","size":${manifest.descriptor.size},"annotations":{"org.opencontainers.image.ref.name":"${name}"}}]}`,
    )
    expect(await leftovers(root)).toEqual([])
  })

  it('makes blobs read-only and the index writable by its owner', async () => {
    const root = await newRoot()
    await saveSample(new Layout(root), name)

    const blobs = await filesUnder(join(root, 'blobs'))

    for (const blob of blobs) expect((await stat(blob)).mode & 0o777).toBe(0o444)
    expect((await stat(join(root, 'index.json'))).mode & 0o777).toBe(0o644)
  })

  it('writes nothing at all when it is only read', async () => {
    const root = await newRoot()
    const layout = new Layout(root)

    expect((await layout.readIndex()).entries).toEqual([])
    expect(await layout.exists(sample)).toBe(false)
    await expect(layout.resolve(name)).rejects.toMatchObject({ kind: 'not-found' })

    await expect(stat(root)).rejects.toMatchObject({ code: 'ENOENT' })
  })

  it('repairs an empty oci-layout file, which Helm cannot read', async () => {
    const root = await newRoot()
    await mkdir(root)
    await writeFile(join(root, 'oci-layout'), '')

    await saveSample(new Layout(root), name)

    expect(await readFile(join(root, 'oci-layout'), 'utf8')).toBe('{"imageLayoutVersion":"1.0.0"}')
  })

  it('leaves an oci-layout file of another writer as it is', async () => {
    const root = await newRoot()
    await mkdir(root)
    await writeFile(join(root, 'oci-layout'), '{ "imageLayoutVersion": "1.0.0", "x": 1 }\n')

    await saveSample(new Layout(root), name)

    expect(await readFile(join(root, 'oci-layout'), 'utf8')).toBe(
      '{ "imageLayoutVersion": "1.0.0", "x": 1 }\n',
    )
  })

  it('is not changed where its version is unknown', async () => {
    const root = await newRoot()
    await mkdir(root)
    await writeFile(join(root, 'oci-layout'), '{"imageLayoutVersion":"2.0.0"}')

    await expect(saveSample(new Layout(root), name)).rejects.toMatchObject({ kind: 'unsupported' })

    await expect(stat(join(root, 'index.json'))).rejects.toMatchObject({ code: 'ENOENT' })
  })
})

describe('a blob', () => {
  it('comes back as it was stored', async () => {
    const layout = new Layout(await newRoot())
    await layout.push(sample, sampleContent)

    expect(await layout.exists(sample)).toBe(true)
    expect(await readVerified(await layout.fetch(sample), sample, 'the sample')).toEqual(sampleBytes)
    expect((await layout.factsOf(sample))?.size).toBe(sampleBytes.length)
  })

  it('can be stored before its digest is known', async () => {
    const layout = new Layout(await newRoot())

    expect(await layout.ingest('text/plain', Readable.from([sampleBytes]))).toEqual(sample)
    expect(await layout.exists(sample)).toBe(true)
  })

  it.each([
    ['other bytes', Buffer.from('other bytes!!')],
    ['too few bytes', sampleBytes.subarray(1)],
    ['too many bytes', Buffer.concat([sampleBytes, Buffer.from('!')])],
    ['no bytes', Buffer.alloc(0)],
  ])('is refused where %s come, and nothing stays behind', async (_, bytes) => {
    const root = await newRoot()
    const layout = new Layout(root)

    await expect(layout.push(sample, () => Readable.from([bytes]))).rejects.toMatchObject({
      kind: 'integrity',
    })

    expect(await layout.exists(sample)).toBe(false)
    expect(await filesUnder(root)).toEqual([])
  })

  it('leaves nothing behind where its source fails half-way', async () => {
    const root = await newRoot()
    async function* failing(): AsyncGenerator<Uint8Array> {
      yield await Promise.resolve(sampleBytes.subarray(0, 4))
      throw new Error('connection reset')
    }

    await expect(new Layout(root).push(sample, failing)).rejects.toThrow('connection reset')

    expect(await filesUnder(root)).toEqual([])
  })

  it('leaves nothing behind where storing it is cancelled', async () => {
    const root = await newRoot()
    const controller = new AbortController()
    async function* cancelling(): AsyncGenerator<Uint8Array> {
      yield await Promise.resolve(sampleBytes.subarray(0, 4))
      controller.abort()
      yield sampleBytes.subarray(4)
    }

    await expect(
      new Layout(root).push(sample, cancelling, { signal: controller.signal }),
    ).rejects.toMatchObject({ name: 'AbortError' })

    expect(await filesUnder(root)).toEqual([])
  })

  it('is left alone, time of saving included, where it is there and sound', async () => {
    const root = await newRoot()
    await new Layout(root).push(sample, sampleContent)
    const before = await stat(blobPath(root, sample))

    await new Layout(root).push(sample, () => {
      throw new Error('asked for the content')
    })
    await new Layout(root).ingest('text/plain', Readable.from([sampleBytes]))

    const after = await stat(blobPath(root, sample))
    expect([after.ino, after.mtimeMs]).toEqual([before.ino, before.mtimeMs])
    expect(await leftovers(root)).toEqual([])
  })

  it.each([
    ['has other bytes of the same length', Buffer.from(sampleText().toUpperCase())],
    ['is cut', Buffer.from('sam')],
    ['is empty', Buffer.alloc(0)],
  ])('is replaced where the file at its digest %s', async (_, damaged) => {
    const root = await newRoot()
    const layout = new Layout(root)
    await layout.push(sample, sampleContent)
    await overwrite(blobPath(root, sample), damaged)

    expect(await layout.exists(sample)).toBe(false)
    await layout.push(sample, sampleContent)

    expect(await readFile(blobPath(root, sample))).toEqual(sampleBytes)
    expect(await layout.exists(sample)).toBe(true)
  })

  it('that is missing is an error that names digest and file', async () => {
    const root = await newRoot()

    await expect(new Layout(root).fetch(sample)).rejects.toMatchObject({
      kind: 'not-found',
      message: `The blob ${sample.digest} is missing: there is no file ${blobPath(root, sample)}.`,
    })
  })

  it('is written aside on the file system of the blobs where these are a link to another place', async () => {
    const root = await newRoot()
    const elsewhere = join(await temporaryDirectory(), 'blobs')
    await mkdir(elsewhere)
    await mkdir(root)
    await symlink(elsewhere, join(root, 'blobs'))
    const created: string[] = []
    watchSteps((step, path) => {
      if (step === 'create') created.push(path)
    })

    await new Layout(root).push(sample, sampleContent)

    expect(created.every((path) => path.startsWith(join(elsewhere, '..', '.chartroom', 'tmp')))).toBe(true)
    expect(await readFile(join(elsewhere, 'sha256', hexOf(sample.digest)))).toEqual(sampleBytes)
  })

  it('can be shared by several layouts', async () => {
    const storage = await temporaryDirectory()
    const options = { blobs: join(storage, 'blobs') }
    await new Layout(join(storage, 'a'), options).push(sample, sampleContent)

    expect(await new Layout(join(storage, 'b'), options).exists(sample)).toBe(true)
  })
})

describe('a name', () => {
  it('means the manifest that was tagged last', async () => {
    const layout = new Layout(await newRoot())
    await saveSample(layout, name)
    const second = await saveSample(layout, name, 'another chart')

    expect((await layout.resolve(name)).bytes).toEqual(second.bytes)
    expect((await layout.readIndex()).entries).toHaveLength(1)
  })

  it('can be a digest, for a manifest that needs no name', async () => {
    const layout = new Layout(await newRoot())
    const manifest = sampleManifest()
    await layout.tag(manifest, manifest.descriptor.digest)
    await layout.tag(manifest, manifest.descriptor.digest)

    expect((await layout.resolve(manifest.descriptor.digest)).bytes).toEqual(manifest.bytes)
    expect((await layout.readIndex()).entries.map((entry) => entry.name)).toEqual([undefined])
  })

  it('is not resolved where the manifest is missing or damaged', async () => {
    const root = await newRoot()
    const layout = new Layout(root)
    const { descriptor, bytes } = await saveSample(layout, name)

    await overwrite(blobPath(root, descriptor), Buffer.from(bytes.toString().toUpperCase()))
    await expect(layout.resolve(name)).rejects.toMatchObject({ kind: 'integrity' })
    await overwrite(blobPath(root, descriptor), undefined)
    await expect(layout.resolve(name)).rejects.toMatchObject({
      kind: 'not-found',
      message: expect.stringContaining(`The manifest of ${name} is missing`) as string,
    })
  })
})

describe('the index', () => {
  it('is never overwritten where it cannot be read', async () => {
    const texts = ['', '{"schemaVersion":2,"manif', '[]', 'null', '\uFEFF{}']

    await Promise.all(
      texts.map(async (text) => {
        const root = await newRoot()
        const layout = new Layout(root)
        await saveSample(layout, name)
        await writeFile(join(root, 'index.json'), text)

        await expect(saveSample(layout, 'other:1')).rejects.toMatchObject({ kind: 'store-corrupt' })

        expect(await readFile(join(root, 'index.json'), 'utf8')).toBe(text)
        expect(await leftovers(root)).toEqual([])
      }),
    )
  })

  it('is read again while another program is just writing it', async () => {
    const root = await newRoot()
    const layout = new Layout(root)
    await saveSample(layout, name)
    const whole = await readFile(join(root, 'index.json'), 'utf8')
    await writeFile(join(root, 'index.json'), whole.slice(0, 40))
    const read = layout.readIndex()
    setTimeout(() => void writeFile(join(root, 'index.json'), whole), 60)

    expect((await read).entries).toHaveLength(1)
  })

  it('is read while another program writes it in place without a pause', async () => {
    const root = await newRoot()
    const layout = new Layout(root)
    for (const tag of ['1', '2', '3']) await saveSample(layout, `localhost:5000/a:${tag}`)
    const stop = await startRewriting(root)

    const counts = new Set<number>()
    while (counts.size < 2) counts.add((await layout.readIndex()).entries.length)
    for (let round = 0; round < 100; round += 1) counts.add((await layout.readIndex()).entries.length)
    await stop()

    expect([...counts].sort()).toEqual([2, 3])
    expect((await layout.readIndex()).entries).toHaveLength(3)
  })

  it('is an error of its own where a directory stands in its place', async () => {
    const root = await newRoot()
    await mkdir(join(root, 'index.json'), { recursive: true })

    await expect(new Layout(root).readIndex()).rejects.toMatchObject({ kind: 'store-corrupt' })
  })

  it('is not read where it has more than 64 MiB, and what to do is said', async () => {
    const root = await newRoot()
    const index = join(root, 'index.json')
    await mkdir(root)
    await writeFile(index, '')
    await truncate(index, 64 * 1024 * 1024 + 1)

    await expect(new Layout(root).readIndex()).rejects.toMatchObject({
      kind: 'too-large',
      message: `${index} is larger than 64.0 MiB, so it is not read.`,
      advice: 'Move it away, or make it smaller.',
    })
    await rm(index)
  })

  it('is an error of its own where a pipe stands in its place', async () => {
    const root = await newRoot()
    await mkdir(root)
    execFileSync('mkfifo', [join(root, 'index.json')])

    await expect(new Layout(root).readIndex()).rejects.toMatchObject({ kind: 'store-corrupt' })
  })

  it.each([
    ['a file', '{"manifests":[],"x":1}', { x: 1 }],
    ['nothing yet', undefined, { schemaVersion: 2 }],
  ])('stays a link where it leads to %s, whose target is replaced', async (_, text, fields) => {
    const root = await newRoot()
    const target = join(await temporaryDirectory(), 'elsewhere', 'real.json')
    const leftover = join(dirname(target), await nameOfEnded('real.json'))
    if (text !== undefined) {
      await mkdir(dirname(target))
      await writeFile(target, text)
      await writeFile(leftover, '')
    }
    await mkdir(root)
    await symlink(target, join(root, 'index.json'))

    await saveSample(new Layout(root), name)

    expect((await lstat(join(root, 'index.json'))).isSymbolicLink()).toBe(true)
    expect(JSON.parse(await readFile(target, 'utf8'))).toMatchObject({
      ...fields,
      manifests: [{ annotations: { 'org.opencontainers.image.ref.name': name } }],
    })
    expect(await readdir(dirname(target))).toEqual(['real.json'])
    expect(await leftovers(root)).toEqual([])
  })

  it('keeps what another program wrote just before the rename', async () => {
    const root = await newRoot()
    const layout = new Layout(root)
    await saveSample(layout, name)
    const foreign = entryFor(sample, 'foreign:1')
    let written = false
    watchSteps(async (step, path) => {
      if (step !== 'sync' || !path.includes(join('.chartroom', 'tmp')) || written) return
      written = true
      const document = JSON.parse(await readFile(join(root, 'index.json'), 'utf8')) as {
        manifests: unknown[]
      }
      document.manifests.push(foreign.raw)
      await writeFile(join(root, 'index.json'), JSON.stringify(document))
    })

    await layout.change((index) => withEntry(index, entryFor(sample, 'mine:1')))

    expect((await layout.readIndex()).entries.map((entry) => entry.name)).toEqual([
      name,
      'foreign:1',
      'mine:1',
    ])
  })

  it('is not written where the change leaves it as it is', async () => {
    const root = await newRoot()
    const layout = new Layout(root)
    await saveSample(layout, name)
    const before = await stat(join(root, 'index.json'))

    await layout.change((index) => withoutName(index, 'unknown:1'))

    expect((await stat(join(root, 'index.json'))).ino).toBe(before.ino)
  })
})

describe('a step that fails', () => {
  const steps: readonly FileStep[] = ['makeDirectory', 'create', 'write', 'sync', 'link', 'rename', 'touch']

  it.each(steps)(
    'when it is any "%s" of a save leaves the old index and no temporary file',
    async (failing) => {
      const total = await countSteps(failing)
      expect(total).toBeGreaterThan(0)

      for (let nth = 1; nth <= total; nth += 1) {
        const root = await newRoot()
        await saveSample(new Layout(root), 'old:1')
        await clearFirstTime(root)
        const before = await readFile(join(root, 'index.json'), 'utf8')
        let seen = 0
        const stop = watchSteps((step, path) => {
          if (step === failing && (seen += 1) === nth) throw fileSystemError('ENOSPC', path)
        })

        await expect(saveSample(new Layout(root), name, 'new')).rejects.toMatchObject({ code: 'ENOSPC' })
        stop()

        expect(await readFile(join(root, 'index.json'), 'utf8')).toBe(before)
        expect(await leftovers(root)).toEqual([])
        await expectSound(root)
        await saveSample(new Layout(root), name, 'new')
      }
    },
  )

  async function countSteps(wanted: FileStep): Promise<number> {
    const root = await newRoot()
    await saveSample(new Layout(root), 'old:1')
    await clearFirstTime(root)
    let seen = 0
    const stop = watchSteps((step) => {
      if (step === wanted) seen += 1
    })
    await saveSample(new Layout(root), name, 'new')
    stop()
    return seen
  }

  /** Takes away what Helm does not make, so that it is made again. */
  async function clearFirstTime(root: string): Promise<void> {
    await rm(join(root, '.chartroom'), { recursive: true })
  }
})

describe('temporary files', () => {
  it('of processes that have ended are removed by the next write, those of running ones are not', async () => {
    const root = await newRoot()
    const seen: string[] = []
    const stop = watchSteps((step, path) => {
      if (step === 'create' && path.includes(join('.chartroom', 'tmp'))) seen.push(path)
    })
    await new Layout(root).push(sample, sampleContent)
    stop()
    const mine = seen[0] ?? ''
    const dead = mine.replace(`${process.pid}-`, '999999999-')
    const elsewhere = join(root, '.chartroom', 'tmp', '1-0123456789ab-of-another-machine')
    const old = join(root, '.chartroom', 'tmp', 'older-than-a-day')
    for (const path of [mine, dead, elsewhere, old]) await writeFile(path, '')
    await utimes(old, 1, 1)

    await saveSample(new Layout(root), name)

    expect(await leftovers(root)).toEqual([elsewhere, mine].sort())
  })
})

function sampleText(): string {
  return 'sample bytes!'
}

const sampleBytes = Buffer.from(sampleText())
const sample: Descriptor = describeBytes('text/plain', sampleBytes)
const sampleContent: Content = () => Readable.from([sampleBytes])

async function newRoot(): Promise<string> {
  return join(await temporaryDirectory(), 'cache')
}

function sampleManifest(text = sampleText()): RawManifest {
  const layer = Buffer.from(`layer of ${text}`)
  const config = Buffer.from(`config of ${text}`)
  return encodeManifest({
    config: describeBytes('application/x-config', config),
    layers: [describeBytes('application/x-layer', layer)],
  })
}

async function saveSample(layout: Layout, reference: string, text = sampleText()): Promise<RawManifest> {
  for (const part of ['layer', 'config']) {
    const bytes = Buffer.from(`${part} of ${text}`)
    await layout.push(describeBytes('', bytes), () => Readable.from([bytes]))
  }
  const manifest = sampleManifest(text)
  await layout.tag(manifest, reference)
  return manifest
}

function blobPath(root: string, { digest }: Descriptor): string {
  return join(root, 'blobs', 'sha256', hexOf(digest))
}

/** Changes a blob behind the back of everybody; `undefined` removes it. */
async function overwrite(path: string, bytes: Uint8Array | undefined): Promise<void> {
  if (bytes === undefined) {
    await rm(path)
    return
  }
  await chmod(path, 0o644)
  await writeFile(path, bytes)
}

/** Everything in `.chartroom`: there should be nothing between two changes. */
async function leftovers(root: string): Promise<string[]> {
  return await filesUnder(join(root, '.chartroom'))
}

/** Every blob hashes to its name, and whatever the index names is there. */
async function expectSound(root: string): Promise<void> {
  for (const [path, hash] of Object.entries(await treeOf(join(root, 'blobs')))) {
    expect(path).toBe(join('sha256', hash))
  }
  const layout = new Layout(root)
  for (const { descriptor } of (await layout.readIndex()).entries) {
    expect(await layout.exists(descriptor ?? sample)).toBe(true)
  }
}

function watchSteps(observer: Parameters<typeof observeSteps>[0]): () => void {
  const stop = observeSteps(observer)
  onTestFinished(stop)
  return stop
}
