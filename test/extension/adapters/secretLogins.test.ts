import { describe, expect, it } from 'vitest'
import type { SecretStorage } from 'vscode'
import { SecretLogins } from '../../../src/extension/adapters/secretLogins.ts'
import { aLog } from '../../core/credentials/home.ts'
import { planted } from '../../support/planted/secrets.ts'

const ghcr = { username: 'me', password: planted.helperSecret, origin: 'a person' }
const local = { username: 'myuser', password: planted.password, origin: 'a person' }

describe('logins in the secret storage', () => {
  it('are found again by the next window, with their origin', async () => {
    const keyring = new Keyring()
    await windowWith(keyring).logins.save('GHCR.io', ghcr)

    expect(await windowWith(keyring).logins.find('ghcr.io')).toEqual({ ...ghcr, origin: 'the keyring' })
    expect(await windowWith(keyring).logins.find('ghcr.io.evil.org')).toBeUndefined()
  })

  it('are listed by host and user, without passwords', async () => {
    const keyring = new Keyring()
    const { logins } = windowWith(keyring)
    // Both at once: the list is read before it is written.
    await Promise.all([logins.save('localhost:5000', local), logins.save('ghcr.io', ghcr)])

    expect(await windowWith(keyring).logins.hosts()).toEqual([
      { host: 'ghcr.io', username: 'me' },
      { host: 'localhost:5000', username: 'myuser' },
    ])
    expect(keyring.secrets.get('logins')).not.toContain(planted.helperSecret)
  })

  it('are gone from the storage and the list once they are erased', async () => {
    const keyring = new Keyring()
    const { logins } = windowWith(keyring)
    await logins.save('ghcr.io', ghcr)

    expect(await logins.erase('ghcr.io')).toBe(true)

    expect(await logins.erase('ghcr.io')).toBe(false)
    expect(await logins.find('ghcr.io')).toBeUndefined()
    expect(await logins.hosts()).toEqual([])
    expect([...keyring.secrets.keys()]).toEqual(['logins'])
  })

  it('are forgotten although they are just being kept', async () => {
    const keyring = new Keyring()
    const { logins } = windowWith(keyring)
    const saving = logins.save('ghcr.io', ghcr)

    expect(await logins.erase('ghcr.io')).toBe(true)

    await saving
    expect(await logins.find('ghcr.io')).toBeUndefined()
  })

  it('are not listed where only the name is left', async () => {
    const keyring = new Keyring()
    await windowWith(keyring).logins.save('ghcr.io', ghcr)
    keyring.secrets.delete('login ghcr.io')

    expect(await windowWith(keyring).logins.hosts()).toEqual([])
  })

  it('that are none are passed over, and what they hold is told to nobody', async () => {
    const keyring = new Keyring()
    keyring.secrets.set('login ghcr.io', `{"username": ${planted.helperSecret}`)
    const { logins, log } = windowWith(keyring)

    expect(await logins.find('ghcr.io')).toBeUndefined()
    expect(log.lines).toEqual(['the keyring holds something for ghcr.io that is no login.'])
  })

  it('tell every window whose login changed', async () => {
    const keyring = new Keyring()
    const changed: string[] = []
    windowWith(keyring).logins.onDidChange((host) => changed.push(host))

    await windowWith(keyring).logins.save('ghcr.io', ghcr)
    await windowWith(keyring).logins.erase('ghcr.io')

    expect(changed).toEqual(['ghcr.io', 'ghcr.io'])
  })
})

describe('a keyring that cannot be read', () => {
  it('has no logins, which is told once a window and each time in the log', async () => {
    const keyring = new Keyring()
    await windowWith(keyring).logins.save('ghcr.io', ghcr)
    keyring.isReadable = false
    const { logins, log, told } = windowWith(keyring)

    expect(await logins.find('ghcr.io')).toBeUndefined()
    expect(await logins.hosts()).toEqual([])
    expect(await logins.find('ghcr.io')).toBeUndefined()

    expect(told()).toBe(1)
    expect(log.lines).toEqual([
      'the keyring could not be read (login ghcr.io): the keyring is locked',
      'the keyring could not be read (logins): the keyring is locked',
      'the keyring could not be read (login ghcr.io): the keyring is locked',
    ])
  })

  it('forgets the login all the same, so that it is not back when the keyring is', async () => {
    const keyring = new Keyring()
    await windowWith(keyring).logins.save('ghcr.io', ghcr)
    keyring.isReadable = false

    expect(await windowWith(keyring).logins.erase('ghcr.io')).toBe(true)

    keyring.isReadable = true
    expect(await windowWith(keyring).logins.find('ghcr.io')).toBeUndefined()
    expect(await windowWith(keyring).logins.hosts()).toEqual([])
  })

  it('says so where it cannot forget the login either', async () => {
    const keyring = new Keyring()
    const { logins } = windowWith(keyring)
    await logins.save('ghcr.io', ghcr)
    keyring.isReadable = false
    keyring.isWritable = false

    await expect(logins.erase('ghcr.io')).rejects.toMatchObject({ kind: 'store-readonly' })
  })

  it('keeps its list of hosts while a login cannot be added to it', async () => {
    const keyring = new Keyring()
    const { logins } = windowWith(keyring)
    await logins.save('ghcr.io', ghcr)
    keyring.isReadable = false
    await logins.save('localhost:5000', local)
    keyring.isReadable = true

    expect(await windowWith(keyring).logins.hosts()).toEqual([{ host: 'ghcr.io', username: 'me' }])
    expect(logins.isHeld('localhost:5000')).toBe(true)
  })

  it('is not waited for once the operation is cancelled', async () => {
    const keyring = new Keyring()
    keyring.asksFirst = true
    const controller = new AbortController()
    const { logins, told } = windowWith(keyring)
    const finding = logins.find('ghcr.io', { signal: controller.signal })

    controller.abort()

    await expect(finding).rejects.toMatchObject({ name: 'AbortError' })
    expect(told()).toBe(0)
  })
})

describe('a keyring that cannot be written', () => {
  it('leaves a new login in memory, for this window alone', async () => {
    const keyring = new Keyring()
    keyring.isWritable = false
    const { logins, log } = windowWith(keyring)

    await logins.save('LocalHost:5000', local)

    expect(logins.isHeld('localhost:5000')).toBe(true)
    expect(await logins.find('localhost:5000')).toMatchObject({
      username: 'myuser',
      password: planted.password,
    })
    expect(await logins.hosts()).toEqual([{ host: 'localhost:5000', username: 'myuser' }])
    expect(await windowWith(keyring).logins.find('localhost:5000')).toBeUndefined()
    expect(log.lines).toEqual([
      'the keyring did not keep the login for LocalHost:5000: the keyring is read-only',
    ])
  })

  it('lets a login that is only in memory be forgotten', async () => {
    const keyring = new Keyring()
    keyring.isWritable = false
    const { logins } = windowWith(keyring)
    await logins.save('localhost:5000', local)

    expect(await logins.erase('localhost:5000')).toBe(true)

    expect(await logins.find('localhost:5000')).toBeUndefined()
  })

  it('fails to forget what it holds, with a sentence', async () => {
    const keyring = new Keyring()
    const { logins } = windowWith(keyring)
    await logins.save('ghcr.io', ghcr)
    keyring.isWritable = false

    await expect(logins.erase('ghcr.io')).rejects.toMatchObject({
      kind: 'store-readonly',
      message: 'ghcr.io stays: the keyring is read-only',
    })
  })

  it('counts no more once another window has kept a newer login', async () => {
    const keyring = new Keyring()
    keyring.isWritable = false
    const { logins } = windowWith(keyring)
    await logins.save('ghcr.io', ghcr)
    keyring.isWritable = true

    await windowWith(keyring).logins.save('ghcr.io', { ...ghcr, username: 'other' })

    expect(logins.isHeld('ghcr.io')).toBe(false)
    expect(await logins.find('ghcr.io')).toMatchObject({ username: 'other' })
  })
})

type Listener = (event: { key: string }) => void

/** A secret storage as the windows of an editor share it, and as it fails. */
class Keyring {
  readonly secrets = new Map<string, string>()
  isReadable = true
  isWritable = true
  /** Whether it waits for a person who never comes. */
  asksFirst = false
  readonly #listeners = new Set<Listener>()

  async get(key: string): Promise<string | undefined> {
    if (this.asksFirst) await new Promise(() => undefined)
    if (!this.isReadable) throw new Error('the keyring is locked')
    return this.secrets.get(key)
  }

  store(key: string, value: string): Promise<void> {
    return this.#change(key, () => this.secrets.set(key, value))
  }

  delete(key: string): Promise<void> {
    return this.#change(key, () => this.secrets.delete(key))
  }

  onDidChange(listener: Listener): { dispose(): void } {
    this.#listeners.add(listener)
    return { dispose: () => this.#listeners.delete(listener) }
  }

  async #change(key: string, work: () => void): Promise<void> {
    if (!this.isWritable) throw new Error('the keyring is read-only')
    await Promise.resolve()
    work()
    for (const listener of this.#listeners) listener({ key })
  }
}

function windowWith(keyring: Keyring) {
  const log = aLog()
  let told = 0
  const logins = new SecretLogins({
    secrets: {
      get: (key) => keyring.get(key),
      store: (key, value) => keyring.store(key, value),
      delete: (key) => keyring.delete(key),
      onDidChange: keyring.onDidChange.bind(keyring) as SecretStorage['onDidChange'],
    },
    log,
    name: 'the keyring',
    notErased: (host, reason) => `${host} stays: ${reason}`,
    onUnreadable: () => {
      told += 1
    },
  })
  return { logins, log, told: () => told }
}
