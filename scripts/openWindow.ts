import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { runOrThrow, stopGroup } from './processes.ts'
import { findProgram } from './systemPackages.ts'
import { installVscode, installVsix, startVscodeServer } from './vscodeServer.ts'

const project = join(import.meta.dirname, '..')

export interface WindowOptions {
  readonly folder: string
  /** For settings, state and extensions of this window alone. */
  readonly directory: string
  readonly env: NodeJS.ProcessEnv
  readonly say: (line: string) => void
}

export interface Window {
  /** Settles when the person closes the window; never for one in a browser. */
  readonly closed: Promise<void>
  stop(): Promise<void>
}

/** Opens a folder in VS Code with Chartroom installed: the desktop one where `code` is on the PATH, else one for the browser. */
export async function openWindow(options: WindowOptions): Promise<Window> {
  options.say('Packaging the extension.')
  await runOrThrow(process.execPath, ['scripts/package.ts'], { directory: project })
  const vsix = join(project, 'dist', 'chartroom.vsix')
  const code = findProgram('code')
  return code === undefined ? await inBrowser(vsix, options) : await onDesktop(code, vsix, options)
}

async function inBrowser(vsix: string, { folder, directory, env, say }: WindowOptions): Promise<Window> {
  await installVscode(say)
  const dataDirectory = join(directory, 'vscode')
  const options = { dataDirectory, env, forPerson: true }
  await installVsix(vsix, options)
  const server = await startVscodeServer(options)
  say(`VS Code is open at ${server.url}?folder=${encodeURIComponent(folder).replaceAll('%2F', '/')}`)
  return {
    closed: new Promise(() => undefined),
    stop: async () => {
      await server.stop()
    },
  }
}

async function onDesktop(
  code: string,
  vsix: string,
  { folder, directory, env, say }: WindowOptions,
): Promise<Window> {
  const userData = join(directory, 'code')
  const own = ['--user-data-dir', userData, '--extensions-dir', join(directory, 'code-extensions')]
  await runOrThrow(code, [...own, '--install-extension', vsix], { env })
  say('Opening VS Code.')
  const child = spawn(code, [...own, '--new-window', '--wait', folder], {
    env,
    detached: true,
    stdio: 'ignore',
  })
  const closed = once(child, 'exit').then(() => undefined)
  return {
    closed,
    stop: async () => {
      await endMainProcess(userData)
      await stopGroup(child)
    },
  }
}

/** `code` starts the editor as a process outside its own group, and the editor writes its process id into its user data folder. */
async function endMainProcess(userData: string): Promise<void> {
  const lock = await readFile(join(userData, 'code.lock'), 'utf8').catch(() => '')
  const pid = Number(lock.trim())
  if (!Number.isInteger(pid) || pid <= 1) return
  try {
    process.kill(pid, 'SIGTERM')
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error
  }
}
