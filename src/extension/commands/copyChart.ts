import { l10n, workspace } from 'vscode'
import { ChartroomError, copyChart as copy, type CopiedChart, type ChartOptions } from '../../core/index.ts'
import { withProgress } from '../adapters/progress.ts'
import type { App } from '../app.ts'
import { hostOf } from '../hostOf.ts'
import { arrived } from './arrived.ts'
import { atRegistry } from './atRegistry.ts'
import { inspectLocated, locationFor } from './chartLocation.ts'
import { pushedActions, pushOne } from './pushChart.ts'
import { requireTrustToPush } from './requireTrust.ts'
import { askCopy } from './questions/askCopy.ts'
import { confirmReplace } from './questions/confirmReplace.ts'
import { announce } from './runCommand.ts'

/**
 * Gives a cached chart another name in the cache, or copies a remote one to another place at a registry without saving
 * it; on the way it can be converted. What would be replaced is asked about before.
 */
export async function copyChart(app: App, argument?: unknown): Promise<void> {
  const location = await locationFor(app, argument, l10n.t('Copy a chart'))
  const isRemote = location.place === 'registry'
  if (isRemote) requireTrustToPush()
  const chart = await inspectLocated(app, location)
  const { reference: to, format } = await askCopy(app, chart, isRemote ? 'copy' : 'retag')
  const title = l10n.t('Copying {0} to {1}', location.reference, to)
  const attempt = async (overwrite: boolean): Promise<CopiedChart> => {
    const work = async (options: ChartOptions): Promise<CopiedChart> =>
      await copy(app, location.reference, to, {
        ...options,
        place: isRemote ? 'registry' : 'cache',
        overwrite,
        ...(format === undefined ? {} : { format }),
      })
    return isRemote
      ? await atRegistry(app, { reference: to, title, view: 'chartroom.registries' }, work)
      : await withProgress(app, title, work)
  }
  await attempt(false).catch(async (error: unknown) => {
    if (!(error instanceof ChartroomError) || error.kind !== 'target-exists') throw error
    await confirmReplace(error, to)
    return await attempt(true)
  })
  if (isRemote) tellCopied(app, location.reference, to)
  else tellRetagged(app, location.reference, to)
}

function tellCopied(app: App, from: string, to: string): void {
  arrived(app, to)
  announce(app, l10n.t('Copied {0} to {1}.', from, to), ...pushedActions(app, to))
}

function tellRetagged(app: App, from: string, to: string): void {
  const canPush = workspace.isTrusted && hostOf(to) !== undefined
  const push = {
    title: l10n.t('Push'),
    run: async () => {
      await pushOne(app, to)
    },
  }
  announce(app, l10n.t('Copied {0} to {1}.', from, to), canPush ? push : undefined)
}
