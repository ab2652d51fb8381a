import { chmod, mkdir, readFile, stat, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { Credential } from '../../../src/core/base/credential.ts'
import type { Surroundings } from '../../../src/core/base/helmHome.ts'
import type { Logger } from '../../../src/core/base/logger.ts'
import { searchText } from '../../support/planted/search.ts'
import { temporaryDirectory } from '../../support/temporary.ts'
import { planted } from '../../support/planted/secrets.ts'

export const helm32 = '.cache/helm/registry/config.json'
export const helm38 = '.config/helm/registry/config.json'
export const helm36 = '.config/helm/registry.json'
export const docker = '.docker/config.json'
export const podman = '.config/containers/auth.json'

export const myuser: Credential = { username: 'myuser', password: planted.password, origin: 'the test' }

/** A home directory of its own, in which the programs of `bin` are the only ones on PATH. */
export async function aHome(env: Readonly<Record<string, string>> = {}): Promise<Home> {
  const root = await temporaryDirectory()
  return new Home(root, env)
}

export class Home {
  readonly root: string
  readonly around: Surroundings

  constructor(root: string, env: Readonly<Record<string, string>>) {
    this.root = root
    this.around = {
      env: { PATH: join(root, 'bin'), ...env },
      platform: 'linux',
      home: root,
      temporary: join(root, 'tmp'),
    }
  }

  path(name: string): string {
    return join(this.root, name)
  }

  async write(name: string, content: string, mode = 0o600): Promise<string> {
    const path = this.path(name)
    await mkdir(dirname(path), { recursive: true })
    await writeFile(path, content)
    await chmod(path, mode)
    return path
  }

  /** A file that holds one login in plain text, whose user tells where it came from. */
  async writeLogin(name: string, host: string, username: string): Promise<void> {
    await this.write(name, configWith(host, username))
  }

  async read(name: string): Promise<string> {
    return await readFile(this.path(name), 'utf8')
  }

  async modeOf(name: string): Promise<string> {
    return ((await stat(this.path(name))).mode & 0o777).toString(8)
  }

  /** A credential helper that keeps logins in `bin/keychain.json` and its calls in `bin/calls.txt`. */
  async installHelper(suffix: string): Promise<void> {
    await this.installProgram(`docker-credential-${suffix}`, workingHelper)
  }

  async installProgram(name: string, script: string): Promise<void> {
    await this.write(join('bin', name), `#!${process.execPath}\n${script}`, 0o755)
  }

  async keychain(): Promise<unknown> {
    return JSON.parse(await this.read('bin/keychain.json'))
  }

  async callsOfHelper(): Promise<string> {
    return await this.read('bin/calls.txt').catch(() => '')
  }
}

export function configWith(host: string, username: string): string {
  return JSON.stringify({ auths: { [host]: { auth: base64(`${username}:${planted.password}`) } } })
}

export function base64(text: string): string {
  return Buffer.from(text).toString('base64')
}

/** A log that a test can look into. */
export function aLog(): Logger & { readonly lines: string[] } {
  const lines: string[] = []
  function add(line: string): void {
    searchText(`a line of a log: ${line}`, line)
    lines.push(line)
  }
  return { lines, debug: add, info: add, warn: add }
}

const workingHelper = `
const { appendFileSync, readFileSync, writeFileSync } = require('node:fs')
const keychain = __dirname + '/keychain.json'
const verb = process.argv[2]
const input = readFileSync(0, 'utf8')
appendFileSync(__dirname + '/calls.txt', process.argv.slice(2).join(' ') + '\\n')
let logins = {}
try { logins = JSON.parse(readFileSync(keychain, 'utf8')) } catch {}
if (verb === 'store') {
  const { ServerURL, ...login } = JSON.parse(input)
  logins[ServerURL] = login
} else if (verb === 'list') {
  console.log(JSON.stringify(Object.fromEntries(Object.entries(logins).map(([key, { Username }]) => [key, Username]))))
} else if (logins[input] === undefined) {
  console.log('credentials not found in native keychain')
  process.exit(1)
} else if (verb === 'get') {
  console.log(JSON.stringify({ ServerURL: input, ...logins[input] }))
} else {
  delete logins[input]
}
writeFileSync(keychain, JSON.stringify(logins))
`
