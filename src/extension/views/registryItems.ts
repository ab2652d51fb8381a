import {
  FileDecoration,
  l10n,
  MarkdownString,
  ThemeColor,
  ThemeIcon,
  TreeItem,
  TreeItemCollapsibleState,
  Uri,
  type IconPath,
} from 'vscode'
import { printable, type InspectedOther } from '../../core/index.ts'
import { countOfRepositories, countOfVersions, countText } from '../counts.ts'
import { markdownText } from '../documents/inertMarkdown.ts'
import { chartTooltip } from './chartTooltip.ts'
import { insideItem } from './fileItems.ts'
import { hostItem, hostTooltip } from './hostItem.ts'
import type {
  FailureNode,
  MoreNode,
  NamespaceNode,
  RegistryLineNode,
  RegistryNode,
  RemoteRepositoryNode,
  RemoteTagNode,
} from './registryNodes.ts'
import { sizeText } from '../sizes.ts'
import type { RegistryProblem } from './registryProblem.ts'
import { rowText } from './rowText.ts'
import { warningIcon } from './warningIcon.ts'

const { Collapsed, None } = TreeItemCollapsibleState

/**
 * How a row looks. Tooltips that take work are made by `registryTooltip` when they are asked for.
 * @param icon of charts
 */
export function registryItem(node: RegistryNode, icon: IconPath): TreeItem {
  switch (node.kind) {
    case 'host':
      return hostItem(node)
    case 'namespace':
      return namespaceItem(node)
    case 'remoteRepository':
      return repositoryItem(node, icon)
    case 'remoteTag':
      return tagItem(node)
    case 'more':
      return moreItem(node)
    case 'failure':
      return failureItem(node)
    case 'line':
      return lineItem(node)
    case 'directory':
    case 'file':
      return insideItem(node)
  }
}

/** The tooltip of a row; `undefined` where it says no more than the row. Text from registries stays text: not even an address becomes a link. */
export function registryTooltip(node: RegistryNode): MarkdownString | undefined {
  if (node.kind === 'host') return hostTooltip(node)
  return node.kind === 'remoteTag' ? tagTooltip(node) : undefined
}

function namespaceItem({ id, path, repositories }: NamespaceNode): TreeItem {
  const item = new TreeItem(printable(path), Collapsed)
  const count = countOfRepositories(repositories.length)
  item.id = id
  item.iconPath = new ThemeIcon('symbol-namespace')
  item.contextValue = 'namespace'
  item.accessibilityInformation = { label: l10n.t('{0}, {1}', printable(path), count) }
  return item
}

function repositoryItem({ id, name, label, pinned, tags }: RemoteRepositoryNode, icon: IconPath): TreeItem {
  const item = new TreeItem(printable(label), Collapsed)
  const words = [
    ...(pinned ? [l10n.t('pinned')] : []),
    ...(tags === undefined ? [] : [tagCount(tags.count, tags.isAll)]),
  ]
  item.id = id
  item.description = words.join(' · ')
  item.iconPath = icon
  item.contextValue = pinned ? 'remoteRepository;pinned' : 'remoteRepository'
  item.tooltip = printable(name)
  item.accessibilityInformation = { label: [printable(label), ...words].join(', ') }
  return item
}

function tagCount(count: number, isAll: boolean): string {
  return isAll ? countOfVersions(count) : l10n.t('more than {0} versions', countText(count))
}

function tagItem(node: RemoteTagNode): TreeItem {
  const { id, label, details, problem } = node
  const item = new TreeItem(printable(label), details?.kind === 'other' ? None : Collapsed)
  const words = tagWords(node)
  item.id = id
  item.description = words.join(' · ')
  item.iconPath = tagIcon(node)
  item.contextValue = tagContext(node)
  if (problem !== undefined) item.tooltip = printable(problem.message)
  // The editor colours labels by address only.
  if (details?.kind === 'other') item.resourceUri = Uri.from({ scheme: noChartScheme, path: `/${label}` })
  item.accessibilityInformation = { label: [printable(label), ...words].join(', ') }
  return item
}

/** Lets the labels of what is no chart stand back. */
export function greyWhatIsNoChart({ scheme }: Uri): FileDecoration | undefined {
  if (scheme !== noChartScheme) return undefined
  return new FileDecoration(undefined, undefined, new ThemeColor('disabledForeground'))
}

const noChartScheme = 'chartroom-no-chart'

function tagWords({ label, details, problem, cached }: RemoteTagNode): string[] {
  if (problem !== undefined) return [rowText(problem.short)]
  if (details === undefined) return []
  if (details.kind === 'other') return [kindText(details)]
  return [
    sizeText(details.size),
    // Of a narrow row only the first words are seen.
    ...(cached ? [l10n.t('in the cache')] : []),
    ...(details.version === label ? [] : [rowText(details.version)]),
    ...(details.deprecated ? [l10n.t('deprecated')] : []),
  ]
}

function tagContext({ details, cached }: RemoteTagNode): string {
  if (details === undefined) return 'unknownTag'
  if (details.kind === 'other') return 'other'
  return ['chart', ...(cached ? ['cached'] : []), ...(details.signed ? ['signed'] : [])].join(';')
}

function tagIcon({ details, problem }: RemoteTagNode): ThemeIcon {
  if (problem !== undefined) return warningIcon()
  return details?.kind === 'other'
    ? new ThemeIcon(
        details.what === 'artifact' ? 'file-binary' : 'package',
        new ThemeColor('disabledForeground'),
      )
    : new ThemeIcon('tag')
}

function tagTooltip({ details, problem, cached, reference }: RemoteTagNode): MarkdownString | undefined {
  if (problem !== undefined || details === undefined) return undefined
  if (details.kind === 'chart') {
    return chartTooltip(details, cached ? [[l10n.t('In the cache'), l10n.t('yes, the same')]] : [])
  }
  const what = l10n.t(
    'It is no chart: {0} ({1}), {2}.',
    kindText(details),
    details.mediaType,
    sizeText(details.size),
  )
  return new MarkdownString(`${markdownText(reference)}\n\n${markdownText(what)}`)
}

function kindText({ what }: InspectedOther): string {
  switch (what) {
    case 'image':
      return l10n.t('container image')
    case 'index':
      return l10n.t('index of several images')
    case 'artifact':
      return l10n.t('other artifact')
  }
}

function moreItem(node: MoreNode): TreeItem {
  const { id, what, count, isBusy } = node
  const item = new TreeItem(
    isBusy
      ? l10n.t('Loading…')
      : count === undefined
        ? l10n.t('Load more…')
        : l10n.t('Load {0} more…', countText(count)),
  )
  item.id = id
  item.iconPath = new ThemeIcon(isBusy ? 'loading~spin' : 'ellipsis')
  item.contextValue = 'more'
  item.tooltip =
    what === 'tags'
      ? l10n.t('Newest first among those that are loaded: a registry gives its tags in an order of its own.')
      : l10n.t('The registry gives its repositories page by page.')
  if (!isBusy) item.command = { command: 'chartroom.loadMore', title: l10n.t('Load More'), arguments: [node] }
  return item
}

function failureItem({ id, host, problem }: FailureNode): TreeItem {
  const item = new TreeItem(printable(failureText(host, problem)))
  item.id = id
  item.iconPath = failureIcon(problem)
  item.contextValue = `failure;${problem.reason}`
  item.tooltip = printable([problem.message, problem.advice].join(' ').trim())
  return item
}

function failureIcon({ reason }: RegistryProblem): ThemeIcon {
  switch (reason) {
    case 'unauthorized':
      return new ThemeIcon('lock')
    case 'realm':
      return new ThemeIcon('shield')
    case 'noCatalogue':
      return new ThemeIcon('info')
    case 'failed':
      return warningIcon()
  }
}

function failureText(
  host: string,
  { reason, refusedLogin, message, short, realm = '' }: RegistryProblem,
): string {
  switch (reason) {
    case 'unauthorized':
      return refusedLogin ? message : l10n.t('Log in to see what is here')
    case 'realm':
      return l10n.t('{0} wants the login sent to {1}', host, realm)
    case 'noCatalogue':
      return l10n.t('{0} does not list its repositories', host)
    case 'failed':
      return `${short.charAt(0).toUpperCase()}${short.slice(1)}`
  }
}

function lineItem({ id, what }: RegistryLineNode): TreeItem {
  const item = new TreeItem(lineText(what))
  item.id = id
  if (what === 'loading') item.iconPath = new ThemeIcon('loading~spin')
  item.contextValue = 'line'
  return item
}

function lineText(what: RegistryLineNode['what']): string {
  switch (what) {
    case 'loading':
      return l10n.t('Loading…')
    case 'noRepositories':
      return l10n.t('No repositories yet')
    case 'noTags':
      return l10n.t('No versions')
    case 'noFiles':
      return l10n.t('No files')
  }
}
