import { hash } from 'bcryptjs'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { readFile, rename, rm, writeFile } from 'node:fs/promises'
import { createInterface } from 'node:readline'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { cleanUp } from '../support/cleanUp.ts'
import { builtCommandLine, node, person, type Person } from '../support/commandLine.ts'
import { writeChart } from '../support/sampleChart.ts'
import { filesUnder } from '../support/tree.ts'
import { planted } from '../support/planted/secrets.ts'
import { holdsSecret } from '../support/planted/search.ts'

describe('registry serve', () => {
  it('says where it listens, prints a line a request, and stops when it is told to', async () => {
    const someone = await person()
    const { said, host, child } = await serving(someone, ['--storage', 'pushed'])
    await writeChart(someone.work)
    const reference = `${host}/myrepo/mychart:1.0.0`
    await someone.chartroom(['chart', 'save', 'mychart', reference])

    const pushed = await someone.chartroom(['chart', 'push', reference])

    expect(pushed.exit).toBe(0)
    const ended = once(child, 'close')
    child.kill('SIGTERM')
    expect(await ended).toEqual([0, null])
    expect(said.some((line) => /^PUT \/v2\/myrepo\/mychart\/manifests\/1\.0\.0 201 \d+ ms$/.test(line))).toBe(
      true,
    )
    expect(await filesUnder(join(someone.work, 'pushed'))).not.toEqual([])
  })

  it('stops on Ctrl-C with exit code 0', async () => {
    const { chartroomOnTerminal } = await person()

    const { output, exit } = await chartroomOnTerminal(
      ['registry', 'serve', '--port', '0'],
      [{ after: 'Listening on http://127.0.0.1:', type: '\u0003' }],
    )

    expect(output).toMatch(/^Listening on http:\/\/127\.0\.0\.1:\d+\n/)
    expect(exit).toBe(0)
  })

  it('wants the login that an htpasswd file names, and no other', async () => {
    const someone = await person()
    await writeFile(join(someone.work, 'users'), `myuser:${await hash(planted.password, 4)}\n`)
    const { said, host } = await serving(someone, ['--htpasswd', 'users'])
    await writeChart(someone.work)
    const reference = `${host}/myrepo/mychart:1.0.0`
    await someone.chartroom(['chart', 'save', 'mychart', reference])
    const login = ['registry', 'login', '-u', 'myuser', '--password-stdin', host]

    const outcomes = [
      (await someone.chartroom(['chart', 'push', reference])).exit,
      (await someone.chartroom(login, { input: 'wrong\n' })).exit,
      (await someone.chartroom(login, { input: `${planted.password}\n` })).exit,
      (await someone.chartroom(['chart', 'push', reference])).exit,
      (await someone.chartroom(['chart', 'pull', reference])).exit,
    ]

    expect(outcomes).toEqual([3, 3, 0, 0, 0])
    expect(holdsSecret(said.join('\n'))).toBe(false)
    expect(said.join('\n')).not.toMatch(/wrong|Basic|bXl1c2Vy/)
  })

  it('says on stderr that an htpasswd file is damaged, and lets nobody in', async () => {
    const someone = await person()
    await writeFile(join(someone.work, 'users'), 'no login')

    const { child, errors, host } = await serving(someone, ['--htpasswd', 'users'])

    expect((await fetch(`http://${host}/v2/`)).status).toBe(401)
    const ended = once(child, 'close')
    child.kill('SIGTERM')
    await ended
    expect(errors()).toBe(
      `WARNING: Nobody can log in by ${join(someone.work, 'users')}: line 1 is not USER:HASH.\n`,
    )
  })

  it('does not start without the htpasswd file that it was given', async () => {
    const { chartroom, work } = await person()

    const { stderr, exit } = await chartroom(['registry', 'serve', '--htpasswd', 'missing', '--port', '0'])

    expect(stderr).toBe(
      `There is no htpasswd file ${join(work, 'missing')}, so the registry was not started.\n` +
        'Make one with: htpasswd -cB FILE USER\n',
    )
    expect(exit).toBe(4)
  })
})

describe('the state file of registry serve', () => {
  it('names the process and where it listens before it says so, and is gone after SIGTERM', async () => {
    const someone = await person()
    const { host, child } = await serving(someone, ['--state', 'made/state.json', '--storage', 'pushed'])
    const state = join(someone.work, 'made', 'state.json')

    expect(JSON.parse(await readFile(state, 'utf8'))).toMatchObject({
      version: 1,
      pid: child.pid,
      port: Number(host.replace('localhost:', '')),
      url: `http://${host.replace('localhost', '127.0.0.1')}`,
      storage: join(someone.work, 'pushed'),
    })
    const ended = once(child, 'close')
    child.kill('SIGTERM')
    expect(await ended).toEqual([0, null])
    expect(existsSync(state)).toBe(false)
  })

  it.each(['removed', 'replaced'])('ends the server when it is %s', async (how) => {
    const someone = await person()
    const { host, child, errors } = await serving(someone, ['--state', 'state.json'])
    const state = join(someone.work, 'state.json')
    const other = { ...(JSON.parse(await readFile(state, 'utf8')) as object), pid: process.pid }
    const ended = once(child, 'close')

    if (how === 'removed') await rm(state)
    else {
      await writeFile(`${state}.new`, JSON.stringify(other))
      await rename(`${state}.new`, state)
    }

    expect(await ended).toEqual([0, null])
    expect(errors()).toBe(
      `The registry stopped, because its state file ${state} is ${how === 'removed' ? 'gone' : 'no longer about it'}.\n`,
    )
    expect(existsSync(state)).toBe(how === 'replaced')
    await expect(fetch(`http://${host}/v2/`)).rejects.toThrow('fetch failed')
  })

  it('keeps a second server from starting', async () => {
    const someone = await person()
    const { child, host } = await serving(someone, ['--state', 'state.json'])

    const second = await someone.chartroom(['registry', 'serve', '--state', 'state.json', '--port', '0'])

    expect(second.stderr).toMatch(
      new RegExp(
        `^A registry runs already: process ${child.pid ?? 0} on .+ at http://127.0.0.1:\\d+, by .+\\.\n`,
      ),
    )
    expect(second.exit).toBe(7)
    expect((await fetch(`http://${host}/v2/`)).status).toBe(200)
  })

  it('of a server that was killed is taken over', async () => {
    const someone = await person()
    const killed = await serving(someone, ['--state', 'state.json'])
    const ended = once(killed.child, 'close')
    killed.child.kill('SIGKILL')
    await ended
    const state = join(someone.work, 'state.json')
    expect(JSON.parse(await readFile(state, 'utf8'))).toMatchObject({ pid: killed.child.pid })

    const { child } = await serving(someone, ['--state', 'state.json'])

    expect(JSON.parse(await readFile(state, 'utf8'))).toMatchObject({ pid: child.pid })
  })

  it('is not written where the port is taken', async () => {
    const someone = await person()
    const { host } = await serving(someone, [])
    const args = ['registry', 'serve', '--state', 'state.json', '--port', host.replace('localhost:', '')]

    const { stderr, exit } = await someone.chartroom(args)

    expect(stderr).toMatch(/^Port \d+ is taken by another program, so the registry was not started\.\n/)
    expect(exit).toBe(7)
    expect(existsSync(join(someone.work, 'state.json'))).toBe(false)
  })

  it('never takes the place of another file', async () => {
    const { chartroom, work } = await person()
    await writeFile(join(work, 'notes.txt'), 'mine')

    const { exit } = await chartroom(['registry', 'serve', '--state', 'notes.txt', '--port', '0'])

    expect(exit).toBe(14)
    expect(await readFile(join(work, 'notes.txt'), 'utf8')).toBe('mine')
  })
})

interface Serving {
  readonly host: string
  /** Every line printed so far. */
  readonly said: string[]
  /** What it said on stderr so far. */
  readonly errors: () => string
  readonly child: ReturnType<typeof spawn>
}

async function serving({ env, work }: Person, args: readonly string[]): Promise<Serving> {
  const command = [builtCommandLine, 'registry', 'serve', '--port', '0', ...args]
  const child = spawn(node, command, { env, cwd: work, stdio: ['ignore', 'pipe', 'pipe'] })
  cleanUp(async () => {
    if (child.exitCode !== null || child.signalCode !== null) return
    const ended = once(child, 'close')
    child.kill('SIGKILL')
    await ended
  })
  const said: string[] = []
  let errors = ''
  child.stderr.on('data', (chunk: Buffer) => (errors += chunk.toString()))
  const lines = createInterface(child.stdout)
  lines.on('line', (line) => said.push(line))
  const [first] = (await once(lines, 'line')) as [string]
  return {
    host: first.replace('Listening on http://127.0.0.1', 'localhost'),
    said,
    child,
    errors: () => errors,
  }
}
