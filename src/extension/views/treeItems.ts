import { l10n, MarkdownString, ThemeColor, ThemeIcon, TreeItem, TreeItemCollapsibleState, Uri } from 'vscode'
import { formatSize, printable, shortDigest } from '../../core/index.ts'
import { chartUri } from '../documents/chartFileSystem.ts'
import { hostOf } from '../hostOf.ts'
import type {
  CacheNode,
  DirectoryNode,
  FileNode,
  LineNode,
  ProblemNode,
  RepositoryNode,
  TagNode,
} from './cacheNodes.ts'

/**
 * How a row looks. Tooltips that take work are made by `tooltipFor` when they are asked for.
 * @param media the folder of the icons
 */
export function treeItem(node: CacheNode, media: Uri): TreeItem {
  switch (node.kind) {
    case 'repository':
      return repositoryItem(node, media)
    case 'tag':
      return tagItem(node)
    case 'problem':
      return problemItem(node)
    case 'line':
      return lineItem(node)
    case 'directory':
      return directoryItem(node)
    case 'file':
      return fileItem(node)
  }
}

/** The tooltip of a tag. Text from charts is only ever appended as text, and links in it do nothing. */
export function tooltipFor({ chart, reference, age }: TagNode): MarkdownString {
  const tooltip = new MarkdownString()
  tooltip
    .appendMarkdown('**')
    .appendText(printable(`${chart.name} ${chart.version}`))
    .appendMarkdown('**')
  if (chart.description !== undefined && chart.description !== '') {
    tooltip.appendMarkdown(' — ').appendText(printable(chart.description))
  }
  if (chart.deprecated) tooltip.appendMarkdown(`\n\n${l10n.t('This chart is deprecated.')}`)
  tooltip.appendMarkdown('\n\n| | |\n|---|---|\n')
  row(tooltip, l10n.t('Reference'), reference)
  row(tooltip, l10n.t('Chart digest'), shortDigest(chart.digest))
  row(tooltip, l10n.t('Manifest digest'), shortDigest(chart.manifestDigest))
  if (chart.appVersion !== undefined) row(tooltip, l10n.t('App version'), chart.appVersion)
  row(tooltip, l10n.t('Format'), formatText(chart.format))
  row(tooltip, l10n.t('Size'), formatSize(chart.size))
  row(tooltip, l10n.t('Saved'), `${ago(age)} (${new Date(chart.created).toLocaleString()})`)
  return tooltip
}

function repositoryItem({ id, name, tags }: RepositoryNode, media: Uri): TreeItem {
  const item = new TreeItem(printable(name), TreeItemCollapsibleState.Collapsed)
  const count = tags.length === 1 ? l10n.t('1 version') : l10n.t('{0} versions', tags.length)
  item.id = id
  item.description = count
  item.iconPath = {
    light: Uri.joinPath(media, 'light', 'chart.svg'),
    dark: Uri.joinPath(media, 'dark', 'chart.svg'),
  }
  item.contextValue = 'repository'
  item.accessibilityInformation = { label: l10n.t('{0}, {1}', item.label as string, count) }
  return item
}

function tagItem({ id, label, chart, reference, age }: TagNode): TreeItem {
  const item = new TreeItem(printable(label), TreeItemCollapsibleState.Collapsed)
  const words = [
    ...(label === chart.version ? [] : [printable(chart.version)]),
    formatSize(chart.size),
    ...(chart.deprecated ? [l10n.t('deprecated')] : []),
    ago(age),
  ]
  item.id = id
  item.description = words.join(' · ')
  item.iconPath = new ThemeIcon('tag')
  item.contextValue = hostOf(reference) === undefined ? 'tag' : 'remoteTag'
  item.accessibilityInformation = {
    label: l10n.t('{0} {1}, {2}', printable(chart.name), printable(label), words.join(', ')),
  }
  return item
}

function problemItem({ id, reference, message, reason }: ProblemNode): TreeItem {
  const item = new TreeItem(printable(reference), TreeItemCollapsibleState.Collapsed)
  item.id = id
  item.description = printable(reason)
  item.tooltip = printable(message)
  item.iconPath = warningIcon()
  item.contextValue = 'problem'
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

function directoryItem({ id, name }: DirectoryNode): TreeItem {
  const item = new TreeItem(printable(name), TreeItemCollapsibleState.Collapsed)
  item.id = id
  item.iconPath = ThemeIcon.Folder
  item.contextValue = 'directory'
  return item
}

function fileItem({ id, name, reference, path, size }: FileNode): TreeItem {
  const item = new TreeItem(printable(name))
  item.id = id
  item.resourceUri = chartUri({ reference, path })
  item.iconPath = ThemeIcon.File
  item.tooltip = printable(`${path} · ${formatSize(size)}`)
  item.command = { command: 'vscode.open', title: l10n.t('Open'), arguments: [item.resourceUri] }
  item.contextValue = 'file'
  return item
}

function warningIcon(): ThemeIcon {
  return new ThemeIcon('warning', new ThemeColor('list.warningForeground'))
}

/** `27 seconds ago`, `about an hour ago` */
function ago(age: string): string {
  return l10n.t('{0} ago', age.charAt(0).toLowerCase() + age.slice(1))
}

function formatText(format: TagNode['chart']['format']): string {
  switch (format) {
    case 'legacy':
      return l10n.t('Helm 3.0–3.6 and later')
    case 'modern':
      return l10n.t('Helm 3.7 and later')
    case 'beta':
      return l10n.t('Helm 3 before its release')
  }
}

/** A row of a table; a `|` in the text would end the cell. */
function row(table: MarkdownString, title: string, text: string): void {
  table.appendMarkdown(`| ${title} | `)
  printable(text)
    .split('|')
    .forEach((part, position) => {
      if (position > 0) table.appendMarkdown('\\|')
      table.appendText(part)
    })
  table.appendMarkdown(' |\n')
}
