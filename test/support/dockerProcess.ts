/**
 * What stands in for the program `docker` where `dockerStandIn` puts it on a PATH. It records how it is called, and does
 * what Docker does with the one container that the guide makes: the embedded registry runs in its place.
 *
 * In the environment: DOCKER_STAND_IN, the directory of its files.
 */
import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { appendFileSync, existsSync, readFileSync, rmSync, watch, writeFileSync } from 'node:fs'
import { join } from 'node:path'

const directory = process.env['DOCKER_STAND_IN'] ?? ''
const container = join(directory, 'container.json')
const state = join(directory, 'state.json')
const commandLine = join(import.meta.dirname, '..', '..', 'src', 'cli', 'main.ts')
const parameters = process.argv.slice(2)

appendFileSync(join(directory, 'calls.jsonl'), `${JSON.stringify(parameters)}\n`)
const failure = join(directory, 'failure')
if (existsSync(failure)) fail(readFileSync(failure, 'utf8'))
if (parameters[0] === 'run') await start(parameters)
if (parameters[0] === 'logs') await follow()
if (parameters[0] === 'rm') remove()

async function start(options: readonly string[]): Promise<void> {
  const id = createHash('sha256').update(options.join(' ')).digest('hex')
  if (existsSync(container)) {
    const help = `See 'docker run --help'.`
    const conflict = `Conflict. The container name "/registry" is already in use by container "${id}".`
    fail(`docker: Error response from daemon: ${conflict} You have to remove (or rename) it.\n${help}\n`)
  }
  console.error(`Unable to find image 'registry:latest' locally`)
  const port = /^(\d+):5000$/.exec(after(options, '-dp') ?? '')?.[1] ?? ''
  const htpasswd = mounted(options, '/etc/docker/registry/auth.htpasswd')
  const storage = mounted(options, '/var/lib/registry') ?? join(directory, 'volume')
  const server = spawn(
    process.execPath,
    [
      ...[commandLine, 'registry', 'serve', '--port', port, '--storage', storage, '--state', state],
      ...(htpasswd === undefined ? [] : ['--htpasswd', htpasswd]),
    ],
    { detached: true, stdio: ['ignore', 'ignore', 'pipe'] },
  )
  // It prints what it made even where that cannot be started.
  console.log(id)
  writeFileSync(container, JSON.stringify({ pid: server.pid }))
  if (existsSync(join(directory, 'silent'))) {
    server.kill()
    process.exit(0)
  }
  if (await begins(server)) process.exit(0)
  const binding = `failed to bind host port for 0.0.0.0:${port}: address already in use.`
  fail(`docker: Error response from daemon: driver failed programming external connectivity: ${binding}\n`)
}

async function begins(server: ReturnType<typeof spawn>): Promise<boolean> {
  const ends = once(server, 'exit').then(() => false)
  const listens = new Promise<boolean>((resolve) => {
    const look = (): void => {
      if (existsSync(state)) resolve(true)
    }
    watch(directory, look)
    look()
  })
  return await Promise.race([ends, listens])
}

async function follow(): Promise<void> {
  console.log('level=info msg="listening on [::]:5000"')
  if (!existsSync(container)) return
  // As `docker logs -f`, until the container goes.
  await new Promise<void>((resolve) => {
    watch(directory, () => {
      if (!existsSync(container)) resolve()
    })
  })
}

function remove(): void {
  if (!existsSync(container)) fail('Error response from daemon: No such container: registry\n')
  rmSync(container)
  // The registry ends with its state file.
  rmSync(state, { force: true })
  console.log('registry')
}

function after(options: readonly string[], name: string): string | undefined {
  const position = options.indexOf(name)
  return position < 0 ? undefined : options[position + 1]
}

/** The path on this machine of what is mounted there. */
function mounted(options: readonly string[], inside: string): string | undefined {
  return options.find((option) => option.endsWith(`:${inside}`))?.slice(0, -inside.length - 1)
}

function fail(words: string): never {
  process.stderr.write(words)
  process.exit(125)
}
