import { execFileSync } from 'node:child_process'
import { readdir, readFile, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import {
  observeSteps,
  readEach,
  readSmall,
  replaceFile,
  writeNew,
  type FileWork,
} from '../../../src/core/base/files.ts'
import { fileSystemError } from '../../support/fileSystemError.ts'
import { temporaryDirectory } from '../../support/temporary.ts'

describe('writing a new file', () => {
  it('never follows a link that stands in its place', async () => {
    const directory = await temporaryDirectory()
    await writeFile(join(directory, 'victim'), 'untouched')
    await symlink(join(directory, 'victim'), join(directory, 'name'))

    await expect(writeNew(join(directory, 'name'), [Buffer.from('x')])).rejects.toThrow('EEXIST')

    expect(await readFile(join(directory, 'victim'), 'utf8')).toBe('untouched')
  })

  it('writes all of it in its order, however small or large the chunks are', async () => {
    const path = join(await temporaryDirectory(), 'name')
    const chunks = Array.from({ length: 400 }, (_, index) => Buffer.alloc((index % 20) ** 4, `${index} `))

    const size = await writeNew(path, chunks)

    const written = await readFile(path)
    expect(size).toBe(written.length)
    expect(size).toBeGreaterThan(8 * 1024 * 1024)
    expect(written.equals(Buffer.concat(chunks))).toBe(true)
  })

  it('leaves nothing behind where a part of it cannot be written while more comes', async () => {
    const directory = await temporaryDirectory()
    let writes = 0
    const stop = observeSteps((step, path) => {
      if (step === 'write' && ++writes === 30) throw fileSystemError('EIO', path)
    })

    try {
      const chunks = Array.from({ length: 100 }, () => Buffer.alloc(64 * 1024))
      await expect(writeNew(join(directory, 'name'), chunks)).rejects.toThrow('EIO')
    } finally {
      stop()
    }

    expect(await readdir(directory)).toEqual([])
  })

  it('leaves nothing behind where its content breaks off', async () => {
    const directory = await temporaryDirectory()
    async function* broken(): AsyncGenerator<Buffer> {
      yield await Promise.resolve(Buffer.from('half'))
      throw new Error('the connection was cut')
    }

    await expect(writeNew(join(directory, 'name'), broken())).rejects.toThrow('the connection was cut')

    expect(await readdir(directory)).toEqual([])
  })

  it('leaves nothing behind where it is cancelled', async () => {
    const directory = await temporaryDirectory()
    const controller = new AbortController()
    async function* endless(): AsyncGenerator<Buffer> {
      for (;;) {
        yield await Promise.resolve(Buffer.from('more'))
        controller.abort()
      }
    }

    await expect(
      writeNew(join(directory, 'name'), endless(), { signal: controller.signal }),
    ).rejects.toMatchObject({
      name: 'AbortError',
    })

    expect(await readdir(directory)).toEqual([])
  })
})

describe('replacing a file', () => {
  it('leaves the old content, and nothing beside it, wherever a step fails', async () => {
    const directory = await temporaryDirectory()
    const path = join(directory, 'file')
    for (const failing of ['create', 'write', 'sync', 'rename'] as const) {
      await writeFile(path, 'old')
      const stop = observeSteps((step) => {
        if (step === failing) throw fileSystemError('ENOSPC', path)
      })

      await expect(replaceFile(path, Buffer.from('new'), `${path}.new`)).rejects.toThrow('ENOSPC')

      stop()
      expect(await readFile(path, 'utf8'), failing).toBe('old')
      expect(await readdir(directory), failing).toEqual(['file'])
    }
  })
})

describe('reading a small file', () => {
  it('gives nothing where there is none, and refuses what is too large', async () => {
    const directory = await temporaryDirectory()
    await writeFile(join(directory, 'large'), Buffer.alloc(100_001))

    expect(await readSmall(join(directory, 'none'), 10)).toBeUndefined()
    await expect(readSmall(join(directory, 'large'), 100_000)).rejects.toMatchObject({
      kind: 'too-large',
      message: `${join(directory, 'large')} is larger than 97.7 KiB, so it is not read.`,
      advice: 'Move it away, or make it smaller.',
    })
    expect(await readSmall(join(directory, 'large'), 100_001)).toHaveLength(100_001)
  })

  it('refuses a pipe, which nobody may ever write to, and a device', async () => {
    const pipe = join(await temporaryDirectory(), 'pipe')
    execFileSync('mkfifo', [pipe])

    await expect(readSmall(pipe, 10)).rejects.toMatchObject({
      kind: 'store-corrupt',
      message: `${pipe} is not read: it is a pipe or a device; it should be a file.`,
    })
    await expect(readSmall('/dev/zero', 10)).rejects.toMatchObject({ kind: 'store-corrupt' })
  })

  it('refuses a directory', async () => {
    const directory = await temporaryDirectory()

    await expect(readSmall(directory, 10)).rejects.toMatchObject({
      kind: 'store-corrupt',
      message: `${directory} is a directory; it should be a file.`,
      advice: 'Move the directory away.',
    })
  })
})

describe('looking at many files', () => {
  it('is cancelled as a whole, also when that comes with the last of them', async () => {
    const directory = await temporaryDirectory()
    const controller = new AbortController()
    const { signal } = controller
    const look = function* (name: string): FileWork<void> {
      yield { path: join(directory, name), limit: 0 }
      if (name === 'last') controller.abort()
      signal.throwIfAborted()
    }
    const looking = readEach(['first', 'last'], look, signal)

    await expect(looking).rejects.toMatchObject({ name: 'AbortError' })
  })
})
