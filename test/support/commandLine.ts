import { mkdir } from 'node:fs/promises'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { temporaryDirectory } from './temporary.ts'
import { run, type Finished } from './run.ts'
import { runOnTerminal, type OnTerminal, type Reply } from './terminal.ts'

/** The built command line: `npm run build` makes it. */
export const builtCommandLine = join(import.meta.dirname, '..', '..', 'dist', 'cli.mjs')

/** The Node that runs it: the one that `CHARTROOM_NODE` names, else the one that runs the tests. */
export const node = process.env['CHARTROOM_NODE'] ?? process.execPath

/** A person at a machine of their own: a home with an empty cache and no logins, and a directory to work in. */
export interface Person {
  readonly home: string
  readonly work: string
  /** Helm's cache home. */
  readonly cacheHome: string
  readonly env: Readonly<Record<string, string | undefined>>
  /** Runs `chartroom` in the working directory. */
  readonly chartroom: (args: readonly string[], options?: { readonly input?: string }) => Promise<Finished>
  /** Runs `chartroom` on a terminal. */
  readonly chartroomOnTerminal: (args: readonly string[], replies?: readonly Reply[]) => Promise<OnTerminal>
}

export async function person(more: Readonly<Record<string, string>> = {}): Promise<Person> {
  if (!existsSync(builtCommandLine)) throw new Error('dist/cli.mjs is missing. Run: npm run build')
  const home = await temporaryDirectory()
  const work = join(home, 'work')
  await mkdir(work)
  const watching = ['NODE_OPTIONS', 'CHARTROOM_STARTED'].map((name) => [name, process.env[name]] as const)
  const env = {
    ...Object.fromEntries(watching),
    HOME: home,
    PATH: process.env['PATH'],
    TERM: 'xterm',
    ...more,
  }
  const place = { cwd: work, env }
  return {
    home,
    work,
    cacheHome: join(home, '.cache', 'helm'),
    env,
    chartroom: async (args, options) =>
      await run(node, [builtCommandLine, ...args], { ...place, ...options }),
    chartroomOnTerminal: async (args, replies = []) =>
      await runOnTerminal([node, builtCommandLine, ...args], replies, place),
  }
}
