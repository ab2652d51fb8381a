import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFile, writeFile } from 'node:fs/promises'
import { connect } from 'node:net'
import { join } from 'node:path'
import { cleanUp } from './cleanUp.ts'
import { anyPort } from './ports.ts'
import { temporaryDirectory } from './temporary.ts'
import { until } from './waiting.ts'

export interface TinyproxyOptions {
  /** Whoever does not send it gets 407. */
  readonly login?: { readonly user: string; readonly password: string }
  /** `127.0.0.1:PORT` of the proxy that everything goes on to. */
  readonly upstream: string
}

export interface Tinyproxy {
  /** `127.0.0.1:PORT` */
  readonly host: string
  /** What its log has about requests, for example `CONNECT registry.example.com:443`. */
  asked(): Promise<string[]>
}

/** Starts the proxy `tinyproxy` on a loopback port. It is stopped with the running test, or with the file where a hook starts it. */
export async function startTinyproxy({ login, upstream }: TinyproxyOptions): Promise<Tinyproxy> {
  const directory = await temporaryDirectory()
  const [configuration, log] = [join(directory, 'tinyproxy.conf'), join(directory, 'log')]
  const port = await anyPort()
  const lines = [
    `Port ${port}`,
    'Listen 127.0.0.1',
    'Allow 127.0.0.1',
    `LogFile "${log}"`,
    'LogLevel Connect',
    `Upstream http ${upstream}`,
    ...(login === undefined ? [] : [`BasicAuth ${login.user} ${login.password}`]),
  ]
  await writeFile(configuration, lines.join('\n') + '\n')
  const child = spawn('tinyproxy', ['-d', '-c', configuration], { stdio: 'ignore' })
  child.on('error', () => undefined)
  cleanUp(async () => {
    if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return
    const ended = once(child, 'exit')
    child.kill('SIGKILL')
    await ended
  })
  await until(async () => await answers(port))
  return {
    host: `127.0.0.1:${port}`,
    asked: async () => {
      const text = await readFile(log, 'utf8')
      return [...text.matchAll(/Request \(file descriptor \d+\): (\S+ \S+)/g)].map(([, line = '']) => line)
    },
  }
}

async function answers(port: number): Promise<boolean> {
  return await new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1')
    socket.on('connect', () => {
      socket.destroy()
      resolve(true)
    })
    socket.on('error', () => {
      resolve(false)
    })
  })
}
