import { accessSync, constants, existsSync } from 'node:fs'
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { basename, delimiter, join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { it } from 'vitest'
import { run } from './run.ts'
import { temporaryDirectory } from './temporary.ts'

/** Another program that reads and writes the same registries. */
export interface Peer {
  readonly command: string
  /** Why it is not here. */
  readonly missing?: string
}

/** A program that is compiled from its sources: the Go module of its command, which names the program, too. */
interface GoProgram {
  readonly name: string
  readonly module: string
  readonly version: string
}

const helms: Readonly<Record<3 | 4, GoProgram>> = {
  3: { name: 'helm', module: 'helm.sh/helm/v3/cmd/helm', version: 'v3.22.0' },
  4: { name: 'helm', module: 'helm.sh/helm/v4/cmd/helm', version: 'v4.3.1' },
}

/** The newest Go that one of the modules asks for in its go.mod. */
const oldestGo = [1, 26] as const

const cache = join(import.meta.dirname, '..', '..', '.cache', 'peers')

/** Helm, as `compiled` gives it. */
export async function helm(major: keyof typeof helms): Promise<Peer> {
  return await compiled(helms[major])
}

/** oras, as `compiled` gives it. */
export async function oras(): Promise<Peer> {
  return await compiled({ name: 'oras', module: 'oras.land/oras/cmd/oras', version: 'v1.3.6' })
}

/** The registry of distribution 3, as `compiled` gives it; `startDistribution3` runs it. */
export async function distribution3(): Promise<Peer> {
  const module = 'github.com/distribution/distribution/v3/cmd/registry'
  return await compiled({ name: 'distribution', module, version: 'v3.1.2' })
}

/** skopeo, where the system has it. */
export function skopeo(): Peer {
  const command = onPath('skopeo')
  return command === undefined ? { command: 'skopeo', missing: 'skopeo is not on PATH' } : { command }
}

/** An environment in which a program meets no logins and no settings of a person. */
export async function cleanEnvironment(): Promise<Record<string, string | undefined>> {
  return { PATH: process.env['PATH'], HOME: await temporaryDirectory() }
}

/** `it` for a test that needs other programs: where one is missing, the test is skipped and its name says why. */
export function itWith(...peers: readonly Peer[]): (name: string, test: () => Promise<void>) => void {
  const reasons = peers.flatMap(({ missing }) => missing ?? [])
  return (name, test) => {
    if (reasons.length === 0) it(name, test)
    else it.skip(`${name} (skipped: ${reasons.join('; ')})`, test)
  }
}

/**
 * Compiled at a pinned version and kept in `.cache/peers`. The first call takes minutes.
 *
 * @returns `missing` where there is no Go to compile it with
 * @throws Error where there is and the installation fails, because a test that is skipped then would hide it
 */
async function compiled({ name, module, version }: GoProgram): Promise<Peer> {
  const directory = join(cache, `${name}-${version}`)
  const program = basename(module)
  const command = join(directory, process.platform === 'win32' ? `${program}.exe` : program)
  if (existsSync(command)) return { command }
  const missing = await whyNoGo()
  if (missing !== undefined) return { command, missing: `${name} ${version} is not installed: ${missing}` }
  await oneAtATime(async () => {
    if (!existsSync(command)) await install(`${module}@${version}`, directory)
  })
  return { command }
}

async function whyNoGo(): Promise<string | undefined> {
  const go = onPath('go')
  if (go === undefined) return 'go is not on PATH'
  const { stdout } = await run(go, ['env', 'GOVERSION'])
  const [major = 0, minor = 0] = /^go(\d+)\.(\d+)/.exec(stdout)?.slice(1).map(Number) ?? []
  if (major > oldestGo[0] || (major === oldestGo[0] && minor >= oldestGo[1])) return undefined
  return `${stdout.trim()} is older than go${oldestGo.join('.')}`
}

/** Compiled aside and renamed, so that a half-written program is never taken for the whole one. */
async function install(module: string, directory: string): Promise<void> {
  const aside = `${directory}.new`
  console.log(`Installing ${module} with go; this takes a few minutes once.`)
  await rm(aside, { recursive: true, force: true })
  const env = { ...process.env, GOBIN: aside, GOFLAGS: '-ldflags=-s', CGO_ENABLED: '0' }
  const { exit, stderr } = await run('go', ['install', module], { env })
  if (exit !== 0) throw new Error(`go install ${module} ended with ${exit}:\n${stderr}`)
  await rm(directory, { recursive: true, force: true })
  await rename(aside, directory)
}

/** Test files run in processes of their own; only one of them installs, the others wait for it. */
async function oneAtATime(work: () => Promise<void>): Promise<void> {
  const lock = join(cache, 'installing')
  await mkdir(cache, { recursive: true })
  while (!(await taken(lock))) {
    const owner = await readFile(lock, 'utf8').catch(() => '')
    if (owner !== '' && !isAlive(Number(owner))) await rm(lock, { force: true })
    await delay(500)
  }
  try {
    await work()
  } finally {
    await rm(lock, { force: true })
  }
}

async function taken(lock: string): Promise<boolean> {
  try {
    await writeFile(lock, String(process.pid), { flag: 'wx' })
    return true
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false
    throw error
  }
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}

function onPath(name: string): string | undefined {
  const file = process.platform === 'win32' ? `${name}.exe` : name
  return (process.env['PATH'] ?? '')
    .split(delimiter)
    .filter((directory) => directory !== '')
    .map((directory) => join(directory, file))
    .find(isExecutable)
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}
