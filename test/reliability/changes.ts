import {
  ChartCache,
  Credentials,
  exportChart,
  listCharts,
  login,
  pruneCache,
  pullChart,
  Registries,
  removeChart,
  saveChart,
} from '../../src/core/index.ts'
import { planted } from '../support/planted/secrets.ts'

/** One change of the disk that a person can ask for. */
export type Change =
  | { readonly work: 'save'; readonly cache: string; readonly chart: string; readonly reference: string }
  | { readonly work: 'pull' | 'remove'; readonly cache: string; readonly reference: string }
  | { readonly work: 'prune' | 'list'; readonly cache: string }
  | {
      readonly work: 'export'
      readonly cache: string
      readonly reference: string
      readonly destination: string
      readonly archive?: boolean
      readonly force?: boolean
    }
  | { readonly work: 'login'; readonly home: string; readonly host: string }

/** @returns what a person would be told to be done */
export async function perform(change: Change): Promise<string> {
  switch (change.work) {
    case 'save':
      return (await saveChart(new ChartCache(change.cache), change.chart, change.reference)).reference
    case 'pull':
      return (await pullChart(new ChartCache(change.cache), anonymous(), change.reference)).reference
    case 'remove':
      return (await removeChart(new ChartCache(change.cache), change.reference)).reference
    case 'prune':
      return String((await pruneCache(new ChartCache(change.cache), { olderThan: 0 })).bytes)
    case 'list':
      return String((await listLater(new ChartCache(change.cache))).length)
    case 'export':
      return (await exportChart(new ChartCache(change.cache), change.reference, change.destination, change))
        .path
    case 'login':
      return (await login(anonymous(), credentialsIn(change.home), change.host, account)).host
  }
}

/** Lists when everything there is old enough to be remembered. */
async function listLater(cache: ChartCache): Promise<readonly unknown[]> {
  const { now } = Date
  Date.now = () => now() + 60_000
  try {
    return await listCharts(cache)
  } finally {
    Date.now = now
  }
}

/** The login that the registries of these tests take. */
export const account = { username: 'myuser', password: planted.password }

/** Registries that are asked without a login. */
export function anonymous(): Registries {
  return new Registries({ findCredential: () => Promise.resolve(undefined) })
}

/** The logins of a person whose home this is and who has no credential helper. */
function credentialsIn(home: string): Credentials {
  return new Credentials({ around: { env: { PATH: '' }, platform: 'linux', home, temporary: home } })
}
