import { describe, expect, it } from 'vitest'
import type { Credential } from '../../../src/core/base/credential.ts'
import { Credentials } from '../../../src/core/credentials/credentials.ts'
import type { CredentialAccount } from '../../../src/core/credentials/store.ts'
import { aHome, docker, helm32, myuser } from './home.ts'

const host = 'ghcr.io'

/** An account that a person has chosen, until it is let go of. */
class Account implements CredentialAccount {
  readonly name = 'the account'
  #isChosen = true

  find(of: string): Promise<Credential | undefined> {
    const credential = { username: 'octocat', password: 'token', origin: this.name }
    return Promise.resolve(this.#isChosen && of === host ? credential : undefined)
  }

  hosts(): Promise<{ host: string; username: string }[]> {
    return Promise.resolve(this.#isChosen ? [{ host, username: 'octocat' }] : [])
  }

  erase(): Promise<boolean> {
    const was = this.#isChosen
    this.#isChosen = false
    return Promise.resolve(was)
  }
}

describe('an account that a person has chosen', () => {
  it('is the login before any other, and for no other host', async () => {
    const home = await aHome()
    await home.writeLogin(docker, host, 'docker')
    const credentials = new Credentials({ around: home.around, accounts: [new Account()] })

    expect(await credentials.find(host)).toMatchObject({ username: 'octocat', origin: 'the account' })
    expect(await credentials.hosts()).toEqual([{ host, username: 'octocat', origin: 'the account' }])
    expect(await credentials.find('other.io')).toBeUndefined()
  })

  it('gives way to a login that is kept later', async () => {
    const home = await aHome()
    const credentials = new Credentials({ around: home.around, accounts: [new Account()] })

    await credentials.save(host, myuser)

    expect(await credentials.find(host)).toMatchObject({ username: 'myuser', origin: `~/${helm32}` })
  })

  it('is let go of by a logout', async () => {
    const home = await aHome()
    const credentials = new Credentials({ around: home.around, accounts: [new Account()] })

    expect(await credentials.erase(host)).toEqual({ erased: ['the account'], remaining: [] })
    expect(await credentials.find(host)).toBeUndefined()
  })
})
