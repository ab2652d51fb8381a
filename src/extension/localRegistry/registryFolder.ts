import { randomUUID } from 'node:crypto'
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { whileDoing, type Owner } from '../../core/index.ts'
import { choicesOf, type LocalRegistryChoices } from './choices.ts'

/** The process of the embedded registry, as it tells of itself in its state file. */
export interface RegistryServer extends Owner {
  readonly port: number
}

/** What is remembered of the local registry, for all windows. */
export interface Remembered {
  readonly choices: LocalRegistryChoices
  /** Whether Docker has a container that Chartroom had it make. */
  readonly hasContainer: boolean
}

/** The folder that everything about the local registry is in. Every window of this machine reads the same one. */
export class RegistryFolder {
  readonly path: string
  /** Written by the embedded registry while it runs. */
  readonly state: string
  readonly log: string
  readonly htpasswd: string
  /** Where the embedded registry keeps what is pushed, unless a person chose a folder. */
  readonly storage: string
  readonly #remembered: string

  constructor(path: string) {
    this.path = path
    this.state = join(path, 'state.json')
    this.log = join(path, 'registry.log')
    this.htpasswd = join(path, 'auth.htpasswd')
    this.storage = join(path, 'registry')
    this.#remembered = join(path, 'choices.json')
  }

  async make(): Promise<void> {
    await mkdir(this.path, { recursive: true, mode: 0o700 })
  }

  /** The embedded registry that said last that it runs; it may have ended since without a word. */
  async server(): Promise<RegistryServer | undefined> {
    const value = await readJson(this.state)
    if (typeof value !== 'object' || value === null) return undefined
    const { pid, started, host, space, port } = value as Partial<Record<keyof RegistryServer, unknown>>
    if (typeof pid !== 'number' || typeof port !== 'number' || typeof host !== 'string') return undefined
    return {
      pid,
      port,
      host,
      started: typeof started === 'string' ? started : '',
      space: typeof space === 'number' ? space : 0,
    }
  }

  async remembered(): Promise<Remembered | undefined> {
    const value = await readJson(this.#remembered)
    const choices = choicesOf(value)
    if (choices === undefined) return undefined
    return { choices, hasContainer: (value as { hasContainer?: unknown }).hasContainer === true }
  }

  /** @throws ChartroomError where the folder cannot be written; then what was remembered before still is */
  async remember({ choices, hasContainer }: Remembered): Promise<void> {
    await whileDoing('remember the registry', async () => {
      await this.make()
      const aside = join(this.path, `.${randomUUID()}`)
      try {
        await writeFile(aside, JSON.stringify({ version: 1, ...choices, hasContainer }), { mode: 0o600 })
        await rename(aside, this.#remembered)
      } catch (error) {
        await rm(aside, { force: true })
        throw error
      }
    })
  }

  /** Forgets how the registry was wanted and who may log in. What was pushed stays. */
  async forget(): Promise<void> {
    for (const path of [this.#remembered, this.htpasswd, this.log]) await rm(path, { force: true })
  }

  /** Removes the state file of a process that has ended without doing so, or tells a running one to end. */
  async removeState(): Promise<void> {
    await rm(this.state, { force: true })
  }

  /** Removes a state file that tells nothing: nobody finds a registry by it, and none would start beside it. */
  async removeNonsense(): Promise<void> {
    if ((await readText(this.state)) !== undefined && (await this.server()) === undefined)
      await this.removeState()
  }

  /** What the embedded registry says that cannot go on before it has begun. Another one may be running beside it. */
  async reasonInLog(): Promise<string | undefined> {
    const lines = ((await readText(this.log)) ?? '').split('\n').map((line) => line.trim())
    return lines.find((line) => line !== '' && !saidWhileRunning.test(line))
  }
}

/** Where it listens, and each request that it has answered. */
const saidWhileRunning = /^Listening on |^[A-Z]+ \/.* \d+ \d+ ms$/

async function readJson(path: string): Promise<unknown> {
  const text = await readText(path)
  if (text === undefined) return undefined
  try {
    return JSON.parse(text)
  } catch (error) {
    // Whoever wrote that, it tells nothing.
    if (error instanceof SyntaxError) return undefined
    throw error
  }
}

async function readText(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined
    throw error
  }
}
