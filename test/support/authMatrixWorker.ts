/**
 * Runs inside an extension host, in place of its tests: goes into registries with the core that the extension loads, in each
 * mode of the editor's proxy support. Reads an `AuthMatrixJob` from the file that CHARTROOM_AUTH_MATRIX names, and leaves
 * `AuthMatrixOutcomes` in the file that the job names.
 */
import { mkdtemp, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { ConfigurationTarget, workspace } from 'vscode'
import type * as Core from '../../src/core/index.ts'
import { modes, verbs } from './authMatrixModes.ts'
import { deliveredFile } from './deliveredFile.ts'
import { planted } from './planted/secrets.ts'

export interface AuthMatrixJob {
  readonly setUps: readonly HostSetUp[]
  /** A chart. */
  readonly chart: string
  /** A directory for caches. */
  readonly directory: string
  readonly outcomes: string
}

export interface HostSetUp {
  readonly name: string
  readonly host: string
  /** `<token>` has the planted refresh token, everybody else the planted password: neither is in the file. */
  readonly user: string
  readonly options: Core.HostOptions
  /** The home of the person, and where credential helpers are. */
  readonly home: string
  readonly path: string
  /** The settings `http.proxy` and `http.noProxy`. */
  readonly proxy?: string
  readonly noProxy?: readonly string[]
}

/** By mode and name: what each verb came to, `ok` or the kind of its error. */
export type AuthMatrixOutcomes = Readonly<Record<string, Readonly<Record<string, readonly string[]>>>>

export async function run(): Promise<void> {
  const path = process.env['CHARTROOM_AUTH_MATRIX'] ?? ''
  const job = JSON.parse(await readFile(path, 'utf8')) as AuthMatrixJob
  const core = deliveredFile('core.cjs') as typeof Core
  const outcomes: Record<string, Record<string, readonly string[]>> = {}
  for (const mode of modes) {
    await set('proxySupport', mode)
    const ofMode: Record<string, readonly string[]> = {}
    for (const setUp of job.setUps) {
      await set('proxy', setUp.proxy)
      await set('noProxy', setUp.noProxy)
      ofMode[setUp.name] = await useAll(core, setUp, job)
    }
    outcomes[mode] = ofMode
  }
  for (const name of ['proxySupport', 'proxy', 'noProxy']) await set(name, undefined)
  await writeFile(job.outcomes, JSON.stringify(outcomes))
}

/** Changes a setting of the editor, and waits until this host has it. */
async function set(name: string, value: unknown): Promise<void> {
  const section = workspace.getConfiguration('http')
  await section.update(name, value, ConfigurationTarget.Global)
  const wanted = JSON.stringify(value ?? section.inspect(name)?.defaultValue)
  while (JSON.stringify(workspace.getConfiguration('http').get(name)) !== wanted) {
    await new Promise((resolve) => {
      const listening = workspace.onDidChangeConfiguration(() => {
        listening.dispose()
        resolve(undefined)
      })
    })
  }
}

async function useAll(core: typeof Core, setUp: HostSetUp, job: AuthMatrixJob): Promise<readonly string[]> {
  const { host, user: username, options, home, path } = setUp
  const password = username === '<token>' ? planted.refreshToken : planted.password
  const credentials = new core.Credentials({
    around: { env: { PATH: path }, platform: process.platform, home, temporary: job.directory },
  })
  const registries = new core.Registries({
    findCredential: async (name, asked) => await credentials.find(name, asked),
    hosts: { [host]: options },
    // The question is one of the window.
    mayLogInUnverified: () => Promise.resolve(true),
    wait: () => Promise.resolve(),
  })
  const cache = new core.ChartCache(await mkdtemp(join(job.directory, 'cache-')))
  const reference = `${host}/team/mychart:1.0.0`
  const work: Record<(typeof verbs)[number], () => Promise<unknown>> = {
    login: async () => await core.login(registries, credentials, host, { username, password }),
    push: async () => {
      await core.saveChart(cache, job.chart, reference)
      await core.pushChart(cache, registries, reference)
    },
    pull: async () => {
      await core.removeChart(cache, reference)
      await core.pullChart(cache, registries, reference)
    },
    list: async () => {
      for await (const page of core.listRepositories(registries, host)) {
        if (page.includes('team/mychart')) return
      }
      throw new Error('The repository is not listed.')
    },
  }
  const outcomes: string[] = []
  for (const verb of verbs) outcomes.push(await outcomeOf(core, work[verb]))
  // In vain where nobody got in.
  await outcomeOf(core, async () => await core.logout(registries, credentials, host))
  return outcomes
}

async function outcomeOf(core: typeof Core, work: () => Promise<unknown>): Promise<string> {
  try {
    await work()
    return 'ok'
  } catch (error) {
    return core.kindOf(error) ?? core.messageOf(error)
  }
}
