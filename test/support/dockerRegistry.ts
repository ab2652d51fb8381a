import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { cleanUp } from './cleanUp.ts'
import { distribution3, type Peer } from './peers.ts'
import { runOrFail } from './run.ts'
import type { TokenServer } from './tokenServer.ts'

export interface DockerRegistryOptions {
  /** The one login that is let in; without it everybody is. */
  readonly htpasswd?: { readonly user: string; readonly password: string }
  /** A file with logins, in place of `htpasswd`. */
  readonly htpasswdFile?: string
  /** PEM files; without them the registry speaks plain HTTP. */
  readonly tls?: {
    readonly certificate: string
    readonly key: string
    /** Lets in only clients with a certificate of this authority. */
    readonly clientAuthority?: string
  }
  /** Who gives tokens for it; without one nobody needs any. */
  readonly token?: Pick<TokenServer, 'realm' | 'service' | 'issuer' | 'certificate'>
  /** The registry, for example `http://localhost:5000`, that everything is fetched from and kept; nothing can be pushed then. */
  readonly pullThrough?: string
  /** Whether manifests and blobs may be deleted; they may by default. */
  readonly delete?: boolean
  /** The most repositories on a page of the catalogue; 1 000 by default. */
  readonly catalogPage?: number
}

export interface Distribution3Options extends DockerRegistryOptions {
  /**
   * The most tags on a page of a list, where pages are asked for; 1 000 by default. Without `n` all tags come at once, and
   * distribution 2.8 has no pages.
   */
  readonly tagsPage?: number
}

export interface DockerRegistry {
  /** `localhost:PORT` */
  readonly host: string
  /** The directory that the registry keeps everything in. */
  readonly storage: string
  stop(): Promise<void>
}

/**
 * Starts the program `docker-registry` (distribution 2.8) on a free loopback port, with an empty storage of its own.
 * It is stopped with the running test, or with the file where a hook starts it.
 */
export async function startDockerRegistry(options: DockerRegistryOptions = {}): Promise<DockerRegistry> {
  return await start(
    { command: 'docker-registry', missing: 'Install the Debian package docker-registry.' },
    options,
  )
}

/**
 * Starts the registry of distribution 3, which is compiled where it is not there yet, as `startDockerRegistry` does.
 * @throws Error where it cannot be compiled; `itWith(await distribution3())` skips a test then
 */
export async function startDistribution3(options: Distribution3Options = {}): Promise<DockerRegistry> {
  const { command, missing } = await distribution3()
  return await start({ command, missing: missing ?? 'It has been compiled.' }, options)
}

/** @param program `missing` says what to do where it cannot be started */
async function start(program: Required<Peer>, options: Distribution3Options): Promise<DockerRegistry> {
  const directory = await mkdtemp(join(tmpdir(), 'chartroom-registry-'))
  const storage = join(directory, 'storage')
  const configuration = join(directory, 'config.json')
  await mkdir(storage)
  // JSON is YAML.
  await writeFile(configuration, JSON.stringify(await configure(directory, storage, options)))
  const child = spawn(program.command, ['serve', configuration], {
    stdio: ['ignore', 'ignore', 'pipe'],
    // distribution 3 reports to a collector of traces by default.
    env: { ...process.env, OTEL_TRACES_EXPORTER: 'none' },
  })
  const kill = (): void => {
    child.kill('SIGKILL')
  }
  process.once('exit', kill)
  const stop = async (): Promise<void> => {
    process.removeListener('exit', kill)
    await end(child)
    await rm(directory, { recursive: true, force: true })
  }
  cleanUp(stop)
  return { host: `localhost:${await portOf(child, program)}`, storage, stop }
}

/**
 * The uploads that a registry has open, as `repository/upload`: a push that was cancelled cleanly leaves none.
 * Distribution 2.8 leaves a folder of hash states behind a cancelled upload; one that is open has a start time, too.
 * @param storage the directory of a `DockerRegistry`
 */
export async function openUploads(storage: string): Promise<string[]> {
  const repositories = join(storage, 'docker', 'registry', 'v2', 'repositories')
  const paths = await readdir(repositories, { recursive: true }).catch((error: unknown) => {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return []
    throw error
  })
  return paths
    .map((path) => /^(.+)\/_uploads\/([^/]+)\/startedat$/.exec(path.replaceAll('\\', '/')))
    .flatMap((match) => (match === null ? [] : [`${match[1] ?? ''}/${match[2] ?? ''}`]))
    .sort()
}

async function configure(
  directory: string,
  storage: string,
  options: Distribution3Options,
): Promise<Record<string, unknown>> {
  const { htpasswd, tls, token, pullThrough, catalogPage, tagsPage } = options
  const users = options.htpasswdFile ?? join(directory, 'htpasswd')
  if (htpasswd !== undefined)
    await runOrFail('htpasswd', ['-Bic', users, htpasswd.user], { input: htpasswd.password })
  return {
    version: '0.1',
    log: { level: 'info', formatter: 'text', accesslog: { disabled: true } },
    storage: { filesystem: { rootdirectory: storage }, delete: { enabled: options.delete ?? true } },
    ...(catalogPage === undefined ? {} : { catalog: { maxentries: catalogPage } }),
    ...(tagsPage === undefined ? {} : { tags: { maxtags: tagsPage } }),
    http: {
      addr: '127.0.0.1:0',
      secret: 'for tests',
      ...(tls === undefined ? {} : { tls: tlsOf(tls) }),
    },
    ...(htpasswd === undefined && options.htpasswdFile === undefined
      ? {}
      : { auth: { htpasswd: { realm: 'Registry Realm', path: users } } }),
    ...(token === undefined ? {} : { auth: { token: await tokenAuth(directory, token) } }),
    ...(pullThrough === undefined ? {} : { proxy: { remoteurl: pullThrough } }),
  }
}

function tlsOf({
  clientAuthority,
  ...files
}: NonNullable<DockerRegistryOptions['tls']>): Record<string, unknown> {
  return clientAuthority === undefined ? files : { ...files, clientcas: [clientAuthority] }
}

async function tokenAuth(
  directory: string,
  { realm, service, issuer, certificate }: NonNullable<DockerRegistryOptions['token']>,
): Promise<Record<string, string>> {
  const rootcertbundle = join(directory, 'token.crt')
  await writeFile(rootcertbundle, certificate)
  return { realm, service, issuer, rootcertbundle }
}

/** The port that the log names, once the registry listens. */
async function portOf(child: ChildProcess, { command, missing }: Required<Peer>): Promise<number> {
  const seen: string[] = []
  return await new Promise<number>((resolve, reject) => {
    child.on('error', (cause) => {
      reject(new Error(`${command} cannot be started. ${missing}`, { cause }))
    })
    child.on('exit', () => {
      reject(new Error(`${command} ended before it listened:\n${seen.join('\n')}`))
    })
    if (child.stderr === null) throw new Error('docker-registry was started without a pipe for its log.')
    // The log is read to the end, because a full pipe would stop the registry.
    createInterface(child.stderr).on('line', (line) => {
      if (seen.length < 100) seen.push(line)
      const port = /listening on 127\.0\.0\.1:(\d+)/.exec(line)?.[1]
      if (port !== undefined) resolve(Number(port))
    })
  })
}

async function end(child: ChildProcess): Promise<void> {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return
  const ended = once(child, 'exit')
  child.kill('SIGKILL')
  await ended
}
