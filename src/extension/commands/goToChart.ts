import { l10n, QuickPickItemKind, window, type QuickPickItem } from 'vscode'
import { ChartroomError, listCharts } from '../../core/index.ts'
import type { App } from '../app.ts'
import { plainText } from '../plainText.ts'
import { dismissed } from './questions/dismissed.ts'

/** Finds a chart among the cached ones and those that the Registries view has loaded, and shows its row. */
export async function goToChart(app: App): Promise<void> {
  const cached = await listCharts(app.cache, { log: app.log })
  const items = [
    ...group(
      l10n.t('in the cache'),
      cached.map((chart) => ({
        label: plainText(chart.reference),
        description: plainText(chart.problem === undefined ? chart.name : chart.problem.message),
        show: async () => await app.cacheView.reveal(chart.reference),
      })),
    ),
    ...group(
      l10n.t('in registries'),
      app.registriesView.references.map((reference) => ({
        label: plainText(reference),
        show: async () => {
          await app.registriesView.reveal(reference)
        },
      })),
    ),
  ]
  if (items.length === 0) {
    throw new ChartroomError('not-found', {
      message: l10n.t('There are no charts yet. Save or pull one, or browse a registry first.'),
    })
  }
  const picked = await window.showQuickPick(items, {
    title: l10n.t('Go to a chart'),
    placeHolder: l10n.t('Part of a reference or a name'),
    matchOnDescription: true,
  })
  if (picked === undefined) throw dismissed()
  await picked.show?.()
}

interface ChartItem extends QuickPickItem {
  /** Missing from a title between the items. */
  readonly show?: () => Promise<unknown>
}

function group(title: string, items: readonly ChartItem[]): ChartItem[] {
  return items.length === 0 ? [] : [{ label: title, kind: QuickPickItemKind.Separator }, ...items]
}
