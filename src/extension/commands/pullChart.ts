import { l10n, window } from 'vscode'
import { pullChart as pull, pullCharts, type PulledChart } from '../../core/index.ts'
import type { View } from '../adapters/progress.ts'
import type { App } from '../app.ts'
import { countText } from '../counts.ts'
import { plainText } from '../plainText.ts'
import { atRegistry } from './atRegistry.ts'
import { remoteChartsFor } from './questions/remoteChartsFor.ts'
import { tell } from './forEach.ts'
import { manyAtRegistries } from './manyAtRegistries.ts'
import { announce } from './runCommand.ts'
import { isRow } from './subject.ts'
import type { Tried } from './tryEach.ts'

/** Pulls charts into the cache. What a row says is not asked for. */
export async function pullChart(
  app: App,
  argument?: unknown,
  selection: readonly unknown[] = [],
): Promise<void> {
  const references = await remoteChartsFor(app, argument, selection, l10n.t('Pull a chart'))
  const view = isRow(argument) && argument.kind === 'remoteTag' ? 'chartroom.registries' : 'chartroom.cache'
  const [first, ...others] = references
  if (others.length > 0) {
    tell(app, await pullTogether(app, references, view), references.length, {
      all: ({ length }) => l10n.t('Pulled {0} charts.', countText(length)),
      some: (done, total) => l10n.t('Pulled {0} of {1} charts', countText(done), countText(total)),
    })
  } else if (first !== undefined) {
    const { isNewer, reference } = await pullOne(app, first, view)
    if (isNewer) announce(app, l10n.t('Pulled {0}.', reference))
    else sayInPassing(l10n.t('{0} is up to date.', reference))
  }
}

async function pullTogether(
  app: App,
  references: readonly string[],
  view: View,
): Promise<Tried<PulledChart>> {
  return await manyAtRegistries(app, {
    title: l10n.t('Pulling {0} charts', countText(references.length)),
    view,
    all: async (options) => await pullCharts(app.cache, app.registries, references, options),
    one: async (reference) => await pullOne(app, reference, view),
    onDone: ({ reference }) => {
      void app.repositories.remember(reference)
      app.checks.forgetFault(reference)
    },
  })
}

async function pullOne(app: App, reference: string, view: View): Promise<PulledChart> {
  const pulled = await atRegistry(
    app,
    { reference, title: l10n.t('Pulling {0}', reference), view },
    async (options) => await pull(app.cache, app.registries, reference, options),
  )
  app.checks.forgetFault(pulled.reference)
  void app.repositories.remember(pulled.reference)
  return pulled
}

function sayInPassing(text: string): void {
  window.setStatusBarMessage(plainText(text), 3000)
}
