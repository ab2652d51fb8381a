import { describe, expect, it } from 'vitest'
import { dockerRemove, dockerRun } from '../../../src/extension/localRegistry/dockerCommands.ts'
import {
  failureOf,
  hasMadeContainer,
  reasonOf,
  runDocker,
  type DockerOutcome,
} from '../../../src/extension/localRegistry/dockerProgram.ts'
import { daemonDown, dockerStandIn } from '../../support/dockerStandIn.ts'
import { anyPort, takenPort } from '../../support/ports.ts'

describe('docker, when it is asked for a registry', { timeout: 30_000 }, () => {
  it('starts one, and says what it made', async () => {
    const docker = await dockerStandIn()
    const port = await anyPort()
    const lines: string[] = []

    const outcome = await runDocker(docker.program, dockerRun({ port, restart: true }), {
      onLine: (line) => lines.push(line),
    })

    expect([outcome.exitCode, hasMadeContainer(outcome)]).toEqual([0, true])
    expect(lines).toContain("Unable to find image 'registry:latest' locally")
    expect((await fetch(`http://127.0.0.1:${port}/v2/`)).status).toBe(200)
    await call(docker.program, dockerRemove)
    expect(docker.hasContainer()).toBe(false)
  })

  it('says that its daemon does not run', async () => {
    const docker = await dockerStandIn()
    await docker.failWith(daemonDown)

    const outcome = await call(docker.program, dockerRun({ port: 5000, restart: true }))

    expect([failureOf(outcome), hasMadeContainer(outcome)]).toEqual(['notRunning', false])
  })

  it('says that the name is taken, and has made nothing that could be removed', async () => {
    const docker = await dockerStandIn()
    await docker.makeContainer()

    const outcome = await call(docker.program, dockerRun({ port: 5000, restart: true }))

    expect([failureOf(outcome), hasMadeContainer(outcome)]).toEqual(['nameTaken', false])
    expect(reasonOf(outcome)).toMatch(/^Conflict\. The container name/)
  })

  it('says that the port is taken, and has made a container all the same', async () => {
    const docker = await dockerStandIn()
    const { port } = await takenPort()

    const outcome = await call(docker.program, dockerRun({ port, restart: true }))

    expect([failureOf(outcome), hasMadeContainer(outcome)]).toEqual(['portTaken', true])
  })

  it('does not mind that there is nothing to remove', async () => {
    const docker = await dockerStandIn()

    expect(failureOf(await call(docker.program, dockerRemove))).toBe('noContainer')
  })

  it('cannot be run where it has gone', async () => {
    await expect(call('/nowhere/docker', dockerRemove)).rejects.toThrow('ENOENT')
  })

  it('is ended where nobody waits for it any more', async () => {
    const docker = await dockerStandIn()
    await docker.makeContainer()
    const stop = new AbortController()

    const following = runDocker(docker.program, ['logs', '-f', 'registry'], {
      signal: stop.signal,
      onLine: () => {
        stop.abort()
      },
    })

    expect((await following).exitCode).toBeNull()
  })
})

describe('the reason that docker gives', () => {
  it.each<[string, readonly string[], string | undefined]>([
    ['an error of the daemon', ['docker: Error response from daemon: No space.', 'See help.'], 'No space.'],
    ['an unknown failure', ['Something.', 'Nobody knows.'], 'Nobody knows.'],
    ['no words at all', [], undefined],
  ])('is told for %s', (_, errors, expected) => {
    expect(reasonOf({ errors, exitCode: 1, output: [] })).toBe(expected)
  })
})

async function call(program: string, parameters: readonly string[]): Promise<DockerOutcome> {
  return await runDocker(program, parameters, { onLine: () => undefined })
}
