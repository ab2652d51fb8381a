import { l10n, window, type QuickPickItem } from 'vscode'
import { ChartroomError, listCharts, type CachedChart, type SoundChart } from '../../../core/index.ts'
import type { App } from '../../app.ts'
import { plainText } from '../../plainText.ts'
import { sizeText } from '../../sizes.ts'
import { chartsMeant, isRow } from '../subject.ts'
import { dismissed } from './dismissed.ts'

/** Lets a person choose one of the charts in the cache. */
export async function pickChart(app: App, title: string): Promise<SoundChart> {
  return await pick(app, title, (chart) => (chart.problem === undefined ? chart : undefined))
}

/** Lets a person choose one of the entries of the cache, those that cannot be read included. */
export async function pickEntry(app: App, title: string): Promise<CachedChart> {
  return await pick(app, title, (chart) => chart)
}

/**
 * The references of the charts that a command is about; one is asked for where the command was called without. None where
 * it was called on a row that stands for no chart.
 *
 * @param ask which of the entries can be chosen
 */
export async function chartsFor(
  app: App,
  argument: unknown,
  selection: readonly unknown[],
  title: string,
  ask: (app: App, title: string) => Promise<CachedChart> = pickChart,
): Promise<string[]> {
  const meant = chartsMeant(argument, selection)
  return meant.length > 0 || isRow(argument) ? meant : [(await ask(app, title)).reference]
}

async function pick<Entry extends CachedChart>(
  app: App,
  title: string,
  chosen: (chart: CachedChart) => Entry | undefined,
): Promise<Entry> {
  const charts = await listCharts(app.cache, { log: app.log })
  const items = charts.flatMap((chart) => {
    const value = chosen(chart)
    return value === undefined ? [] : [{ ...chartItem(chart), value }]
  })
  if (items.length === 0) {
    throw new ChartroomError('not-found', {
      message: l10n.t('There are no charts in the cache yet. Save or pull one first.'),
    })
  }
  const placeHolder = l10n.t('Which chart?')
  const picked = await window.showQuickPick(items, { title, placeHolder, matchOnDescription: true })
  if (picked === undefined) throw dismissed()
  return picked.value
}

function chartItem(chart: CachedChart): QuickPickItem {
  const { reference, problem } = chart
  if (problem !== undefined) {
    return { label: `$(warning) ${plainText(reference)}`, description: plainText(problem.message) }
  }
  const description = plainText(`${chart.name} ${chart.version} · ${sizeText(chart.size)}`)
  return { label: plainText(reference), description }
}
