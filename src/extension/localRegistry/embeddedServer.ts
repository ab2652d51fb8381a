import { spawn, type ChildProcess } from 'node:child_process'
import { watch } from 'node:fs'
import { open } from 'node:fs/promises'
import { setTimeout as delay } from 'node:timers/promises'
import { hasEnded, whileDoing, type OperationOptions } from '../../core/index.ts'
import type { LocalRegistryChoices } from './choices.ts'
import type { RegistryFolder, RegistryServer } from './registryFolder.ts'

/** The program that is started: the editor's own executable as Node, and Chartroom's command line. */
export interface ServerProgram {
  readonly node: string
  readonly commandLine: string
}

/** A registry that runs in a process of its own and goes on when this one ends. */
export interface StartedServer {
  readonly server: RegistryServer
  /** Resolves when it ends, as far as this process lives to see it. */
  readonly ended: Promise<void>
}

/** Why the embedded registry did not start or stop: in its own words, by how it ended, or because it took too long. */
export type ServerProblem =
  | { readonly kind: 'said'; readonly line: string }
  | { readonly kind: 'ended'; readonly code: number | NodeJS.Signals | null }
  | { readonly kind: 'silent'; readonly seconds: number }
  | { readonly kind: 'stays'; readonly pid: number }

export class ServerFailure extends Error {
  override readonly name = 'ServerFailure'
  readonly problem: ServerProblem

  constructor(problem: ServerProblem) {
    super(`The embedded registry: ${JSON.stringify(problem)}`)
    this.problem = problem
  }
}

/** Milliseconds until a registry that does not listen is ended. */
const startPatience = 30_000

/** Milliseconds until a registry that does not end when asked is ended by force. */
const stopPatience = 10_000

/**
 * Starts the embedded registry as a process of its own and waits until its state file says that it listens. What it
 * prints is in the folder's log, which begins anew.
 *
 * @throws ServerFailure where it ends before that; ChartroomError where the folder cannot be written; the signal's reason
 *   where it was stopped
 */
export async function startServer(
  folder: RegistryFolder,
  { node, commandLine }: ServerProgram,
  { port, storage = folder.storage, user }: LocalRegistryChoices,
  { signal }: OperationOptions = {},
): Promise<StartedServer> {
  signal?.throwIfAborted()
  const log = await whileDoing('start the registry', async () => {
    await folder.make()
    await folder.removeNonsense()
    // Another window may be starting one, too: what both print goes to the end, so that neither overwrites the other.
    const file = await open(folder.log, 'a', 0o600)
    await file.truncate()
    return file
  })
  try {
    const child = spawn(
      node,
      [
        ...[commandLine, 'registry', 'serve', '--port', `${port}`, '--storage', storage],
        ...(user === undefined ? [] : ['--htpasswd', folder.htpasswd]),
        ...['--state', folder.state],
      ],
      {
        cwd: folder.path,
        env: environment(),
        detached: true,
        windowsHide: true,
        stdio: ['ignore', log.fd, log.fd],
      },
    )
    const ended = new Promise<void>((resolve) => {
      child.once('exit', () => {
        resolve()
      })
    })
    try {
      const server = await listening(folder, child, signal)
      child.unref()
      return { server, ended }
    } catch (error) {
      // One that could not be started at all has no number.
      if (child.pid !== undefined) await ended
      throw error
    }
  } finally {
    await log.close()
  }
}

/**
 * Ends a registry, whichever window started it, and waits until it has.
 * @throws ServerFailure where it does not end
 */
export async function stopServer(folder: RegistryFolder, server: RegistryServer): Promise<void> {
  // Where the system does not tell when a process started, its number may be another's by now. It ends with its file.
  const isSure = server.started !== ''
  if (isSure) send(server.pid, 'SIGTERM')
  else await folder.removeState()
  const deadline = Date.now() + stopPatience
  while ((await hasEnded(server)) === false) {
    if (Date.now() > deadline) {
      if (!isSure) throw new ServerFailure({ kind: 'stays', pid: server.pid })
      send(server.pid, 'SIGKILL')
      break
    }
    await delay(25)
  }
  await folder.removeState()
}

async function listening(
  folder: RegistryFolder,
  child: ChildProcess,
  signal: AbortSignal | undefined,
): Promise<RegistryServer> {
  return await new Promise((resolve, reject) => {
    const fail = (error: unknown, ending: NodeJS.Signals = 'SIGTERM'): void => {
      finish()
      child.kill(ending)
      reject(error instanceof Error ? error : new Error(String(error)))
    }
    const look = (): void => {
      folder.server().then((server) => {
        if (server === undefined || server.pid !== child.pid) return
        finish()
        resolve(server)
      }, fail)
    }
    const onAbort = (): void => {
      fail(signal?.reason)
    }
    const onExit = (): void => {
      folder.reasonInLog().then((line) => {
        const code = child.exitCode ?? child.signalCode
        fail(new ServerFailure(line === undefined ? { kind: 'ended', code } : { kind: 'said', line }))
      }, fail)
    }
    const watcher = watch(folder.path, look)
    const late = setTimeout(() => {
      fail(new ServerFailure({ kind: 'silent', seconds: startPatience / 1000 }), 'SIGKILL')
    }, startPatience)
    const finish = (): void => {
      clearTimeout(late)
      watcher.close()
      signal?.removeEventListener('abort', onAbort)
      child.removeListener('exit', onExit)
    }
    watcher.on('error', (error) => {
      fail(error)
    })
    child.once('error', (error) => {
      fail(error)
    })
    child.once('exit', onExit)
    signal?.addEventListener('abort', onAbort, { once: true })
    // What happened before anybody looked makes no event any more.
    if (signal?.aborted === true) onAbort()
    else look()
  })
}

/** Without what would lead the process back into this editor. */
function environment(): NodeJS.ProcessEnv {
  const inherited = Object.entries(process.env).filter(
    ([name]) => !/^(VSCODE_|ELECTRON_|NODE_OPTIONS$)/i.test(name),
  )
  return { ...Object.fromEntries(inherited), ELECTRON_RUN_AS_NODE: '1' }
}

function send(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal)
  } catch (error) {
    // It has ended meanwhile.
    if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error
  }
}
