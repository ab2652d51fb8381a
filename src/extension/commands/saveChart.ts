import { l10n } from 'vscode'
import { describeChart } from '../../core/index.ts'
import type { App } from '../app.ts'
import { hostOf } from '../hostOf.ts'
import { chartPathOf, saveUnder } from './chartSource.ts'
import { askDestination, pickChartFolder } from './prompts.ts'
import { pushSaved } from './pushChart.ts'
import { announce } from './runCommand.ts'

/** Saves a chart folder into the cache under a name that is asked for. */
export async function saveChart(app: App, argument?: unknown): Promise<void> {
  const path =
    chartPathOf(argument) ??
    (await pickChartFolder(app, l10n.t('Save a chart'), l10n.t('Save This Chart'))).fsPath
  const chart = await describeChart(path, { log: app.log })
  const title = l10n.t('Save {0} {1}', chart.name, chart.version)
  const saved = await saveUnder(app, path, chart, await askDestination(app, title, chart, false))
  const push = {
    title: l10n.t('Push'),
    run: async () => {
      await pushSaved(app, saved)
    },
  }
  announce(
    app,
    l10n.t('Saved {0}.', saved.reference),
    hostOf(saved.reference) === undefined ? undefined : push,
  )
}
