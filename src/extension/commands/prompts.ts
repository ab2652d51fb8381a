import { l10n, window, type QuickPickItem, type Uri } from 'vscode'
import {
  ChartroomError,
  formatSize,
  listCharts,
  type CachedChart,
  type SoundChart,
} from '../../core/index.ts'
import type { App } from '../app.ts'
import { plainText } from '../plainText.ts'
import { onDisk } from './onDisk.ts'
import { chartsMeant, isRow } from './subject.ts'

/** A question that was closed without an answer. It ends the command without a word. */
export function dismissed(): ChartroomError {
  return new ChartroomError('cancelled', { message: l10n.t('The question was closed without an answer.') })
}

/**
 * The references of the charts that a command is about; one is asked for where the command was called without. None where
 * it was called on a row that stands for no chart.
 */
export async function chartsFor(
  app: App,
  argument: unknown,
  selection: readonly unknown[],
  title: string,
): Promise<string[]> {
  const meant = chartsMeant(argument, selection)
  return meant.length > 0 || isRow(argument) ? meant : [(await pickChart(app, title)).reference]
}

/** Lets a person choose one of the charts in the cache. */
export async function pickChart(app: App, title: string): Promise<SoundChart> {
  return await pick(app, title, (chart) => (chart.problem === undefined ? chart : undefined))
}

/** Lets a person choose one of the entries of the cache, those that cannot be read included. */
export async function pickEntry(app: App, title: string): Promise<CachedChart> {
  return await pick(app, title, (chart) => chart)
}

/** Asks for a folder on disk. */
export async function askFolder(title: string, openLabel: string, defaultUri?: Uri): Promise<Uri> {
  const picked = await window.showOpenDialog({
    title,
    openLabel,
    canSelectFiles: false,
    canSelectFolders: true,
    ...(defaultUri === undefined ? {} : { defaultUri }),
  })
  if (picked?.[0] === undefined) throw dismissed()
  return onDisk(picked[0])
}

/** A question that the editor puts in front of everything else. */
export interface Confirmation {
  readonly question: string
  readonly detail: string
  /** What can be answered besides Cancel; the first is what was asked for. */
  readonly answers: readonly string[]
}

/**
 * Asks before something is done that cannot be undone.
 * @throws ChartroomError `cancelled` where it is not wanted
 */
export async function confirm({ question, detail, answers }: Confirmation): Promise<string> {
  const answer = await window.showWarningMessage(plainText(question), { modal: true, detail }, ...answers)
  if (answer === undefined) throw dismissed()
  return answer
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
  const description = plainText(`${chart.name} ${chart.version} · ${formatSize(chart.size)}`)
  return { label: plainText(reference), description }
}
