import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { beforeEach, describe, expect, it } from 'vitest'
import { thisProcess } from '../../src/core/base/owner.ts'
import { startLocalRegistry } from '../../src/localRegistry/index.ts'
import { cleanUp } from '../support/cleanUp.ts'
import { localRegistry } from '../support/localRegistry.ts'
import { temporaryDirectory } from '../support/temporary.ts'

describe('the state file of the embedded registry', () => {
  let directory: string
  let state: string
  beforeEach(async () => {
    directory = await temporaryDirectory()
    state = join(directory, 'state', 'registry.json')
  })

  it('says which process listens where, and is gone when the registry has stopped', async () => {
    const registry = await localRegistry(directory, { state })

    expect(await read()).toEqual({
      ...(await thisProcess()),
      port: registry.port,
      url: registry.url,
      storage: directory,
      version: 1,
    })
    await registry.stop()
    expect(existsSync(state)).toBe(false)
  })

  it('names the file with the logins, where there is one', async () => {
    const htpasswd = join(directory, 'auth.htpasswd')
    await writeFile(htpasswd, '# nobody')
    await localRegistry(directory, { state, htpasswd })

    expect(await read()).toMatchObject({ htpasswd })
  })

  it('keeps a second registry from starting', async () => {
    const { url } = await localRegistry(directory, { state })
    const before = await readFile(state, 'utf8')

    await expect(start()).rejects.toMatchObject({
      kind: 'unavailable',
      message: `A registry runs already: process ${process.pid} on ${hostname()} at ${url}, by the state file ${state}.`,
    })
    expect(await readFile(state, 'utf8')).toBe(before)
  })

  it('is replaced where its process has ended', async () => {
    const child = spawn(process.execPath, ['-e', ''])
    await once(child, 'exit')
    await write({ ...(await thisProcess()), pid: child.pid })

    const registry = await localRegistry(directory, { state })

    expect(await read()).toMatchObject({ pid: process.pid, url: registry.url })
  })

  it('is replaced where its number belongs to another process by now', async () => {
    const here = await thisProcess()
    await write({ ...here, started: `${here.started}0` })

    // Elsewhere than on Linux nobody can tell.
    if (here.started !== '') await localRegistry(directory, { state })
  })

  it('is replaced where its process was in this container before it was started again', async () => {
    const here = await thisProcess()
    await write({ ...here, space: here.space + 1 })

    await localRegistry(directory, { state })

    expect(await read()).toMatchObject({ space: here.space })
  })

  it('of another machine is left alone', async () => {
    await write({ ...(await thisProcess()), host: 'elsewhere' })

    await expect(start()).rejects.toMatchObject({ kind: 'unavailable' })
  })

  it.each(['no JSON', 'null', '[]', '{"pid":1}', ''])(
    'is not taken for one where it says %j',
    async (text) => {
      await writeText(text)

      await expect(start()).rejects.toMatchObject({ kind: 'target-exists', evidence: { path: state } })
      expect(await readFile(state, 'utf8')).toBe(text)
    },
  )

  it('that cannot be written keeps the registry from running', async () => {
    await writeFile(join(directory, 'state'), 'in the way')

    await expect(start()).rejects.toMatchObject({
      kind: 'store-corrupt',
      message: `Could not use the state file: a file stands where a directory should be (${state}).`,
    })
  })

  it('that is removed leaves the registry abandoned', async () => {
    const { abandoned } = await localRegistry(directory, { state })
    await rm(state)

    expect(await abandoned).toBe(`The registry stopped, because its state file ${state} is gone.`)
  })

  it('whose directory is removed leaves the registry abandoned', async () => {
    const { abandoned } = await localRegistry(directory, { state })
    await rm(join(directory, 'state'), { recursive: true })

    expect(await abandoned).toContain('is gone')
  })

  it.each(['in place', 'by a new file'])(
    'that is rewritten %s leaves the registry abandoned, and stays',
    async (how) => {
      const registry = await localRegistry(directory, { state })
      const other = JSON.stringify({ ...(await thisProcess()), pid: 1, url: 'http://127.0.0.1:1' })
      const aside = join(directory, 'aside')
      await writeFile(how === 'in place' ? state : aside, other)
      if (how !== 'in place') await rename(aside, state)

      expect(await registry.abandoned).toBe(
        `The registry stopped, because its state file ${state} is no longer about it.`,
      )
      await registry.stop()
      expect(await readFile(state, 'utf8')).toBe(other)
    },
  )

  it('may have neighbours that change', async () => {
    const registry = await localRegistry(directory, { state })
    let isAbandoned = false
    void registry.abandoned.then(() => (isAbandoned = true))
    for (let change = 0; change < 20; change += 1) await writeFile(`${state}.log`, `${change}`)
    await registry.stop()

    expect(isAbandoned).toBe(false)
  })

  async function start(): Promise<void> {
    const registry = await startLocalRegistry({ port: 0, storage: directory, state })
    cleanUp(() => registry.stop())
  }

  async function read(): Promise<unknown> {
    return JSON.parse(await readFile(state, 'utf8'))
  }

  async function write(owner: object): Promise<void> {
    await writeText(JSON.stringify({ ...owner, port: 1, url: 'http://127.0.0.1:1', storage: '', version: 1 }))
  }

  async function writeText(text: string): Promise<void> {
    await mkdir(join(directory, 'state'))
    await writeFile(state, text)
  }
})
