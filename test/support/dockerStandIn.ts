import { existsSync } from 'node:fs'
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { delimiter, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { cleanUp } from './cleanUp.ts'
import { temporaryDirectory } from './temporary.ts'

/** A program `docker` that records how it is called, and starts the embedded registry as its container. */
export interface DockerStandIn {
  /** The absolute path of the executable. */
  readonly program: string
  /** Environment in which it is the first `docker` on the PATH. */
  readonly env: Readonly<Record<string, string>>
  /** The parameters of every call, in order. */
  readonly calls: () => Promise<string[][]>
  /** Whether there is a container. */
  readonly hasContainer: () => boolean
  /** Makes a container that somebody else may have made. */
  readonly makeContainer: () => Promise<void>
  /** From now on nothing answers in a container that is started. */
  readonly fallSilent: () => Promise<void>
  /** Makes every call fail with these words on standard error; without words they work again. */
  readonly failWith: (words?: string) => Promise<void>
}

/** What Docker says where its daemon does not run. */
export const daemonDown =
  "docker: Cannot connect to the Docker daemon at unix:///var/run/docker.sock. Is the docker daemon running?\n\nRun 'docker run --help' for more information\n"

/** Makes the stand-in. Its container is gone after the test. */
export async function dockerStandIn(): Promise<DockerStandIn> {
  const directory = await temporaryDirectory()
  const bin = join(directory, 'bin')
  const files = join(directory, 'files')
  const program = join(bin, 'docker')
  const [calls, container, failure] = ['calls.jsonl', 'container.json', 'failure'].map((name) =>
    join(files, name),
  ) as [string, string, string]
  for (const path of [bin, files]) await mkdir(path)
  const script = fileURLToPath(new URL('./dockerProcess.ts', import.meta.url))
  await writeFile(
    program,
    `#!/bin/sh\nDOCKER_STAND_IN='${files}' exec '${process.execPath}' '${script}' "$@"\n`,
    { mode: 0o755 },
  )
  // The registry of a container that is left ends with its state file.
  cleanUp(async () => {
    await rm(join(files, 'state.json'), { force: true })
  })
  return {
    program,
    env: {
      PATH: [bin, process.env['PATH'] ?? ''].join(delimiter),
      // VS Code's server would take its PATH from a login shell.
      VSCODE_CLI: '1',
      // Whatever happens, no real Docker is asked for anything.
      DOCKER_HOST: `unix://${join(directory, 'nobody.sock')}`,
    },
    calls: async () =>
      existsSync(calls)
        ? (await readFile(calls, 'utf8'))
            .trim()
            .split('\n')
            .map((line) => JSON.parse(line) as string[])
        : [],
    hasContainer: () => existsSync(container),
    makeContainer: async () => {
      await writeFile(container, '{}')
    },
    fallSilent: async () => {
      await writeFile(join(files, 'silent'), '')
    },
    failWith: async (words) => {
      await (words === undefined ? rm(failure, { force: true }) : writeFile(failure, words))
    },
  }
}
