/**
 * A real VS Code from the npm package `code-server`: the VS Code server together with the workbench that a browser opens.
 *
 * It is a package of its own under test/vscode, so that `npm ci` of the project does not pay for it.
 */
import { spawn, type ChildProcess } from 'node:child_process'
import { mkdir, readdir, symlink, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { installNested } from './nestedPackage.ts'
import { runOrThrow, signalGroup, stopGroup } from './processes.ts'
import { ensureSystemPackages } from './systemPackages.ts'

const home = join(import.meta.dirname, '..', 'test', 'vscode')
const codeServer = join(home, 'node_modules', 'code-server')
const serverMain = join(codeServer, 'lib', 'vscode', 'out', 'server-main.js')
const frontDoor = join(codeServer, 'out', 'node', 'entry.js')

/** Settings that keep a fresh window quiet; what a caller hands in comes on top. */
const quietSettings = {
  'chat.disableAIFeatures': true,
  'extensions.autoCheckUpdates': false,
  'extensions.autoUpdate': false,
  'extensions.ignoreRecommendations': true,
  'git.openRepositoryInParentFolders': 'never',
  'security.workspace.trust.enabled': false,
  'telemetry.telemetryLevel': 'off',
  'update.mode': 'none',
  'window.commandCenter': false,
  'workbench.secondarySideBar.defaultVisibility': 'hidden',
  'workbench.startupEditor': 'none',
  'workbench.tips.enabled': false,
  'workbench.welcomePage.walkthroughs.openOnInstall': false,
}

/**
 * Installs VS Code where this copy of the project has none yet: about 620 MB, and about 2 minutes of compiling.
 *
 * @throws Error with npm's output where the installation fails
 */
export async function installVscode(log: (line: string) => void): Promise<void> {
  await installNested(home, async () => {
    await ensureSystemPackages(['libkrb5-dev', 'pkg-config', 'python3', 'make', 'g++'], log)
    log('Installing VS Code (the npm package code-server, 620 MB) into test/vscode: about 2 minutes, once.')
  })
}

export interface VscodeServerOptions {
  /** Everything that VS Code keeps: settings, logs, state. Made where it is missing. */
  readonly dataDirectory: string
  /** By default a folder of the data directory. */
  readonly extensionsDirectory?: string
  /** Names of extensions of VS Code's own that it goes without, for example `git`. */
  readonly without?: readonly string[]
  readonly settings?: Readonly<Record<string, unknown>>
  /** Those of scope `machine`: VS Code ignores them among the user's where the window is a remote one, as here. */
  readonly machineSettings?: Readonly<Record<string, unknown>>
  /** Lets a window obey `extensionTestsPath` and the like in its address; without it VS Code ignores them silently. */
  readonly smokeTestDriver?: boolean
  /**
   * Starts code-server's own door instead of the bare server. It answers `/mint-key`, without which the window forgets
   * every secret when it is loaded again.
   */
  readonly forPerson?: boolean
  /** By default any free one. */
  readonly port?: number
  /** For the server, and so for the extensions and terminals that run in it. */
  readonly env?: NodeJS.ProcessEnv
}

export interface VscodeServer {
  /** Where a browser opens it; `?folder=/absolute/path` chooses the folder. */
  readonly url: string
  readonly port: number
  readonly process: ChildProcess
  stop(): Promise<void>
}

/**
 * Starts the VS Code server on loopback and waits until it answers. Install it first with `installVscode`.
 *
 * The server ends with this process, whatever ends this process short of SIGKILL.
 */
export async function startVscodeServer(options: VscodeServerOptions): Promise<VscodeServer> {
  await writeSettings(options)
  const child = spawn(process.execPath, await serverArguments(options), {
    env: environment(options.env),
    // A group of its own, so that extension hosts and terminals can be ended together with it.
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const atExit = () => {
    signalGroup(child, 'SIGKILL')
  }
  process.once('exit', atExit)
  const stop = async () => {
    process.removeListener('exit', atExit)
    await stopGroup(child)
  }
  try {
    const port = await portOf(child)
    return { url: `http://127.0.0.1:${port}/`, port, process: child, stop }
  } catch (error) {
    await stop()
    throw error
  }
}

/** Installs a packaged extension for a server that is started afterwards with the same directories. */
export async function installVsix(
  vsix: string,
  { dataDirectory, extensionsDirectory = extensionsIn(dataDirectory) }: VscodeServerOptions,
): Promise<void> {
  const directories = ['--server-data-dir', dataDirectory, '--extensions-dir', extensionsDirectory]
  const args = [serverMain, '--accept-server-license-terms', ...directories, '--install-extension', vsix]
  const output = await runOrThrow(process.execPath, args, { env: environment() })
  if (!output.includes('successfully installed')) throw new Error(`${vsix} was not installed:\n${output}`)
}

function extensionsIn(dataDirectory: string): string {
  return join(dataDirectory, 'extensions')
}

async function serverArguments(options: VscodeServerOptions): Promise<string[]> {
  const { dataDirectory, extensionsDirectory = extensionsIn(dataDirectory), port = 0 } = options
  if (options.forPerson === true) {
    // Its configuration must not be the one that the person may have for a code-server of their own.
    const config = join(dataDirectory, 'code-server.yaml')
    await writeFile(config, '')
    return [
      frontDoor,
      ...['--config', config, '--auth', 'none', '--bind-addr', `127.0.0.1:${port}`],
      ...['--user-data-dir', join(dataDirectory, 'data'), '--extensions-dir', extensionsDirectory],
      ...['--disable-telemetry', '--disable-update-check', '--disable-getting-started-override'],
      ...['--disable-workspace-trust', '--ignore-last-opened'],
    ]
  }
  return [
    serverMain,
    ...['--host', '127.0.0.1', '--port', `${port}`, '--without-connection-token'],
    ...['--accept-server-license-terms', '--telemetry-level', 'off'],
    ...['--server-data-dir', dataDirectory, '--extensions-dir', extensionsDirectory],
    ...(options.without === undefined ? [] : ['--builtin-extensions-dir', await builtin(options)]),
    ...(options.smokeTestDriver === true ? ['--enable-smoke-test-driver'] : []),
  ]
}

/** A directory that leads to VS Code's own extensions but for a few. */
async function builtin({ dataDirectory, without = [] }: VscodeServerOptions): Promise<string> {
  const all = join(dirname(dirname(serverMain)), 'extensions')
  const some = join(dataDirectory, 'builtin')
  await mkdir(some, { recursive: true })
  for (const name of await readdir(all)) {
    if (!without.includes(name)) await symlink(join(all, name), join(some, name))
  }
  return some
}

async function writeSettings(options: VscodeServerOptions): Promise<void> {
  const { dataDirectory, settings, machineSettings } = options
  const places = { User: { ...quietSettings, ...settings }, Machine: machineSettings }
  for (const [name, content] of Object.entries(places)) {
    if (content === undefined) continue
    const place = join(dataDirectory, 'data', name)
    await mkdir(place, { recursive: true })
    await writeFile(join(place, 'settings.json'), JSON.stringify(content, undefined, 2))
  }
}

/** Without the variables by which a VS Code that this was started from would reach into the new one. */
function environment(extra: NodeJS.ProcessEnv = {}): NodeJS.ProcessEnv {
  const inherited = Object.entries(process.env).filter(([name]) => !/^(VSCODE_|ELECTRON_|npm_)/i.test(name))
  return { ...Object.fromEntries(inherited), ...extra }
}

async function portOf(child: ChildProcess): Promise<number> {
  let output = ''
  return await new Promise((resolve, reject) => {
    const fail = (reason: string) => {
      reject(new Error(`The VS Code server ${reason}:\n${output}`))
    }
    const late = setTimeout(() => {
      fail('did not answer within 60 s')
    }, 60_000)
    const read = (text: string) => {
      output = (output + text).slice(-10_000)
      const port = /(?:Web UI available at|HTTP server listening on) http:\/\/[\w.]+:(\d+)/.exec(output)?.[1]
      if (port === undefined) return
      clearTimeout(late)
      resolve(Number(port))
    }
    for (const stream of [child.stdout, child.stderr]) stream?.setEncoding('utf8').on('data', read)
    child.once('error', (error) => {
      fail(`could not be started (${error.message})`)
    })
    child.once('exit', (code) => {
      clearTimeout(late)
      fail(`ended with ${code ?? 'a signal'}`)
    })
  })
}
