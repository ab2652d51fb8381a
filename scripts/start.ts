/**
 * `npm start`: builds Chartroom, takes the sample charts through the whole workflow with the command line and a registry of their own,
 * then opens VS Code on them and stays until Ctrl-C. `--no-window` stops after the workflow.
 *
 * The person's own Helm cache and logins stay untouched: everything is kept under `.cache/demo`.
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { freePort } from './freePort.ts'
import { openWindow, type Window } from './openWindow.ts'
import { run, runOrThrow, stopGroup } from './processes.ts'

const project = join(import.meta.dirname, '..')
const cli = join(project, 'dist', 'cli.mjs')
const demo = join(project, '.cache', 'demo')

const charts = [
  { path: 'examples/mychart', name: 'mychart', tag: '0.1.0' },
  { path: 'examples/lighthouse', name: 'lighthouse', tag: '1.4.2' },
  { path: 'examples/tide-table', name: 'tide-table', tag: '0.2.0' },
]

const env = {
  ...process.env,
  HELM_CACHE_HOME: join(demo, 'helm', 'cache'),
  HELM_CONFIG_HOME: join(demo, 'helm', 'config'),
  HELM_REGISTRY_CONFIG: '',
  DOCKER_CONFIG: join(demo, 'docker'),
  DOCKER_AUTH_CONFIG: '',
  REGISTRY_AUTH_FILE: join(demo, 'docker', 'auth.json'),
}

const args = process.argv.slice(2)
const unknown = args.find((arg) => arg !== '--no-window')
if (unknown === undefined) {
  process.exitCode = await start(args.includes('--no-window')).catch((error: unknown) => {
    process.stderr.write(`\n${error instanceof Error ? error.message : String(error)}\n`)
    return 1
  })
} else {
  process.stderr.write(`${unknown} means nothing here. Run: npm start, or npm start -- --no-window\n`)
  process.exitCode = 2
}

async function start(withoutWindow: boolean): Promise<number> {
  const stopped = untilStopped()
  say('Building Chartroom.')
  await runOrThrow(process.execPath, ['esbuild.mjs'], { directory: project })
  await rm(demo, { recursive: true, force: true })
  await mkdir(demo, { recursive: true })
  const registry = await startRegistry()
  try {
    await workflow(`localhost:${registry.port}`)
    if (withoutWindow) return 0
    const window = await openOnExamples()
    say('Press Ctrl-C to end everything.')
    await Promise.race([stopped, window.closed])
    await window.stop()
    return 0
  } finally {
    await registry.stop()
  }
}

async function openOnExamples(): Promise<Window> {
  try {
    return await openWindow({ folder: join(project, 'examples'), directory: demo, env, say })
  } catch (error) {
    console.error(error instanceof Error ? error.message : error)
    throw new Error(
      'VS Code could not be opened, for the reason above. Everything before it works without: npm start -- --no-window',
      { cause: error },
    )
  }
}

async function startRegistry(): Promise<{ readonly port: number; stop(): Promise<void> }> {
  const port = await freePort(5000)
  if (port !== 5000) say(`Port 5000 is taken, so the registry listens on ${port}.`)
  const args = ['registry', 'serve', '--port', `${port}`, '--storage', join(demo, 'registry')]
  show(args)
  // A group of its own, so that Ctrl-C in the terminal does not end it before the window that uses it.
  const child = spawn(process.execPath, [cli, ...args], {
    env,
    detached: true,
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  process.once('exit', () => {
    child.kill('SIGKILL')
  })
  const lines = createInterface(child.stdout)
  const ended = once(child, 'exit').then(() => {
    throw new Error('The registry ended.')
  })
  const [line] = (await Promise.race([once(lines, 'line'), ended])) as [string]
  console.log(line)
  // From here on its end is our own doing; its lines, one a request, would be in the way.
  ended.catch(() => undefined)
  return {
    port,
    stop: async () => {
      await stopGroup(child)
    },
  }
}

async function workflow(host: string): Promise<void> {
  const references = charts.map(({ name, tag }) => `${host}/demo/${name}:${tag}`)
  say('Saving the sample charts in a cache of their own.')
  for (const [position, { path }] of charts.entries())
    await chartroom('chart', 'save', path, references[position] ?? '')
  await chartroom('chart', 'list')
  say('Pushing them to the registry.')
  for (const reference of references) await chartroom('chart', 'push', reference)
  say('Removing one from the cache and pulling it back.')
  const [first = ''] = references
  await chartroom('chart', 'remove', first)
  await chartroom('chart', 'pull', first)
  say('Exporting one to a folder.')
  await chartroom('chart', 'export', references[1] ?? '', '-d', '.cache/demo/exported')
  await chartroom('chart', 'list')
}

async function chartroom(...args: readonly string[]): Promise<void> {
  show(args)
  const exit = await run(process.execPath, [cli, ...args], { directory: project, env })
  if (exit !== 0) throw new Error(`chartroom ${args.join(' ')} ended with ${exit}.`)
  console.log()
}

/** Ends when the person presses Ctrl-C or the terminal goes away. */
async function untilStopped(): Promise<void> {
  await new Promise<void>((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
      process.on(signal, () => {
        resolve()
      })
    }
  })
}

function show(args: readonly string[]): void {
  console.log(`$ chartroom ${args.map((arg) => arg.replace(`${project}/`, '')).join(' ')}`)
}

function say(line: string): void {
  console.log(`\n${line}`)
}
