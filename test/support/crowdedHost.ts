import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { cleanUp } from './cleanUp.ts'

/** A host whose program takes no connection any more, with as many waiting as the system lets: others get no answer at all. */
export async function crowdedHost(): Promise<string> {
  const program = `require('node:net').createServer().listen({ host: '127.0.0.1', port: 0, backlog: 1 }, function () {
    require('node:fs').writeSync(1, String(this.address().port))
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0)
  })`
  const child = spawn(process.execPath, ['-e', program], { stdio: ['ignore', 'pipe', 'inherit'] })
  const waiting: Socket[] = []
  cleanUp(async () => {
    for (const socket of waiting) socket.destroy()
    const ended = once(child, 'exit')
    child.kill('SIGKILL')
    await ended
  })
  const [port] = (await once(child.stdout, 'data')) as [Buffer]
  const first = connect(Number(port), '127.0.0.1')
  waiting.push(first)
  for (let n = 0; n < 8; n++) waiting.push(connect(Number(port), '127.0.0.1').on('error', () => undefined))
  await once(first, 'connect')
  return `127.0.0.1:${port.toString()}`
}
