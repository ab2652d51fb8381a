import { l10n } from 'vscode'
import { describeChart } from '../../core/index.ts'
import type { App } from '../app.ts'
import { chartPathOf, saveUnder } from './chartSource.ts'
import { askDestination, pickChartFolder } from './prompts.ts'
import { pushSaved } from './pushChart.ts'

/** Push Chart… on a folder: asks where to, saves the chart into the cache and pushes it from there. */
export async function pushFolder(app: App, argument?: unknown): Promise<void> {
  const path =
    chartPathOf(argument) ??
    (await pickChartFolder(app, l10n.t('Push a chart'), l10n.t('Push This Chart'))).fsPath
  const chart = await describeChart(path, { log: app.log })
  const title = l10n.t('Push {0} {1}', chart.name, chart.version)
  const reference = await askDestination(app, title, chart, true)
  const saved = await saveUnder(app, path, chart, reference)
  const { name, version } = chart
  const sentence = l10n.t('Stopped. {0} {1} is saved in the cache; nothing was pushed.', name, version)
  await pushSaved(app, saved, { sentence, reference: saved.reference })
}
