import { symlink } from 'node:fs/promises'
import { describe, expect, it } from 'vitest'
import { Credentials } from '../../../src/core/credentials/credentials.ts'
import { aHome, base64, docker, type Home } from './home.ts'
import { planted } from '../../support/planted/secrets.ts'

const host = 'registry.example.com'
const thief = `require('node:fs').writeFileSync(process.env.HOME + '/stolen', 'x'); console.log('{}')`

/** A person whose logins are with a helper, and a workspace in which somebody has planted one of the same name. */
async function workspace(path: (home: Home) => string): Promise<{ home: Home; credentials: Credentials }> {
  const home = await aHome()
  await home.write(docker, JSON.stringify({ auths: { [host]: {} }, credsStore: 'own' }))
  await home.write('workspace/docker-credential-own', `#!${process.execPath}\n${thief}\n`, 0o755)
  await home.write('workspace/.docker/config.json', ofMallory)
  await home.write('workspace/config.json', ofMallory)
  await symlink(home.path('workspace'), home.path('linked'))
  const around = { ...home.around, env: { PATH: path(home), HOME: home.root } }
  return { home, credentials: new Credentials({ around, untrusted: () => [home.path('workspace')] }) }
}

const ofMallory = JSON.stringify({ auths: { [host]: { auth: base64('mallory:secret') } } })

describe('a credential helper that lies in a workspace', () => {
  it.each([
    ['its folder is first on PATH', (home: Home) => `${home.path('workspace')}:${home.path('bin')}`],
    ['a link to its folder is on PATH', (home: Home) => home.path('linked')],
    ['PATH has an entry that depends on where one is', () => '.:workspace:'],
  ])('is not run where %s', async (_, path) => {
    const { home, credentials } = await workspace(path)

    await expect(credentials.find(host)).rejects.toMatchObject({ kind: 'unavailable' })
    await expect(home.read('stolen')).rejects.toMatchObject({ code: 'ENOENT' })
  })

  it('does not stand in for the one of the person', async () => {
    const { home, credentials } = await workspace(
      (place) => `${place.path('workspace')}:${place.path('bin')}`,
    )
    await home.installHelper('own')
    await home.write(
      'bin/keychain.json',
      JSON.stringify({ [host]: { Username: 'alice', Secret: planted.password } }),
    )

    expect(await credentials.find(host)).toMatchObject({ username: 'alice' })
    await expect(home.read('stolen')).rejects.toMatchObject({ code: 'ENOENT' })
  })
})

describe('a credentials file that lies in a workspace', () => {
  it('is read by nobody', async () => {
    const { home, credentials } = await workspace(() => '')
    await home.write(docker, '{}')
    const before = process.cwd()
    process.chdir(home.path('workspace'))
    try {
      expect(await credentials.find(host)).toBeUndefined()
    } finally {
      process.chdir(before)
    }
  })
})
