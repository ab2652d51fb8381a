import { link, lstat, readFile, readdir, stat, symlink, utimes } from 'node:fs/promises'
import { basename } from 'node:path'
import { describe, expect, it } from 'vitest'
import { CredentialFile } from '../../../src/core/credentials/credentialFile.ts'
import { observeSteps } from '../../../src/core/base/files.ts'
import { fixture } from '../../support/fixtures.ts'
import { nameOfEnded } from '../../support/nameOfEnded.ts'
import { holdsSecret } from '../../support/planted/search.ts'
import { planted } from '../../support/planted/secrets.ts'
import { aHome, aLog, base64, configWith, helm32, helm36, helm38, myuser, type Home } from './home.ts'

/** Whom the recordings log in. */
const whoIsRecorded = { ...myuser, password: 'mypass' }

function fileIn(home: Home, name: string = helm32): CredentialFile {
  return new CredentialFile({ path: home.path(name), origin: `~/${name}` }, { around: home.around })
}

const recordings = [
  ['3.2.4', helm32],
  ['3.6.3', helm36],
  ['3.22.0', helm38],
  ['4.3.1', helm38],
] as const

interface Recording {
  readonly steps: readonly {
    readonly do: string
    readonly exit: number
    readonly filesUnderHome: readonly {
      readonly path: string
      readonly mode: string
      readonly content?: string
    }[]
  }[]
}

async function recorded(version: string): Promise<Recording> {
  return JSON.parse(await readFile(fixture('credentials', `helm-${version}.json`), 'utf8')) as Recording
}

describe.each(recordings)('beside Helm %s', (version, name) => {
  it('reads the login that Helm wrote', async () => {
    const path = fixture('credentials', `helm-${version}`, 'home', name)
    const file = new CredentialFile({ path, origin: `~/${name}` }, { around: (await aHome()).around })

    expect(await file.find('localhost:5001')).toEqual({
      username: 'myuser',
      password: whoIsRecorded.password,
      origin: `~/${name}`,
    })
  })

  it('writes the same bytes, modes and order of hosts for the same logins, and the same after logging out', async () => {
    const home = await aHome()
    const file = fileIn(home, name)
    const { steps } = await recorded(version)
    const firsts = steps.slice(0, 3)

    for (const step of firsts) {
      const host = /login (\S+)/.exec(step.do)?.[1] ?? ''
      await file.save(host, whoIsRecorded)
      for (const { path, mode, content } of step.filesUnderHome) {
        expect([path, `0${await home.modeOf(path)}`]).toEqual([path, mode])
        if (content !== undefined) expect(await home.read(path)).toBe(content)
      }
    }
    for (const host of ['localhost:5000', '127.0.0.1:5001', 'localhost:5001']) {
      expect(await file.erase(host)).toBe(true)
    }

    const last = steps.find((step) => step.do === 'registry logout localhost:5000')
    expect(await home.read(name)).toBe(last?.filesUnderHome.find(({ path }) => path === name)?.content)
  })

  it('forgets every spelling that Helm keeps of a host', async () => {
    const home = await aHome()
    const { steps } = await recorded(version)
    const before = steps.find((step) => step.do === 'registry login LOCALHOST:5001')
    await home.write(name, before?.filesUnderHome.find(({ path }) => path === name)?.content ?? '')

    expect(await fileIn(home, name).erase('localhost:5001')).toBe(true)

    expect(Object.keys((JSON.parse(await home.read(name)) as { auths: object }).auths)).toEqual([
      '127.0.0.1:5001',
      'localhost:5000',
    ])
    expect(await fileIn(home, name).erase('localhost:5001')).toBe(false)
  })
})

describe('a credentials file that is written', () => {
  it('keeps what it does not know', async () => {
    const home = await aHome()
    const text = `{\n  "HttpHeaders": {\n    "X-A": "b"\n  },\n  "auths": {\n    "o.org": {\n      "auth": "dTpw",\n      "email": "e@o.org",\n      "new": null\n    }\n  },\n  "x-unknown": {\n    "k": [\n      1,\n      true\n    ]\n  }\n}\n`
    await home.write(helm32, text)

    await fileIn(home).save('r.org', myuser)
    expect(JSON.parse(await home.read(helm32))).toEqual({
      HttpHeaders: { 'X-A': 'b' },
      auths: {
        'o.org': { auth: 'dTpw', email: 'e@o.org', new: null },
        'r.org': { auth: base64(`myuser:${planted.password}`) },
      },
      'x-unknown': { k: [1, true] },
    })
    await fileIn(home).erase('r.org')

    expect(await home.read(helm32)).toBe(text)
  })

  it('becomes readable for its owner alone, and that is told', async () => {
    const home = await aHome()
    const log = aLog()
    await home.write(helm32, '{}', 0o644)

    await fileIn(home).save('r.org', myuser, { log })

    expect(await home.modeOf(helm32)).toBe('600')
    expect(log.lines).toEqual([
      `~/${helm32} could be read by other users of this computer; now only you can read it.`,
    ])
  })

  it('leaves the mode of the directory that is there, and nothing beside itself', async () => {
    const home = await aHome()
    await home.write('.cache/helm/registry/other', '')
    const before = await home.modeOf('.cache/helm/registry')

    await fileIn(home).save('r.org', myuser)

    expect(await home.modeOf('.cache/helm/registry')).toBe(before)
    expect((await readdir(home.path('.cache/helm/registry'))).sort()).toEqual(['config.json', 'other'])
  })

  it.each([
    ['a file', async (home: Home) => await home.write('elsewhere/registry.json', '{}')],
    ['nothing yet', (home: Home) => home.path('elsewhere/registry.json')],
  ])('stays a link where it leads to %s, whose target is replaced', async (_, target) => {
    const home = await aHome()
    await target(home)
    await home.write('.cache/helm/registry/other', '')
    await symlink('../../../elsewhere/registry.json', home.path(helm32))

    await fileIn(home).save('r.org', myuser)

    expect((await lstat(home.path(helm32))).isSymbolicLink()).toBe(true)
    expect((await lstat(home.path('elsewhere/registry.json'))).isFile()).toBe(true)
    expect(await home.modeOf('elsewhere/registry.json')).toBe('600')
    expect(await fileIn(home).find('r.org')).toMatchObject({ username: 'myuser' })
  })

  it('is never seen half-written, and never readable by others, whichever step fails', async () => {
    const home = await aHome()
    const before = configWith('o.org', 'old')
    await home.write(helm32, before)
    const inode = (await stat(home.path(helm32))).ino
    // As long as something has this inode, no new file gets it.
    await link(home.path(helm32), home.path('registry.json'))
    for (let failing = 1; ; failing++) {
      let step = 0
      const stop = observeSteps(() => {
        if (++step === failing) throw new Error('the disk is gone')
      })
      const outcome: unknown = await fileIn(home)
        .save('r.org', myuser)
        .catch((error: unknown) => error)
      stop()
      const content = JSON.parse(await home.read(helm32)) as { auths: object }
      expect(Object.keys(content.auths).at(0)).toBe('o.org')
      if (step < failing) {
        expect(outcome).toBeUndefined()
        expect(failing).toBeGreaterThan(8)
        break
      }
      expect(outcome).toMatchObject({ message: 'the disk is gone' })
      await home.write(helm32, before)
      for (const name of await readdir(home.path('.cache/helm/registry'))) {
        expect(await home.modeOf(`.cache/helm/registry/${name}`)).toBe('600')
        if (name.endsWith('.lock')) await utimes(home.path(`.cache/helm/registry/${name}`), 0, 0)
      }
    }
    expect((await stat(home.path(helm32))).ino).not.toBe(inode)
  })

  it('loses no login where many are written at once', async () => {
    const home = await aHome()
    const hosts = Array.from({ length: 12 }, (_, number) => `r${String(number).padStart(2, '0')}.org`)

    await Promise.all(hosts.map((host) => fileIn(home).save(host, myuser)))

    expect(Object.keys((JSON.parse(await home.read(helm32)) as { auths: object }).auths)).toEqual(hosts)
  })

  it.each([
    [
      'the next login',
      async (file: CredentialFile) => {
        await file.save('r.org', myuser)
      },
    ],
    ['the next logout', async (file: CredentialFile) => await file.erase('r.org')],
  ])('is rid of what a killed process left beside it, password and all, with %s', async (_, act) => {
    const home = await aHome()
    const folder = '.cache/helm/registry'
    await home.write(`${folder}/other.json`, '{}')
    await home.write(helm32, '{}')
    let running = ''
    const stop = observeSteps((step, path) => {
      if (step === 'create' && !path.endsWith('.lock')) running = basename(path)
    })
    await fileIn(home).save('o.org', myuser)
    stop()
    const foreign = await nameOfEnded('other.json')
    for (const name of [running, running.replace(`-${process.pid}-`, '-999999999-'), foreign]) {
      await home.write(`${folder}/${name}`, '{"auths":{"r.org":{"auth":"b2Y6c29tZWJvZHk="}}}')
    }

    await act(fileIn(home))

    expect(running).toMatch(new RegExp(`^\\.config\\.json\\.chartroom-${process.pid}-`))
    expect((await readdir(home.path(folder))).sort()).toEqual(
      [running, foreign, 'config.json', 'other.json'].sort(),
    )
  })

  it('gets past the lock of a process that died', async () => {
    const home = await aHome()
    await home.write(`${helm32}.lock`, '1\n')
    await utimes(home.path(`${helm32}.lock`), new Date(), new Date(Date.now() - 11_000))

    await fileIn(home).save('r.org', myuser)

    expect(await readdir(home.path('.cache/helm/registry'))).toEqual(['config.json'])
  })

  it('waits for nobody when the operation is cancelled', async () => {
    const home = await aHome()
    await home.write(`${helm32}.lock`, '1\n')

    await expect(
      fileIn(home).save('r.org', myuser, { signal: AbortSignal.timeout(100) }),
    ).rejects.toMatchObject({ name: 'TimeoutError' })
  })
})

describe('a credentials file that cannot be understood', () => {
  it.each(['{"auths":', '[]', '{"auths":{"r.org":{"auth":"c2VjcmV0"', '{"auths":7}'])(
    'such as %j is named and passed over, and never overwritten',
    async (text) => {
      const home = await aHome()
      const log = aLog()
      await home.write(helm32, text)

      expect(await fileIn(home).find('r.org', { log })).toBeUndefined()
      expect(await fileIn(home).erase('r.org', { log })).toBe(false)
      expect(log.lines).toEqual([
        expect.stringContaining(`The credentials file ~/${helm32} cannot be understood: `),
        expect.stringContaining(`The credentials file ~/${helm32} cannot be understood: `),
      ])
      const error: unknown = await fileIn(home)
        .save('r.org', myuser)
        .catch((reason: unknown) => reason)
      expect(error).toMatchObject({ kind: 'store-corrupt', evidence: { path: home.path(helm32) } })
      const told = JSON.stringify(error) + String((error as Error).stack)
      expect(holdsSecret(told)).toBe(false)
      expect(told).not.toMatch(/c2Vj|bXl1/)
      expect(await home.read(helm32)).toBe(text)
    },
  )

  it('loses only the damaged entry, which a new login replaces', async () => {
    const home = await aHome()
    const log = aLog()
    await home.write(helm32, '{"auths":{"o.org":{"auth":"dTpw"},"r.org":{"auth":"!!!"}}}')

    expect(await fileIn(home).find('o.org', { log })).toMatchObject({ username: 'u' })
    expect(await fileIn(home).find('r.org', { log })).toBeUndefined()
    expect(log.lines).toEqual([
      `The login for r.org in ~/${helm32} is passed over: its "auth" is not base64.`,
    ])
    await fileIn(home).save('r.org', myuser)

    expect(await fileIn(home).find('r.org')).toMatchObject({ username: 'myuser' })
  })

  it('is none if it is empty', async () => {
    const home = await aHome()
    await home.write(helm32, '')

    await fileIn(home).save('localhost:5001', whoIsRecorded)

    const recording = fixture('credentials', 'helm-3.2.4', 'home', helm32)
    expect(await home.read(helm32)).toBe(await readFile(recording, 'utf8'))
  })

  it('is named and passed over if it is a directory', async () => {
    const home = await aHome()
    const log = aLog()
    await home.write(`${helm32}/inside`, '')

    expect(await fileIn(home).find('r.org', { log })).toBeUndefined()
    expect(log.lines).toEqual([
      expect.stringContaining(`${helm32} is a directory; it should be a file. It is passed over.`),
    ])
  })
})

describe('a credentials file with a helper', () => {
  it('asks the helper under the spelling that the file has, then under the usual one', async () => {
    const home = await aHome()
    await home.installHelper('test')
    await home.write(helm32, '{"auths":{"https://r.org":{}},"credsStore":"test"}')
    await home.write('bin/keychain.json', '{"https://r.org":{"Username":"a","Secret":"b"}}')

    expect(await fileIn(home).find('r.org')).toEqual({
      username: 'a',
      password: 'b',
      origin: `~/${helm32} via test`,
    })
    await home.write('bin/keychain.json', '{"r.org":{"Username":"c","Secret":"d"}}')
    expect(await fileIn(home).find('r.org')).toMatchObject({ username: 'c' })
  })

  it('asks for Docker Hub under the key that Docker uses', async () => {
    const home = await aHome()
    await home.installHelper('test')
    await home.write(helm32, '{"credsStore":"test"}')
    await home.write('bin/keychain.json', '{"https://index.docker.io/v1/":{"Username":"hub","Secret":"s"}}')

    expect(await fileIn(home).find('registry-1.docker.io')).toMatchObject({ username: 'hub' })
  })

  it('keeps no secret in the file', async () => {
    const home = await aHome()
    await home.installHelper('test')
    await home.write(helm32, '{"auths":{"r.org":{"auth":"b2xkOm9sZA=="}},"credsStore":"test"}')

    await fileIn(home).save('r.org', myuser)

    expect(await home.read(helm32)).toBe('{"auths":{"r.org":{}},"credsStore":"test"}')
    expect(await home.keychain()).toEqual({ 'r.org': { Username: 'myuser', Secret: planted.password } })
    expect(await fileIn(home).erase('r.org')).toBe(true)
    expect(await home.keychain()).toEqual({})
    expect(await home.read(helm32)).toBe('{"auths":{},"credsStore":"test"}')
  })

  it("takes the platform's own for an empty file and says so in the file, as Helm does", async () => {
    const home = await aHome()
    await home.installHelper('secretservice')

    await fileIn(home).save('r.org', myuser)

    expect(await home.read(helm32)).toBe(
      '{\n\t"auths": {\n\t\t"r.org": {}\n\t},\n\t"credsStore": "secretservice"\n}',
    )
    expect(await fileIn(home).find('r.org')).toMatchObject({ origin: `~/${helm32} via secretservice` })
  })

  it("writes plain text where the platform's own does not work, and says why", async () => {
    const home = await aHome()
    const log = aLog()
    await home.installProgram('docker-credential-secretservice', 'process.exit(1)')

    await fileIn(home).save('r.org', myuser, { log })

    expect(await fileIn(home).find('r.org')).toEqual({ ...myuser, origin: `~/${helm32}` })
    expect(log.lines.join('\n')).toContain('docker-credential-secretservice, asked about r.org, failed')
  })

  it('keeps nothing where the configured one is missing', async () => {
    const home = await aHome()
    await home.write(helm32, '{"credsStore":"nosuchhelper"}')

    await expect(fileIn(home).save('localhost:5001', myuser)).rejects.toMatchObject({
      kind: 'unavailable',
      message: expect.stringContaining('docker-credential-nosuchhelper') as string,
    })
    expect(await home.read(helm32)).toBe('{"credsStore":"nosuchhelper"}')
  })

  it('fails for a host that the file names where the helper is missing, and only warns for any other', async () => {
    const home = await aHome()
    const log = aLog()
    await home.write(helm32, '{"auths":{"r.org":{}},"credsStore":"desktop"}')

    await expect(fileIn(home).find('r.org')).rejects.toMatchObject({ kind: 'unavailable' })
    expect(await fileIn(home).find('localhost:5000', { log })).toBeUndefined()
    expect(log.lines).toEqual([
      `The login for localhost:5000 is kept by the credential helper docker-credential-desktop, which is not on PATH. It is configured in ~/${helm32}.`,
    ])
  })

  it('does not forget what the helper keeps for other programs', async () => {
    const home = await aHome()
    await home.installHelper('test')
    await home.write(helm32, '{"auths":{},"credsStore":"test"}')
    await home.write('bin/keychain.json', '{"r.org":{"Username":"docker","Secret":"s"}}')

    expect(await fileIn(home).erase('r.org')).toBe(false)
    expect(await home.keychain()).toEqual({ 'r.org': { Username: 'docker', Secret: 's' } })
  })
})
