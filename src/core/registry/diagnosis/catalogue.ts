import { ChartroomError, type ErrorKind } from '../../base/errors.ts'
import { formatCount } from '../../base/humanize.ts'
import type { Pages } from '../lists/pages.ts'
import type { Found } from './steps.ts'

/** Kinds with which a registry says that it does not list its repositories, or not to everybody. */
const withheld: ReadonlySet<ErrorKind> = new Set(['unauthorized', 'forbidden', 'not-found', 'unsupported'])

/** Reads the first page of the catalogue. Many registries have none, so that is no failure. */
export async function judgeCatalogue(pages: Pages, host: string, signal: AbortSignal): Promise<Found<true>> {
  try {
    const names = await pages.read({ signal })
    const facts = { firstPage: names.length, more: pages.hasMore }
    const summary = `it lists ${formatCount(names.length, 'repository', 'repositories')}${pages.hasMore ? ' on its first page' : ''}`
    return { summary, facts, value: true }
  } catch (error) {
    if (!(error instanceof ChartroomError) || !withheld.has(error.kind)) throw error
    const isRefused = error.kind === 'unauthorized' || error.kind === 'forbidden'
    return {
      summary: `${host} does not list its repositories${isRefused ? ' for this login' : ''}: ${error.message}`,
      facts: { refusedWith: error.kind, fallback: 'pinned repositories and those in the cache' },
      value: true,
      warning: {
        advice:
          'Pin the repositories that you use, or name them in full: they work like those of any other registry.',
      },
    }
  }
}
