import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { dockerRun } from '../../src/extension/localRegistry/dockerCommands.ts'
import { runDocker } from '../../src/extension/localRegistry/dockerProgram.ts'
import { daemonDown, dockerStandIn } from '../support/dockerStandIn.ts'
import { injections } from '../support/injections.ts'
import { filesUnder } from '../support/tree.ts'

describe('a folder whose name would be a command', () => {
  it('is one parameter of docker', async () => {
    const docker = await dockerStandIn()
    await docker.failWith(daemonDown)
    const runs = injections.map((name) =>
      dockerRun({
        port: 5000,
        restart: true,
        storage: join('/home/me', name),
        htpasswd: join('/home/me', name),
      }),
    )

    for (const run of runs) await runDocker(docker.program, run, { onLine: () => undefined })

    expect(await docker.calls()).toEqual(runs)
    expect(runs.flat().filter((parameter) => parameter.startsWith('/home/me/'))).toHaveLength(
      2 * injections.length,
    )
  })
})

it('nothing is run by a shell, and nothing is typed into a terminal', async () => {
  const folder = join(import.meta.dirname, '..', '..', 'src')
  const files = await filesUnder(folder)
  const texts = await Promise.all(files.map(async (file) => ({ file, text: await readFile(file, 'utf8') })))
  const shells =
    /shell: true|\bexec(?:Sync|File|FileSync)?\(.*child_process|import \{[^}]*\bexec\w*\b[^}]*\} from 'node:child_process'|sendText|ShellExecution/

  expect(texts.length).toBeGreaterThan(100)
  expect(texts.filter(({ text }) => shells.test(text)).map(({ file }) => file)).toEqual([])
})
