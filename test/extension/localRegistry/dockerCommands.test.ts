import { describe, expect, it } from 'vitest'
import {
  canMount,
  dockerLogs,
  dockerRemove,
  dockerRun,
  type DockerRun,
} from '../../../src/extension/localRegistry/dockerCommands.ts'
import { dockerStandIn } from '../../support/dockerStandIn.ts'
import { runOrFail } from '../../support/run.ts'
import { temporaryDirectory } from '../../support/temporary.ts'

const htpasswd = `docker run -dp 5000:5000 --restart=always --name registry \\
  -v $(pwd)/auth.htpasswd:/etc/docker/registry/auth.htpasswd \\
  -e REGISTRY_AUTH="{htpasswd: {realm: localhost, path: /etc/docker/registry/auth.htpasswd}}" \\
  registry`

describe('what docker is called with', { timeout: 30_000 }, () => {
  it.each<[string, string, Omit<DockerRun, 'storage' | 'htpasswd'>, { kept?: true; guarded?: true }]>([
    [
      'for a registry',
      'docker run -dp 5000:5000 --restart=always --name registry registry',
      { port: 5000, restart: true },
      {},
    ],
    [
      'to persist storage',
      'docker run -dp 5000:5000 --restart=always --name registry -v $(pwd)/registry:/var/lib/registry registry',
      { port: 5000, restart: true },
      { kept: true },
    ],
    ['to enable auth', htpasswd, { port: 5000, restart: true }, { guarded: true }],
  ])('%s is the line of the guide', async (_, guide, choices, { kept, guarded }) => {
    const docker = await dockerStandIn()
    await docker.failWith('Recorded only.')
    const here = await temporaryDirectory()

    // The shell itself says what the guide's line means.
    await runOrFail('sh', ['-c', `${guide} || true`], { cwd: here, env: { ...process.env, ...docker.env } })

    const mounts = {
      ...(kept === true ? { storage: `${here}/registry` } : {}),
      ...(guarded === true ? { htpasswd: `${here}/auth.htpasswd` } : {}),
    }
    expect(await docker.calls()).toEqual([dockerRun({ ...choices, ...mounts })])
  })

  it.each([
    ['docker logs -f registry', dockerLogs],
    ['docker rm -f registry', dockerRemove],
  ])('is, for the rest, the guide’s "%s"', (guide, parameters) => {
    expect(['docker', ...parameters].join(' ')).toBe(guide)
  })

  it('has another port, and no restart, where a person wants that', () => {
    expect(dockerRun({ port: 5001, restart: false }).join(' ')).toBe(
      'run -dp 5001:5000 --name registry registry',
    )
  })

  it('keeps and guards at once', () => {
    expect(dockerRun({ port: 5000, restart: true, storage: '/s', htpasswd: '/h' })).toEqual([
      ...['run', '-dp', '5000:5000', '--restart=always', '--name', 'registry', '-v', '/s:/var/lib/registry'],
      ...['-v', '/h:/etc/docker/registry/auth.htpasswd', '-e'],
      'REGISTRY_AUTH={htpasswd: {realm: localhost, path: /etc/docker/registry/auth.htpasswd}}',
      'registry',
    ])
  })

  it.each([
    ['/home/me/registry', true],
    [String.raw`C:\Users\me\registry`, true],
    ['/home/me/a:b', false],
    [String.raw`C:\a:b`, false],
  ])('mounts %s: %s', (path, expected) => {
    expect(canMount(path)).toBe(expected)
  })
})
