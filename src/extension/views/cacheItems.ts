import { l10n, ThemeIcon, TreeItem, TreeItemCollapsibleState, Uri, type MarkdownString } from 'vscode'
import { formatSize, printable } from '../../core/index.ts'
import { hostOf } from '../hostOf.ts'
import type {
  CachedRegistryNode,
  CacheNode,
  LineNode,
  ProblemNode,
  RepositoryNode,
  TagNode,
} from './cacheNodes.ts'
import { chartTooltip } from './chartTooltip.ts'
import { insideItem } from './fileItems.ts'
import { rowText } from './rowText.ts'
import { warningIcon } from './warningIcon.ts'

/**
 * How a row looks. Tooltips that take work are made by `tooltipFor` when they are asked for.
 * @param media the folder of the icons
 */
export function treeItem(node: CacheNode, media: Uri): TreeItem {
  switch (node.kind) {
    case 'registry':
      return registryItem(node)
    case 'repository':
      return repositoryItem(node, media)
    case 'tag':
      return tagItem(node)
    case 'problem':
      return problemItem(node)
    case 'line':
      return lineItem(node)
    case 'directory':
    case 'file':
      return insideItem(node)
  }
}

/** The tooltip of a tag that has been read. */
export function tooltipFor({ chart, age }: NonNullable<TagNode['read']>): MarkdownString {
  const saved = `${ago(age)} (${new Date(chart.created).toLocaleString()})`
  return chartTooltip(chart, [[l10n.t('Saved'), saved]])
}

function registryItem({ id, host, repositories }: CachedRegistryNode): TreeItem {
  const label = host === '' ? l10n.t('no registry') : printable(host)
  const item = new TreeItem(label, TreeItemCollapsibleState.Collapsed)
  const count =
    repositories.length === 1 ? l10n.t('1 repository') : l10n.t('{0} repositories', repositories.length)
  item.id = id
  item.description = count
  item.iconPath = new ThemeIcon(host === '' ? 'device-desktop' : 'server')
  item.contextValue = 'registry'
  item.accessibilityInformation = { label: l10n.t('{0}, {1}', label, count) }
  return item
}

function repositoryItem({ id, name, label, count }: RepositoryNode, media: Uri): TreeItem {
  const item = new TreeItem(printable(label), TreeItemCollapsibleState.Collapsed)
  const versions = count === 1 ? l10n.t('1 version') : l10n.t('{0} versions', count)
  item.id = id
  item.description = versions
  item.iconPath = {
    light: Uri.joinPath(media, 'light', 'chart.svg'),
    dark: Uri.joinPath(media, 'dark', 'chart.svg'),
  }
  item.contextValue = 'repository'
  item.accessibilityInformation = { label: l10n.t('{0}, {1}', printable(name), versions) }
  return item
}

function tagItem({ id, tag, label, reference, read }: TagNode): TreeItem {
  const item = new TreeItem(printable(label), TreeItemCollapsibleState.Collapsed)
  item.id = id
  item.iconPath = new ThemeIcon('tag')
  item.contextValue = hostOf(reference) === undefined ? 'tag' : 'remoteTag'
  if (read === undefined) return item
  const { chart, age } = read
  const words = [
    ...(tag === chart.version ? [] : [rowText(chart.version)]),
    formatSize(chart.size),
    ...(chart.deprecated ? [l10n.t('deprecated')] : []),
    ago(age),
  ]
  item.description = words.join(' · ')
  item.accessibilityInformation = {
    label: l10n.t('{0} {1}, {2}', printable(chart.name), printable(tag), words.join(', ')),
  }
  return item
}

function problemItem({ id, reference, message, reason }: ProblemNode): TreeItem {
  const item = new TreeItem(printable(reference), TreeItemCollapsibleState.Collapsed)
  item.id = id
  item.description = printable(reason)
  item.tooltip = printable(message)
  item.iconPath = warningIcon()
  item.contextValue = hostOf(reference) === undefined ? 'problem' : 'remoteProblem'
  item.accessibilityInformation = {
    label: l10n.t('{0} cannot be read: {1}', printable(reference), printable(message)),
  }
  return item
}

function lineItem({ id, text }: LineNode): TreeItem {
  const item = new TreeItem(printable(text))
  item.id = id
  item.tooltip = printable(text)
  item.contextValue = 'line'
  return item
}

/** `27 seconds ago`, `about an hour ago` */
function ago(age: string): string {
  return l10n.t('{0} ago', age.charAt(0).toLowerCase() + age.slice(1))
}
