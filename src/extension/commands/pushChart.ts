import { env, l10n } from 'vscode'
import {
  ChartroomError,
  kindOf,
  parseReference,
  pushChart as push,
  pushCharts,
  type PushedChart,
  type SoundChart,
} from '../../core/index.ts'
import { Stopped, type Remains } from '../adapters/stopped.ts'
import type { App } from '../app.ts'
import { countText } from '../counts.ts'
import { arrived } from './arrived.ts'
import { atRegistry } from './atRegistry.ts'
import { tell, type Telling } from './forEach.ts'
import { manyAtRegistries } from './manyAtRegistries.ts'
import { confirmReplace } from './questions/confirmReplace.ts'
import { chartsFor } from './questions/pickChart.ts'
import { requireTrustToPush } from './requireTrust.ts'
import { announce, type Action } from './runCommand.ts'
import type { Tried } from './tryEach.ts'

/** Pushes charts of the cache to the registries that their references name. */
export async function pushChart(
  app: App,
  argument?: unknown,
  selection: readonly unknown[] = [],
): Promise<void> {
  requireTrustToPush()
  const references = await chartsFor(app, argument, selection, l10n.t('Push a chart'))
  const [first, ...others] = references
  if (others.length > 0) tell(app, await pushTogether(app, references), references.length, tellingPushed(app))
  else if (first !== undefined) await pushOne(app, first)
}

async function pushTogether(app: App, references: readonly string[]): Promise<Tried<PushedChart>> {
  return await manyAtRegistries(app, {
    title: l10n.t('Pushing {0} charts', countText(references.length)),
    all: async (options) =>
      await pushCharts(app.cache, app.registries, references, { ...options, overwrite: false }),
    one: async (reference) => await pushCached(app, reference),
    onDone: ({ reference }) => {
      arrived(app, reference)
    },
  })
}

/** Pushes one chart of the cache, and tells that it is pushed. */
export async function pushOne(app: App, reference: string): Promise<void> {
  requireTrustToPush()
  tellingPushed(app).one(await pushCached(app, reference))
}

/**
 * Pushes a chart with progress and a Cancel button, asks for a login where the registry wants one, and asks before it
 * replaces another chart.
 *
 * @param remains what a person is told who stops it
 */
export async function pushSaved(app: App, chart: SoundChart, remains?: Remains): Promise<PushedChart> {
  const { name, version, reference } = chart
  const title = l10n.t('Pushing {0} {1}', name, version)
  const attempt = async (overwrite: boolean): Promise<PushedChart> =>
    await atRegistry(
      app,
      { reference, title },
      async (options) => await push(app.cache, app.registries, reference, { ...options, overwrite }),
    )
  try {
    const pushed = await attempt(false).catch(async (error: unknown) => {
      if (!(error instanceof ChartroomError) || error.kind !== 'target-exists') throw error
      await confirmReplace(error, reference)
      return await attempt(true)
    })
    arrived(app, reference)
    return pushed
  } catch (error) {
    // Whichever question or progress was closed, the chart stays in the cache.
    if (kindOf(error) === 'cancelled' && remains !== undefined) throw new Stopped(remains)
    throw error
  }
}

/** How pushes are told. */
export function tellingPushed(app: App): Telling<PushedChart> {
  return {
    one: (pushed) => {
      announcePushed(app, pushed)
    },
    all: ({ length }) => l10n.t('Pushed {0} charts.', countText(length)),
    some: (done, total) => l10n.t('Pushed {0} of {1} charts', countText(done), countText(total)),
  }
}

async function pushCached(app: App, reference: string): Promise<PushedChart> {
  return await pushSaved(app, await app.cache.require(reference, { log: app.log }))
}

/** What can be done with a chart that has just come to a registry. */
export function pushedActions(app: App, reference: string): readonly Action[] {
  return [
    {
      title: l10n.t('Copy Reference'),
      run: async () => {
        await env.clipboard.writeText(reference)
      },
    },
    {
      title: l10n.t('Show in Registry'),
      run: async () => {
        await app.registriesView.reveal(reference)
      },
    },
  ]
}

function announcePushed(app: App, { name, version, reference }: PushedChart): void {
  const { host } = parseReference(reference)
  announce(app, l10n.t('Pushed {0} {1} to {2}.', name, version, host), ...pushedActions(app, reference))
}
