import { createServer } from 'node:http'
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { join, relative } from 'node:path'
import { describe, expect, it } from 'vitest'
import { base64, docker, helm32, helm38, Home } from '../core/credentials/home.ts'
import { makeCertificates } from '../support/certificates.ts'
import { person, type Person } from '../support/commandLine.ts'
import { CommandLines } from '../support/commandLines.ts'
import { startDockerRegistry } from '../support/dockerRegistry.ts'
import { listenOnLoopback } from '../support/loopback.ts'
import { writeChart } from '../support/sampleChart.ts'
import { holdsSecret, searchDirectory, takeSearched } from '../support/planted/search.ts'
import { planted } from '../support/planted/secrets.ts'
import { temporaryDirectory } from '../support/temporary.ts'
import { startTokenServer, type TokenServer } from '../support/tokenServer.ts'

const user = 'myuser'
const { password, refreshToken, proxyPassword } = planted

/** Where a login belongs: Helm's files, Docker's, and the keychain of the helper. */
const credentialFiles = [helm32, helm38, docker, 'bin/keychain.json']

it('nothing that the command line prints, writes or starts holds a secret, whether it succeeds or fails', async () => {
  const home = new Home((await person()).home, {})
  const temporary = home.path('tmp')
  await mkdir(temporary)
  const someone = await person({
    HOME: home.root,
    TMPDIR: temporary,
    PATH: `${home.path('bin')}:${process.env['PATH'] ?? ''}`,
    HTTPS_PROXY: `http://proxyuser:${proxyPassword}@127.0.0.1:1`,
  })
  const { client } = await makeCertificates(['localhost'])
  const tokens = await startTokenServer({
    users: { [user]: password },
    refreshTokens: { [refreshToken]: user },
  })
  const commandLines = new CommandLines()

  const outputs = [
    ...(await withPassword(someone)),
    ...(await withHelper(someone, home)),
    ...(await withTokens(someone, home, tokens)),
    ...(await withServersThatRepeat(someone)),
    ...(await withProxyAndKey(someone, client)),
  ]

  await commandLines.stop()
  const secrets = [
    ...[password, encodeURIComponent(password), base64(`${user}:${password}`), refreshToken, proxyPassword],
    ...[base64(`proxyuser:${proxyPassword}`), ...bodyOf(await readFile(client.key, 'utf8'))],
    ...tokens.tokens.flatMap((token) => [token, token.split('.')[2] ?? '']),
  ]
  const files = await filesOf(home.root, credentialFiles)
  const texts = [
    ...outputs,
    ...files,
    ...[...commandLines.seen].map((line) => ({ place: 'arguments', text: line })),
  ]
  console.log(
    `${secrets.length} secrets, ${outputs.length} outputs, ${files.length} files, ${commandLines.seen.size} command lines`,
  )
  expect(tokens.tokens.length).toBeGreaterThan(3)
  expect([...commandLines.seen].some((line) => line.includes('cli.mjs'))).toBe(true)
  // A helper is gone before anybody looks; it wrote its own arguments into one of the files.
  expect(await home.callsOfHelper()).toContain('store')
  expect(leaks(texts, secrets)).toEqual([])
  // The search finds what is there.
  const kept = await readFile(home.path(helm32), 'utf8')
  expect(leaks([{ place: helm32, text: kept }], secrets)).toEqual([helm32])
})

describe('the search for planted secrets', () => {
  it.each(Object.entries(planted))('finds the %s in every spelling, wherever it stands', (_name, secret) => {
    const spellings = ['u', 'us', 'use'].flatMap((user) => [
      `${user}:${secret}`,
      `http://${user}:${encodeURIComponent(secret)}@host`,
      new URLSearchParams({ [user]: secret }).toString(),
      JSON.stringify(JSON.stringify({ auths: { [user]: secret } })),
      `Basic ${base64(`${user}:${secret}`)}`,
      encodeURIComponent(base64(`${user}:${secret}`)),
      Buffer.from(JSON.stringify({ jti: `${user}${secret}` })).toString('base64url'),
    ])

    expect(spellings.filter((spelling) => !holdsSecret(spelling))).toEqual([])
    expect(holdsSecret('myuser:another one')).toBe(false)
  })

  it('finds one in a file, also between two pieces that are read, and not where logins are kept', async () => {
    const directory = await temporaryDirectory()
    await mkdir(join(directory, 'deep', 'registry'), { recursive: true })
    const names = ['split.log', 'deep/plain.json', 'deep/registry/config.json']
    for (const name of names) {
      const before = name === 'split.log' ? 'x'.repeat(1024 * 1024 - 5) : ''
      await writeFile(join(directory, name), `${before}${password}`)
    }
    const others = takeSearched()

    await searchDirectory(directory)
    for (const name of names) await writeFile(join(directory, name), '')

    expect(others.found).toEqual([])
    const { files, found } = takeSearched()
    expect(files).toBe(2)
    expect([...found].sort()).toEqual(['deep/plain.json', 'split.log'].map((name) => join(directory, name)))
  })
})

interface Text {
  readonly place: string
  readonly text: string
}

function leaks(texts: readonly Text[], secrets: readonly string[]): string[] {
  return texts.filter(({ text }) => secrets.some((secret) => text.includes(secret))).map(({ place }) => place)
}

/** The whole workflow, with a good password and a bad one, and what comes after a logout. */
async function withPassword(someone: Person): Promise<Text[]> {
  const [{ host }, other] = await Promise.all([
    startDockerRegistry({ htpasswd: { user, password } }),
    startDockerRegistry({ htpasswd: { user, password: 'another one' } }),
  ])
  return [
    ...(await logIn(someone, other.host)),
    ...(await logIn(someone, host)),
    ...(await workflow(someone, host)),
    ...(await runs(someone, [`registry logout ${host}`, `registry list ${host}`])),
    // It stays for the end: what is searched has to find it.
    ...(await logIn(someone, host)),
  ]
}

async function withHelper(someone: Person, home: Home): Promise<Text[]> {
  const { host } = await startDockerRegistry({ htpasswd: { user, password } })
  await home.installHelper('own')
  await home.write(
    helm32,
    JSON.stringify({ ...JSON.parse(await home.read(helm32)), credHelpers: { [host]: 'own' } }),
  )
  return [...(await logIn(someone, host)), ...(await workflow(someone, host))]
}

async function withTokens(someone: Person, home: Home, tokens: TokenServer): Promise<Text[]> {
  const { host } = await startDockerRegistry({ token: tokens })
  await home.write(docker, JSON.stringify({ auths: { [host]: { identitytoken: refreshToken } } }))
  return await workflow(someone, host)
}

/** Registries that put into their errors what they were sent, and are refused or reset afterwards. */
async function withServersThatRepeat(someone: Person): Promise<Text[]> {
  const server = createServer((request, response) => {
    const said = request.headers.authorization ?? 'nobody'
    const pair = Buffer.from(said.replace('Basic ', ''), 'base64').toString()
    response.writeHead(said === 'nobody' ? 401 : 403, {
      'www-authenticate': `Basic realm="${said}"`,
      'content-type': 'application/json',
      warning: `299 - "you sent ${said}"`,
    })
    response.end(
      JSON.stringify({ errors: [{ code: 'DENIED', message: `${said} and ${pair} may not`, detail: pair }] }),
    )
  })
  const host = `localhost:${await listenOnLoopback(server)}`
  return [...(await logIn(someone, host)), ...(await workflow(someone, host))]
}

async function withProxyAndKey(
  someone: Person,
  { certificate, key }: { certificate: string; key: string },
): Promise<Text[]> {
  return await runs(someone, [
    'chart pull registry.example.com/team/mychart:1.0.0',
    `chart pull registry.example.com/team/mychart:1.0.0 --cert-file ${certificate} --key-file ${key}`,
    // The key where the certificate belongs.
    `chart pull localhost:1/team/mychart:1.0.0 --cert-file ${key} --key-file ${certificate} --ca-file ${key}`,
    `chart pull ${user}:x@registry.example.com/team/mychart:1.0.0`,
  ])
}

async function workflow(someone: Person, host: string): Promise<Text[]> {
  const chart = await writeChart(someone.work)
  const reference = `${host}/team/mychart:1.0.0`
  return await runs(someone, [
    `chart save ${chart} ${reference}`,
    `chart push ${reference}`,
    `chart push ${reference} --output json`,
    `chart remove ${reference}`,
    `chart pull ${reference}`,
    `chart pull ${host}/team/mychart:9.9.9`,
    `chart pull ${host}/team/mychart:9.9.9 --output json`,
    `registry list ${host}`,
    `chart show all ${reference}`,
  ])
}

async function logIn(someone: Person, host: string): Promise<Text[]> {
  return await runs(someone, [`registry login ${host} -u ${user} --password-stdin`], password)
}

/** What commands print, with everything that they say when they are asked to say it all. */
async function runs(someone: Person, lines: readonly string[], input = ''): Promise<Text[]> {
  const texts: Text[] = []
  for (const line of lines) {
    const { stdout, stderr } = await someone.chartroom([...line.split(' '), '--debug'], { input })
    texts.push({ place: line, text: stdout + stderr })
  }
  return texts
}

/** The lines of a key; one of them is as good as all. */
function bodyOf(pem: string): string[] {
  return pem.split('\n').filter((line) => line.length > 30 && !line.startsWith('-----'))
}

async function filesOf(root: string, except: readonly string[]): Promise<Text[]> {
  const entries = await readdir(root, { recursive: true, withFileTypes: true })
  const paths = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name))
  const own = paths.filter((path) => !except.includes(relative(root, path)))
  return await Promise.all(own.map(async (path) => ({ place: path, text: await readFile(path, 'latin1') })))
}
