import { hash } from 'bcryptjs'
import { readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { startLocalRegistry, type ServedRequest } from '../../src/localRegistry/index.ts'
import { localRegistry, outcome } from '../support/localRegistry.ts'
import { recordingLogger } from '../support/recordingLogger.ts'
import { temporaryDirectory } from '../support/temporary.ts'
import { planted } from '../support/planted/secrets.ts'
import { holdsSecret } from '../support/planted/search.ts'

describe('the embedded registry behind an htpasswd file', () => {
  it('answers every request with a challenge until it comes with a login', async () => {
    const { url } = await behind(await file())

    for (const [method, path] of [
      ['GET', '/v2/'],
      ['HEAD', '/v2/'],
      ['GET', '/v2/_catalog'],
      ['GET', '/v2/team/chart/tags/list'],
      ['PUT', '/v2/team/chart/manifests/1.0.0'],
      ['POST', '/v2/team/chart/blobs/uploads/'],
      ['DELETE', '/v2/team/chart/manifests/1.0.0'],
      ['GET', '/nothing/here'],
    ] as const) {
      const answer = await fetch(`${url}${path}`, { method })
      expect([method, path, answer.status, answer.headers.get('www-authenticate')]).toEqual([
        method,
        path,
        401,
        'Basic realm="localhost"',
      ])
      expect(await answer.text()).toMatch(method === 'HEAD' ? /^$/ : /"code":"UNAUTHORIZED"/)
    }
    expect((await get(url, `myuser:${planted.password}`)).status).toBe(200)
  })

  it.each([
    ['another password', basic('myuser:other')],
    ['another user', basic(`other:${planted.password}`)],
    ['no password', basic('myuser:')],
    ['a user in other letters', basic(`MyUser:${planted.password}`)],
    ['no colon', basic('myuser')],
    ['no base64', 'Basic ???'],
    ['another scheme', basic(`myuser:${planted.password}`).replace('Basic', 'Bearer')],
  ])('refuses %s', async (_what, authorization) => {
    const { url } = await behind(await file())

    expect(await outcome(fetch(`${url}/v2/`, { headers: { authorization } }))).toBe('401 UNAUTHORIZED')
  })

  it.each(['a', 'b', 'y'])('takes bcrypt by the name 2%s', async (letter) => {
    const path = await file()
    await writeFile(path, (await readFile(path, 'utf8')).replace('$2b$', `$2${letter}$`))
    const { url } = await behind(path)

    expect((await get(url, `myuser:${planted.password}`)).status).toBe(200)
  })

  it('takes a password with colons and letters of any script', async () => {
    const { url } = await behind(await file('jürgen', 'pa:ss:wörd'))

    expect((await get(url, 'jürgen:pa:ss:wörd')).status).toBe(200)
  })

  it('knows several users, and skips comments and empty lines', async () => {
    const [one, two] = [await file('one', 'first'), await file('two', 'second')]
    const lines = ['# who may in', '', await readFile(one, 'utf8'), `${await readFile(two, 'utf8')}\r\n`]
    await writeFile(one, lines.join('\n'))
    const { url } = await behind(one)

    expect((await get(url, 'one:first')).status).toBe(200)
    expect((await get(url, 'two:second')).status).toBe(200)
    expect((await get(url, 'one:second')).status).toBe(401)
  })

  it('counts a change of the file at once, for logins that were taken before, too', async () => {
    const path = await file()
    const { url } = await behind(path)
    expect((await get(url, `myuser:${planted.password}`)).status).toBe(200)

    await writeFile(path, await line('myuser', 'changed'))

    expect((await get(url, `myuser:${planted.password}`)).status).toBe(401)
    expect((await get(url, 'myuser:changed')).status).toBe(200)
  })

  it('forgets a user whose line has another name now', async () => {
    const path = await file()
    const { url } = await behind(path)
    expect((await get(url, `myuser:${planted.password}`)).status).toBe(200)

    await writeFile(path, (await readFile(path, 'utf8')).replace('myuser', 'renamed'))

    expect((await get(url, `myuser:${planted.password}`)).status).toBe(401)
    expect((await get(url, `renamed:${planted.password}`)).status).toBe(200)
  })

  it('goes on taking a login while somebody else tries wrong passwords', async () => {
    const { url } = await behind(await file())

    const answers = await Promise.all(
      ['right', 'wrong', 'right', 'wrong'].map(async (what) => {
        const { status } = await get(url, what === 'right' ? `myuser:${planted.password}` : 'myuser:other')
        return `${what} ${status}`
      }),
    )

    expect(answers).toEqual(['right 200', 'wrong 401', 'right 200', 'wrong 401'])
  })

  it.each([
    ['empty', '', 'it holds no login that can be used'],
    ['damaged', 'myuser', 'line 1 is not USER:HASH'],
    ['only of comments', '# nobody', 'it holds no login that can be used'],
  ])('refuses everybody where the file is %s, and the log says so', async (_what, text, why) => {
    const path = join(await temporaryDirectory(), 'auth.htpasswd')
    await writeFile(path, text)
    const log = recordingLogger()
    const { url } = await localRegistry(undefined, { htpasswd: path, log })

    expect((await get(url, `myuser:${planted.password}`)).status).toBe(401)
    expect((await get(url, ':')).status).toBe(401)
    expect(log.warnings).toEqual([`Nobody can log in by ${path}: ${why}.`])
  })

  it('refuses everybody after a line was damaged, those before it as well', async () => {
    const path = await file()
    const { url } = await behind(path)
    await writeFile(path, `${await readFile(path, 'utf8')}half a li`)

    expect((await get(url, `myuser:${planted.password}`)).status).toBe(401)
  })

  it('names the line of a user whose hash is not bcrypt, and lets the others in', async () => {
    const path = await file()
    await writeFile(path, `old:$apr1$abcdefgh$0123456789012345678901\n${await readFile(path, 'utf8')}`)
    const log = recordingLogger()
    const { url } = await localRegistry(undefined, { htpasswd: path, log })

    expect((await get(url, `myuser:${planted.password}`)).status).toBe(200)
    expect((await get(url, 'old:0123456789012345678901')).status).toBe(401)
    expect(log.warnings).toEqual([
      `${path}, line 1: this user cannot log in, because the hash is not bcrypt (htpasswd -B).`,
    ])
  })

  it('refuses everybody while the file is away, and takes them again when it is back', async () => {
    const path = await file()
    const before = await readFile(path)
    const { url } = await behind(path)

    await rm(path)
    expect((await get(url, `myuser:${planted.password}`)).status).toBe(401)
    await writeFile(path, before)
    expect((await get(url, `myuser:${planted.password}`)).status).toBe(200)
  })

  it('does not start without the file', async () => {
    const directory = await temporaryDirectory()
    const path = join(directory, 'missing')

    await expect(startLocalRegistry({ port: 0, storage: directory, htpasswd: path })).rejects.toMatchObject({
      kind: 'not-found',
      message: `There is no htpasswd file ${path}, so the registry was not started.`,
    })
  })

  it('tells of a request without its login', async () => {
    const seen: ServedRequest[] = []
    const log = recordingLogger()
    const { url } = await localRegistry(undefined, {
      htpasswd: await file(),
      log,
      onRequest: (request) => seen.push(request),
    })
    await get(url, `myuser:${planted.password}`)
    await get(url, 'myuser:wrong')

    expect(seen.map(({ path, status }) => `${path} ${status}`)).toEqual(['/v2/ 200', '/v2/ 401'])
    const told = JSON.stringify([seen, log.warnings])
    expect(holdsSecret(told)).toBe(false)
    expect(told).not.toMatch(/wrong|bXl1c2Vy/)
  })
})

async function behind(htpasswd: string): ReturnType<typeof localRegistry> {
  return await localRegistry(undefined, { htpasswd })
}

async function file(user = 'myuser', password = planted.password): Promise<string> {
  const path = join(await temporaryDirectory(), 'auth.htpasswd')
  await writeFile(path, await line(user, password))
  return path
}

/** With the cheapest hash that there is. */
async function line(user: string, password: string): Promise<string> {
  return `${user}:${await hash(password, 4)}\n`
}

async function get(url: string, login: string): Promise<Response> {
  return await fetch(`${url}/v2/`, { headers: { authorization: basic(login) } })
}

function basic(login: string): string {
  return `Basic ${Buffer.from(login).toString('base64')}`
}
