import { mkdir, symlink } from 'node:fs/promises'
import { describe, expect, it } from 'vitest'
import { CredentialHelper } from '../../../src/core/credentials/credentialHelper.ts'
import { platformHelper } from '../../../src/core/credentials/platformHelper.ts'
import { aHome, aLog, myuser, type Home } from './home.ts'
import { planted } from '../../support/planted/secrets.ts'
import { holdsSecret } from '../../support/planted/search.ts'

const host = 'r.example.com'

function helper(home: Home, suffix = 'test', more: object = {}): CredentialHelper {
  return new CredentialHelper(suffix, { around: home.around, ...more })
}

describe('a credential helper', () => {
  it('keeps, gives and forgets a login', async () => {
    const home = await aHome()
    await home.installHelper('test')

    await helper(home).store(host, myuser, host)
    expect(await home.keychain()).toEqual({ [host]: { Username: 'myuser', Secret: planted.password } })
    expect(await helper(home).get(host, host)).toEqual({ username: 'myuser', password: planted.password })
    expect(await helper(home).erase(host, host)).toBe(true)

    expect(await helper(home).get(host, host)).toBeUndefined()
    expect(await helper(home).erase(host, host)).toBe(false)
  })

  it('keeps an identity token under the user <token>', async () => {
    const home = await aHome()
    await home.installHelper('test')
    const token = { username: '', password: '', identityToken: 'abc' }

    await helper(home).store(host, token, host)

    expect(await home.keychain()).toEqual({ [host]: { Username: '<token>', Secret: 'abc' } })
    expect(await helper(home).get(host, host)).toEqual(token)
  })

  it('gets no secret and no host as a parameter', async () => {
    const home = await aHome()
    await home.installHelper('test')

    await helper(home).store(host, myuser, host)
    await helper(home).get(host, host)

    expect(await home.callsOfHelper()).toBe('store\nget\n')
  })

  it.each(['', '-x', '../../evil', 'a/b', 'a b', 'x;rm', 'a\\b', 'x'.repeat(65)])(
    'called %j is not run',
    async (suffix) => {
      const home = await aHome()

      await expect(helper(home, suffix).get(host, host)).rejects.toMatchObject({
        kind: 'refused',
        evidence: { host },
      })
    },
  )

  it('that is not installed is named together with the host', async () => {
    await expect(helper(await aHome()).get(host, host)).rejects.toMatchObject({
      kind: 'unavailable',
      message:
        'The login for r.example.com is kept by the credential helper docker-credential-test, which is not on PATH.',
    })
  })

  it.each([
    [
      'fails',
      `console.log('${planted.helperSecret}'); console.error('${planted.helperSecret}'); process.exit(3)`,
      'failed with exit code 3',
    ],
    ['prints no JSON', `console.log('${planted.helperSecret}')`, 'gave an answer that is not JSON'],
    ['prints no login', `console.log('{"Secret":"${planted.helperSecret}"}')`, 'gave no login'],
    [
      'prints too much',
      `process.stdout.write('${planted.helperSecret}'.repeat(20000)); setInterval(() => 0, 1000)`,
      'more than 65536 bytes',
    ],
  ])('that %s is named, and what it printed is not', async (_, script, reason) => {
    const home = await aHome()
    const log = aLog()
    await home.installProgram('docker-credential-test', script)

    const error: unknown = await helper(home)
      .get(host, host, { log })
      .catch((reason: unknown) => reason)

    expect(error).toMatchObject({ kind: 'unavailable', evidence: { host } })
    expect(String(error)).toContain('docker-credential-test')
    expect(String(error)).toContain(reason)
    expect(holdsSecret(JSON.stringify(error) + String((error as Error).stack) + log.lines.join())).toBe(false)
  })

  it('that cannot be started is named', async () => {
    const home = await aHome()
    await home.write('bin/docker-credential-test', '#!/no/such/interpreter\n', 0o755)

    await expect(helper(home).get(host, host)).rejects.toMatchObject({
      kind: 'unavailable',
      message:
        'The credential helper docker-credential-test, asked about r.example.com, could not be started.',
    })
  })

  it('that does not answer is ended', async () => {
    const home = await aHome()
    await home.installProgram(
      'docker-credential-test',
      `process.on('SIGTERM', () => 0); setInterval(() => 0, 1000)`,
    )

    await expect(helper(home, 'test', { helperTimeout: 200 }).get(host, host)).rejects.toMatchObject({
      kind: 'unavailable',
      message:
        'The credential helper docker-credential-test, asked about r.example.com, did not answer within 0.2 s.',
    })
  })

  it('is ended when the operation is cancelled', async () => {
    const home = await aHome()
    await home.installProgram('docker-credential-test', `setInterval(() => 0, 1000)`)
    const cancel = new AbortController()

    const asked = helper(home).get(host, host, { signal: cancel.signal })
    cancel.abort()

    await expect(asked).rejects.toMatchObject({ name: 'AbortError' })
  })

  it('runs in the home directory, never in the current one', async () => {
    const home = await aHome()
    await home.installProgram(
      'docker-credential-test',
      `console.log(JSON.stringify({ Username: 'cwd', Secret: process.cwd() }))`,
    )

    expect(await helper(home).get(host, host)).toEqual({ username: 'cwd', password: home.root })
  })

  it('is not looked for in relative or empty entries of PATH, nor without the right to be run', async () => {
    const home = await aHome({ PATH: ':.:bin' })
    await home.write('bin/docker-credential-test', '#!/bin/sh\n', 0o644)

    await expect(helper(home).get(host, host)).rejects.toMatchObject({ kind: 'unavailable' })
    const absolute = await aHome()
    await absolute.write('bin/docker-credential-test', '#!/bin/sh\n', 0o644)
    await expect(helper(absolute).get(host, host)).rejects.toMatchObject({ kind: 'unavailable' })
  })

  it('is never run from a workspace, not even through a link', async () => {
    const home = await aHome()
    await home.installHelper('test')
    await mkdir(home.path('elsewhere'))
    await symlink(home.path('bin'), home.path('linked'))

    for (const path of [home.path('bin'), home.path('linked')]) {
      const around = { ...home.around, env: { PATH: path } }
      for (const folder of [home.path('bin'), home.path('linked'), home.root]) {
        const planted = new CredentialHelper('test', { around, untrusted: () => [folder] })
        await expect(planted.get(host, host)).rejects.toMatchObject({ kind: 'unavailable' })
      }
    }
    expect(await home.callsOfHelper()).toBe('')
    const outside = { untrusted: (): string[] => [home.path('elsewhere'), home.path('missing')] }
    expect(await helper(home, 'test', outside).get(host, host)).toBeUndefined()
  })
})

describe("the platform's own credential helper", () => {
  it('is secretservice on Linux, or pass where that is installed', async () => {
    const home = await aHome()
    expect(await platformHelper({ around: home.around })).toBeUndefined()

    await home.installHelper('secretservice')
    expect(await platformHelper({ around: home.around })).toBe('secretservice')

    await home.installProgram('pass', '')
    expect(await platformHelper({ around: home.around })).toBeUndefined()

    await home.installHelper('pass')
    expect(await platformHelper({ around: home.around })).toBe('pass')
  })

  it('is osxkeychain on a Mac', async () => {
    const home = await aHome()
    await home.installHelper('osxkeychain')

    expect(await platformHelper({ around: { ...home.around, platform: 'darwin' } })).toBe('osxkeychain')
  })

  it('is wincred.exe on Windows, and never a script', async () => {
    const home = await aHome()
    const around = { ...home.around, platform: 'win32', env: { Path: home.path('bin') } } as const
    await home.installProgram('docker-credential-wincred.cmd', '')
    await home.installProgram('docker-credential-wincred', '')
    expect(await platformHelper({ around })).toBeUndefined()

    await home.installProgram('docker-credential-wincred.exe', '')
    expect(await platformHelper({ around })).toBe('wincred')
  })
})
