import { mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { hasEnded, writeHtpasswd } from '../../../src/core/index.ts'
import { startServer, stopServer } from '../../../src/extension/localRegistry/embeddedServer.ts'
import { RegistryFolder } from '../../../src/extension/localRegistry/registryFolder.ts'
import { cleanUp } from '../../support/cleanUp.ts'
import { anyPort, takenPort } from '../../support/ports.ts'
import { temporaryDirectory } from '../../support/temporary.ts'
import { until } from '../../support/waiting.ts'

const program = {
  node: process.execPath,
  commandLine: join(import.meta.dirname, '..', '..', '..', 'src', 'cli', 'main.ts'),
}

describe('the embedded registry, as a process of its own', { timeout: 30_000 }, () => {
  it('listens when it is said to run, and can be found by its file', async () => {
    const folder = await emptyFolder()
    const port = await anyPort()

    const { server } = await startServer(folder, program, { how: 'embedded', port, restart: false })

    expect((await fetch(`http://127.0.0.1:${port}/v2/`)).status).toBe(200)
    expect(await folder.server()).toEqual(server)
    expect(await hasEnded(server)).toBe(false)
  })

  it('ends when it is stopped by somebody who has only read its file, and leaves no file', async () => {
    const folder = await emptyFolder()
    const { server, ended } = await start(folder)
    const found = await folder.server()
    if (found === undefined) throw new Error('It was not found.')

    await stopServer(folder, found)
    await ended

    expect(await hasEnded(server)).toBe(true)
    expect(await folder.server()).toBeUndefined()
  })

  it('ends with its file where the system does not tell whose a process number is', async () => {
    const folder = await emptyFolder()
    const { server, ended } = await start(folder)

    await stopServer(folder, { ...server, started: '' })
    await ended

    expect(await hasEnded(server)).toBe(true)
  })

  it('says why it cannot start, and leaves no file', async () => {
    const folder = await emptyFolder()
    const { port } = await takenPort()

    const starting = startServer(folder, program, { how: 'embedded', port, restart: false })

    await expect(starting).rejects.toMatchObject({
      problem: {
        kind: 'said',
        line: `Port ${port} is taken by another program, so the registry was not started.`,
      },
    })
    expect(await folder.server()).toBeUndefined()
  })

  it('is not started twice in one folder', async () => {
    const folder = await emptyFolder()
    await start(folder)

    await expect(start(folder)).rejects.toMatchObject({
      problem: { kind: 'said', line: expect.stringMatching(/^A registry runs already/) as string },
    })
  })

  it.each(['', '{"pid":', 'null'])('starts although its state file says only %j', async (text) => {
    const folder = await emptyFolder()
    await folder.make()
    await writeFile(folder.state, text)

    const { server } = await start(folder)

    expect(await folder.server()).toEqual(server)
  })

  it('goes on with its log although another window tried to start a second one', async () => {
    const folder = await emptyFolder()
    const { server } = await start(folder)
    for (let asked = 0; asked < 20; asked++) await fetch(`http://127.0.0.1:${server.port}/v2/`)
    await expect(start(folder)).rejects.toMatchObject({
      problem: { line: expect.stringContaining(`process ${server.pid}`) as string },
    })

    await fetch(`http://127.0.0.1:${server.port}/v2/last`)
    await until(async () => (await readFile(folder.log, 'utf8')).includes('GET /v2/last'))

    expect(await readFile(folder.log, 'utf8')).not.toContain('\0')
  })

  it('says that its folder cannot be written', async () => {
    const file = join(await temporaryDirectory(), 'file')
    await writeFile(file, '')
    const folder = new RegistryFolder(join(file, 'local registry'))
    const choices = { how: 'embedded', port: 5000, restart: false } as const
    const failure = {
      kind: 'store-corrupt',
      message: expect.stringContaining('a file stands where') as string,
    }

    await expect(startServer(folder, program, choices)).rejects.toMatchObject(failure)
    await expect(folder.remember({ choices, hasContainer: false })).rejects.toMatchObject(failure)
  })

  it('is ended where nobody waits for its start any more', async () => {
    const folder = await emptyFolder()
    const stop = new AbortController()

    const starting = startServer(
      folder,
      program,
      { how: 'embedded', port: await anyPort(), restart: false },
      { signal: stop.signal },
    )
    stop.abort(new DOMException('Enough.', 'AbortError'))

    await expect(starting).rejects.toThrow('Enough.')
  })

  it('wants the login that was chosen, and its password is in no file and in no argument', async () => {
    const folder = await emptyFolder()
    const port = await anyPort()
    await writeHtpasswd(folder.htpasswd, 'myuser', 'correct horse')

    const { server } = await startServer(folder, program, {
      how: 'embedded',
      port,
      user: 'myuser',
      restart: false,
    })

    const login = `Basic ${Buffer.from('myuser:correct horse').toString('base64')}`
    expect((await fetch(`http://127.0.0.1:${port}/v2/`)).status).toBe(401)
    expect((await fetch(`http://127.0.0.1:${port}/v2/`, { headers: { authorization: login } })).status).toBe(
      200,
    )
    expect((await stat(folder.htpasswd)).mode & 0o777).toBe(0o600)
    const told = [
      folder.htpasswd,
      folder.state,
      folder.log,
      `/proc/${server.pid}/cmdline`,
      `/proc/${server.pid}/environ`,
    ]
    for (const path of told) expect(await readFile(path, 'utf8'), path).not.toContain('correct horse')
  })
})

describe('the folder of the local registry', () => {
  it('remembers how the registry was wanted, until it forgets', async () => {
    const folder = await emptyFolder()
    const choices = { how: 'docker', port: 5001, storage: '/data', user: 'me', restart: true } as const
    expect(await folder.remembered()).toBeUndefined()

    await folder.remember({ choices, hasContainer: true })
    expect(await folder.remembered()).toEqual({ choices, hasContainer: true })

    await folder.forget()
    expect(await folder.remembered()).toBeUndefined()
  })

  it('leaves nothing beside what it remembers where that cannot be replaced', async () => {
    const folder = await emptyFolder()
    const choices = { how: 'embedded', port: 5000, restart: false } as const
    await mkdir(join(folder.path, 'choices.json'), { recursive: true })

    await expect(folder.remember({ choices, hasContainer: false })).rejects.toMatchObject({
      kind: 'store-corrupt',
    })

    expect(await readdir(folder.path)).toEqual(['choices.json'])
  })

  it.each(['', '{', 'null', '[]', '{"how":"somehow"}', '{"pid":"1"}'])(
    'does not mind a file that says %j',
    async (text) => {
      const folder = await emptyFolder()
      await folder.make()
      for (const name of ['choices.json', 'state.json']) await writeFile(join(folder.path, name), text)

      expect([await folder.remembered(), await folder.server()]).toEqual([undefined, undefined])
    },
  )
})

/** Whatever runs there is ended with the test. */
async function emptyFolder(): Promise<RegistryFolder> {
  const folder = new RegistryFolder(join(await temporaryDirectory(), 'local registry'))
  cleanUp(async () => {
    const server = await folder.server()
    if (server !== undefined) await stopServer(folder, server)
  })
  return folder
}

async function start(folder: RegistryFolder): ReturnType<typeof startServer> {
  return await startServer(folder, program, { how: 'embedded', port: await anyPort(), restart: false })
}
