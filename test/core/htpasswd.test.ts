import { compare } from 'bcryptjs'
import { readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { writeHtpasswd } from '../../src/core/htpasswd.ts'
import { filesUnder } from '../support/tree.ts'
import { temporaryDirectory } from '../support/temporary.ts'
import { planted } from '../support/planted/secrets.ts'

describe('an htpasswd file that Chartroom writes', () => {
  it('has one line with the user and a bcrypt hash of the password, for its owner alone', async () => {
    const path = join(await temporaryDirectory(), 'made', 'auth.htpasswd')

    await writeHtpasswd(path, 'myuser', planted.password)

    const text = await readFile(path, 'utf8')
    expect(text).toMatch(/^myuser:\$2y\$10\$[./A-Za-z0-9]{53}\n$/)
    expect(await compare(planted.password, text.trim().slice('myuser:'.length))).toBe(true)
    if (process.platform !== 'win32') expect((await stat(path)).mode & 0o777).toBe(0o600)
  })

  it('replaces the one before, and leaves nothing beside it', async () => {
    const directory = await temporaryDirectory()
    const path = join(directory, 'auth.htpasswd')
    await writeFile(path, 'someone:else\n', { mode: 0o644 })

    await writeHtpasswd(path, 'myuser', planted.password)

    expect(await readFile(path, 'utf8')).not.toContain('someone')
    expect(await filesUnder(directory)).toEqual([path])
    if (process.platform !== 'win32') expect((await stat(path)).mode & 0o777).toBe(0o600)
  })

  it.each([
    ['', planted.password, 'The user name is empty.'],
    ['myuser', '', 'The password is empty.'],
    ['my:user', planted.password, 'The user name cannot be in an htpasswd file'],
    ['my\nuser', planted.password, 'The user name cannot be in an htpasswd file'],
    ['#myuser', planted.password, 'The user name cannot be in an htpasswd file'],
    [' myuser', planted.password, 'The user name cannot be in an htpasswd file'],
    ['myuser', 'my\0pass', 'The password holds a NUL character'],
    ['myuser', 'ä'.repeat(37), 'The password is longer than the 72 bytes'],
  ])('is not written for the user %j with the password %j', async (user, password, sentence) => {
    const directory = await temporaryDirectory()
    const writing = writeHtpasswd(join(directory, 'auth.htpasswd'), user, password)

    await expect(writing).rejects.toMatchObject({
      kind: 'unsupported',
      message: expect.stringContaining(sentence) as string,
    })
    expect(await filesUnder(directory)).toEqual([])
  })

  it('is not written after the signal was aborted', async () => {
    const directory = await temporaryDirectory()
    const signal = AbortSignal.abort()

    await expect(
      writeHtpasswd(join(directory, 'auth.htpasswd'), 'myuser', planted.password, { signal }),
    ).rejects.toMatchObject({ name: 'AbortError' })
    expect(await filesUnder(directory)).toEqual([])
  })
})
