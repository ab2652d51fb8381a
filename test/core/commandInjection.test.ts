import { copyFile, mkdir, readdir, readFile } from 'node:fs/promises'
import { isAbsolute, join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { checkSignature } from '../../src/core/chart/provenanceSignature.ts'
import { CredentialHelper } from '../../src/core/credentials/credentialHelper.ts'
import { runProgram } from '../../src/core/base/runProgram.ts'
import { fixture } from '../support/fixtures.ts'
import { injections } from '../support/injections.ts'
import { temporaryDirectory } from '../support/temporary.ts'
import { aHome, type Home } from './credentials/home.ts'

describe.each(injections)('%j', (name) => {
  it('reaches a program as it is', async () => {
    const directory = await temporaryDirectory()
    const script = 'console.log(JSON.stringify(process.argv.slice(1)))'
    const limits = { timeout: 20_000, outputLimit: 10_000 }
    const parameters = ['-e', script, '--', name, name]

    const { output } = await runProgram(process.execPath, parameters, name, { env: {}, directory, ...limits })

    expect(JSON.parse(output)).toEqual([name, name])
    expect(await readdir(directory)).toEqual([])
  })

  it('as a host, a user and a password is what a credential helper keeps, and never a parameter of it', async () => {
    const home = await aHome()
    await home.installHelper('test')
    const helper = new CredentialHelper('test', { around: home.around })
    const login = { username: name, password: name }

    await helper.store(name, login, 'r.example.com')

    expect(await helper.get(name, 'r.example.com')).toEqual(login)
    expect(await home.callsOfHelper()).toBe('store\nget\n')
    expect(await planted(home)).toEqual([])
  })

  it('as a credential helper is not run', async () => {
    const home = await aHome()
    const helper = new CredentialHelper(name, { around: home.around })

    await expect(helper.get('r.example.com', 'r.example.com')).rejects.toMatchObject({ kind: 'refused' })
    expect(await planted(home)).toEqual([])
  })

  it('as a key ring is one parameter of gpg, and no option', async () => {
    const home = await aHome()
    await home.installProgram('gpg', recordingProgram)
    await mkdir(home.around.temporary)
    const keyring = join(home.root, `${name}.gpg`)
    await copyFile(fixture('modern', 'keys', 'pubring.gpg'), keyring)

    await checkSignature(Buffer.from('x'), keyring, { around: home.around }, {})

    const called = JSON.parse(await readFile(join(home.root, 'bin', 'called.json'), 'utf8')) as string[]
    expect(called[called.indexOf('--keyring') + 1]).toBe(keyring)
    expect(isAbsolute(keyring)).toBe(true)
    expect(await planted(home)).toEqual([])
  })
})

const recordingProgram = `
require('node:fs').writeFileSync(__dirname + '/called.json', JSON.stringify(process.argv.slice(2)))
`

async function planted({ root }: Home): Promise<string[]> {
  const names = await readdir(root, { recursive: true })
  return names.filter((path) => path === 'planted' || path.endsWith('/planted'))
}
