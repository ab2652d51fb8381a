import type { Uri } from 'vscode'
import { l10n, QuickPickItemKind, window, type QuickPickItem } from 'vscode'
import {
  ChartroomError,
  formatSize,
  listCharts,
  printable,
  type CachedChart,
  type SoundChart,
} from '../../core/index.ts'
import type { ManifestFormat } from '../adapters/settings.ts'
import type { App } from '../app.ts'
import { hostOf } from '../hostOf.ts'
import { isCacheNode, type CacheNode } from '../views/cacheNodes.ts'
import {
  judgeDestination,
  judgePull,
  suggestDestinations,
  type ChartName,
  type Suggestion,
} from './destinations.ts'

/** A question that was closed without an answer. It ends the command without a word. */
export function dismissed(): ChartroomError {
  return new ChartroomError('cancelled', { message: 'The question was closed without an answer.' })
}

/** The reference that a row of the tree, or a program, means; `undefined` where the command was called without either. */
export function referenceOf(argument: unknown): string | undefined {
  if (typeof argument === 'string') return argument
  if (!isCacheNode(argument)) return undefined
  return 'reference' in argument ? argument.reference : undefined
}

/** The rows that a command of the tree is about: the selection where the row belongs to it, else the row alone. */
export function rowsOf(argument: unknown, selection: readonly CacheNode[]): CacheNode[] {
  if (!isCacheNode(argument)) return []
  return selection.some(({ id }) => id === argument.id) ? [...selection] : [argument]
}

/** Lets a person choose one of the charts in the cache. */
export async function pickChart(app: App, title: string): Promise<SoundChart> {
  return await pick(title, async () => {
    const charts = await listCharts(app.cache, { log: app.log })
    return charts.flatMap((chart) =>
      chart.problem === undefined ? [{ ...chartItem(chart), value: chart }] : [],
    )
  })
}

/** Lets a person choose one of the entries of the cache, those that cannot be read included. */
export async function pickEntry(app: App, title: string): Promise<CachedChart> {
  return await pick(title, async () => {
    const charts = await listCharts(app.cache, { log: app.log })
    return charts.map((chart) => ({ ...chartItem(chart), value: chart }))
  })
}

/** Lets a person choose a chart folder of the workspace, or any other folder. */
export async function pickChartFolder(app: App, title: string, openLabel: string): Promise<Uri> {
  const folders = app.folders.all
  if (folders.length === 0) return await askFolder(title, openLabel)
  const known = folders.map((uri) => ({
    label: uri.path.split('/').pop() ?? uri.path,
    description: uri.fsPath,
    value: uri,
  }))
  const other = { label: l10n.t('Another folder…'), alwaysShow: true, value: undefined }
  const items = [...known, { label: '', kind: QuickPickItemKind.Separator, value: undefined }, other]
  const picked = await window.showQuickPick(items, {
    title,
    placeHolder: l10n.t('Which chart folder?'),
    matchOnDescription: true,
  })
  if (picked === undefined) throw dismissed()
  return picked.value === undefined ? await askFolder(title, openLabel) : onDisk(picked.value)
}

/** Asks which programs read the charts of a registry, because older and newer ones want other manifests. */
export async function askFormat(host: string): Promise<ManifestFormat> {
  const items: (QuickPickItem & { readonly value: ManifestFormat })[] = [
    { label: l10n.t('Helm 3.0–3.6 and later'), value: 'legacy' },
    { label: l10n.t('Helm 3.7 and later, Flux, Argo CD'), value: 'modern' },
  ]
  const picked = await window.showQuickPick(items, {
    title: l10n.t('Who will read the charts of {0}?', host),
    placeHolder: l10n.t('Asked once for each registry'),
    ignoreFocusOut: true,
  })
  if (picked === undefined) throw dismissed()
  return picked.value
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

/**
 * A folder, or a file, that can be read and written as one.
 * @throws ChartroomError `unsupported` where it does not lie on disk
 */
export function onDisk(uri: Uri): Uri {
  if (uri.scheme === 'file') return uri
  throw new ChartroomError('unsupported', {
    message: l10n.t('{0} does not lie on disk, and charts are read and written only there.', uri.path),
    path: uri.path,
  })
}

/** Asks for a reference that names a registry, with what is wrong with it as it is typed. */
export async function askReference(title: string, value = ''): Promise<string> {
  const answer = await window.showInputBox({
    title,
    value,
    prompt: l10n.t('The reference of the chart'),
    placeHolder: 'localhost:5000/myrepo/mychart:1.0.0',
    ignoreFocusOut: true,
    validateInput: (text) => {
      if (text.trim() === '') return undefined
      const judged = judgePull(text)
      return 'problem' in judged ? [judged.problem, judged.advice].join(' ').trim() : undefined
    },
  })
  if (answer === undefined || answer.trim() === '') throw dismissed()
  return answer.trim()
}

/**
 * Asks where a chart shall go: where it went before, what the cache knows, or anything that a person types.
 * @returns a whole reference, with a tag
 */
export async function askDestination(
  app: App,
  title: string,
  chart: ChartName,
  needsHost: boolean,
): Promise<string> {
  const cached = await listCharts(app.cache, { log: app.log })
  const known = suggestDestinations(chart, app.destinations.of(chart.name), cached)
  const input = window.createQuickPick<DestinationItem>()
  input.title = title
  input.placeholder = l10n.t('Choose, or write for example {0}', `localhost:5000/myrepo/${example(chart)}`)
  input.ignoreFocusOut = true
  const show = (): void => {
    const typed = input.value.trim()
    const isKnown = known.some(({ reference }) => reference === typed)
    input.items = [
      ...(typed === '' || isKnown ? [] : [typedItem(judgeDestination(typed, chart, needsHost))]),
      ...grouped(known),
    ]
  }
  show()
  return await new Promise<string>((resolve, reject) => {
    input.onDidChangeValue(show)
    input.onDidAccept(() => {
      const [chosen] = input.activeItems
      if (chosen?.reference === undefined) return
      resolve(chosen.reference)
      input.hide()
    })
    input.onDidHide(() => {
      reject(dismissed())
      input.dispose()
    })
    input.show()
  })
}

/** Lets a person choose a registry that the cache knows, or write another one. */
export async function askHost(app: App, title: string): Promise<string> {
  const charts = await listCharts(app.cache, { log: app.log })
  const hosts = [
    ...new Set(
      charts.flatMap((chart) => (chart.problem === undefined ? (hostOf(chart.reference) ?? []) : [])),
    ),
  ].sort()
  const other = l10n.t('Another registry…')
  if (hosts.length > 0) {
    const picked = await window.showQuickPick([...hosts, other], {
      title,
      placeHolder: l10n.t('Which registry?'),
    })
    if (picked === undefined) throw dismissed()
    if (picked !== other) return picked
  }
  const answer = await window.showInputBox({
    title,
    prompt: l10n.t('The host of the registry'),
    placeHolder: 'registry.example.com',
    ignoreFocusOut: true,
  })
  if (answer === undefined || answer.trim() === '') throw dismissed()
  return answer.trim()
}

interface DestinationItem extends QuickPickItem {
  /** Missing where it cannot be chosen. */
  readonly reference?: string
}

function typedItem(judged: ReturnType<typeof judgeDestination>): DestinationItem {
  return 'problem' in judged
    ? { label: `$(error) ${judged.problem}`, detail: judged.advice ?? '', alwaysShow: true }
    : {
        label: judged.reference,
        description: l10n.t('as typed'),
        alwaysShow: true,
        reference: judged.reference,
      }
}

function grouped(suggestions: readonly Suggestion[]): DestinationItem[] {
  const titles = {
    'used before': l10n.t('used before'),
    'in the cache': l10n.t('in the cache'),
    'known registry': l10n.t('known registries'),
  } as const
  return (['used before', 'in the cache', 'known registry'] as const).flatMap((from): DestinationItem[] => {
    const items = suggestions.filter((suggestion) => suggestion.from === from)
    if (items.length === 0) return []
    const separator = { label: titles[from], kind: QuickPickItemKind.Separator }
    return [separator, ...items.map(({ reference }) => ({ label: reference, reference }))]
  })
}

function example({ name, version }: ChartName): string {
  return `${name}:${version}`
}

async function pick<Value>(
  title: string,
  items: () => Promise<(QuickPickItem & { readonly value: Value })[]>,
): Promise<Value> {
  const found = await items()
  if (found.length === 0) {
    throw new ChartroomError('not-found', {
      message: l10n.t('There are no charts in the cache yet. Save or pull one first.'),
    })
  }
  const picked = await window.showQuickPick(found, {
    title,
    placeHolder: l10n.t('Which chart?'),
    matchOnDescription: true,
  })
  if (picked === undefined) throw dismissed()
  return picked.value
}

function chartItem(chart: CachedChart): QuickPickItem {
  if (chart.problem !== undefined) {
    return {
      label: `$(warning) ${printable(chart.reference)}`,
      description: printable(chart.problem.message),
    }
  }
  const description = `${chart.name} ${chart.version} · ${formatSize(chart.size)}`
  return { label: printable(chart.reference), description: printable(description) }
}
