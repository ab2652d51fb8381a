import {
  env,
  l10n,
  ThemeColor,
  ThemeIcon,
  TreeItem,
  TreeItemCollapsibleState,
  type IconPath,
  type MarkdownString,
} from 'vscode'
import { printable } from '../../core/index.ts'
import type { Fault } from '../adapters/checks.ts'
import { agoText } from '../agoText.ts'
import { countOfRepositories, countOfVersions, countText } from '../counts.ts'
import { hostOf } from '../hostOf.ts'
import {
  type CachedRegistryNode,
  type CacheNode,
  type LineNode,
  type OfferNode,
  type OffersNode,
  type ProblemNode,
  type RepositoryNode,
  type TagNode,
} from './cacheNodes.ts'
import { sizeText } from '../sizes.ts'
import { chartTooltip } from './chartTooltip.ts'
import { insideItem } from './fileItems.ts'
import { rowText } from './rowText.ts'
import { warningIcon } from './warningIcon.ts'

/**
 * How a row looks. Tooltips that take work are made by `tooltipFor` when they are asked for.
 * @param icon of charts
 */
export function treeItem(node: CacheNode, icon: IconPath): TreeItem {
  switch (node.kind) {
    case 'registry':
      return registryItem(node)
    case 'repository':
      return repositoryItem(node, icon)
    case 'tag':
      return tagItem(node)
    case 'problem':
      return problemItem(node)
    case 'offers':
      return offersItem(node)
    case 'offer':
      return offerItem(node)
    case 'line':
      return lineItem(node)
    case 'directory':
    case 'file':
      return insideItem(node)
  }
}

/** The tooltip of a tag that has been read. */
export function tooltipFor({ chart, age, check }: NonNullable<TagNode['read']>): MarkdownString {
  const saved = `${agoText(age, env.language)} (${new Date(chart.created).toLocaleString(env.language)})`
  return chartTooltip(chart, [[l10n.t('Saved'), saved]], check)
}

function registryItem({ id, host, repositories }: CachedRegistryNode): TreeItem {
  const label = host === '' ? l10n.t('no registry') : printable(host)
  const item = new TreeItem(label, TreeItemCollapsibleState.Collapsed)
  const count = countOfRepositories(repositories.length)
  item.id = id
  item.description = count
  item.iconPath = new ThemeIcon(host === '' ? 'device-desktop' : 'server')
  item.contextValue = 'registry'
  item.accessibilityInformation = { label: l10n.t('{0}, {1}', label, count) }
  return item
}

function repositoryItem({ id, name, label, count }: RepositoryNode, icon: IconPath): TreeItem {
  const item = new TreeItem(printable(label), TreeItemCollapsibleState.Collapsed)
  const versions = countOfVersions(count)
  item.id = id
  item.description = versions
  item.iconPath = icon
  item.contextValue = 'repository'
  item.accessibilityInformation = { label: `${printable(name)}, ${versions}` }
  return item
}

function tagItem({ id, tag, label, place, reference, read }: TagNode): TreeItem {
  const item = new TreeItem(printable(label), TreeItemCollapsibleState.Collapsed)
  item.id = id
  item.iconPath = new ThemeIcon('tag')
  item.contextValue = tagContext(reference, read)
  if (place !== undefined) item.description = rowText(place)
  if (read === undefined) return item
  const { chart, age, check } = read
  if (check?.fault !== undefined) item.iconPath = warningIcon()
  const words = [
    ...(place === undefined ? [] : [rowText(place)]),
    ...(check?.fault === undefined ? [] : [faultWord(check.fault)]),
    ...(tag === chart.version ? [] : [rowText(chart.version)]),
    sizeText(chart.size),
    ...(chart.deprecated ? [l10n.t('deprecated')] : []),
    agoText(age, env.language),
  ]
  item.description = words.join(' · ')
  item.accessibilityInformation = {
    label: l10n.t('{0} {1}, {2}', printable(chart.name), printable(tag), words.join(', ')),
  }
  return item
}

/** One word, because the row is narrow; the tooltip has the sentence. */
function faultWord({ kind }: Fault): string {
  switch (kind) {
    case 'damaged':
      return l10n.t('damaged')
    case 'missing':
      return l10n.t('incomplete')
    case 'notSigned':
      return l10n.t('does not match its signature')
    case 'unusable':
      return l10n.t('unusable')
  }
}

function tagContext(reference: string, read: TagNode['read']): string {
  const facets = [
    hostOf(reference) === undefined ? 'tag' : 'remoteTag',
    ...(read?.check?.fault === undefined ? [] : ['faulty']),
    ...(read?.chart.signed === true ? ['signed'] : []),
  ]
  return facets.join(';')
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

function offersItem({ id, offers }: OffersNode): TreeItem {
  const label =
    offers.length === 1
      ? l10n.t('1 chart disappeared')
      : l10n.t('{0} charts disappeared', countText(offers.length))
  const item = new TreeItem(label, TreeItemCollapsibleState.Collapsed)
  const reason = l10n.t('another program rewrote the index')
  item.id = id
  item.description = reason
  const areLost = offers.every(({ problem }) => problem !== undefined)
  item.tooltip = areLost
    ? l10n.t(
        'Another program rewrote the index of the cache while it did not know of these charts. Their content is not complete any more, so they can only be forgotten.',
      )
    : l10n.t(
        'Another program rewrote the index of the cache while it did not know of these charts. They can be restored, or forgotten.',
      )
  item.iconPath = new ThemeIcon('history')
  item.contextValue = areLost ? 'lostOffers' : 'offers'
  item.accessibilityInformation = { label: l10n.t('{0}, {1}', label, reason) }
  return item
}

function offerItem({ id, reference, label, place, problem, age }: OfferNode): TreeItem {
  const item = new TreeItem(printable(label))
  const isLost = problem !== undefined
  const fact = isLost
    ? l10n.t('cannot be restored: {0}', printable(problem))
    : l10n.t('saved {0}', agoText(age, env.language))
  item.id = id
  item.description = [fact, ...(isLost || place === '' ? [] : [rowText(place)])].join(' · ')
  item.tooltip = isLost ? l10n.t('{0}, {1}', printable(reference), fact) : printable(reference)
  item.accessibilityInformation = { label: l10n.t('{0}, {1}', printable(reference), fact) }
  item.iconPath = isLost ? warningIcon() : new ThemeIcon('tag', new ThemeColor('disabledForeground'))
  item.contextValue = isLost ? 'lostOffer' : 'offer'
  return item
}

function lineItem({ id, text }: LineNode): TreeItem {
  const item = new TreeItem(printable(text))
  item.id = id
  item.tooltip = printable(text)
  item.contextValue = 'line'
  return item
}
