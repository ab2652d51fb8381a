import { l10n, MarkdownString, ThemeIcon, TreeItem, TreeItemCollapsibleState } from 'vscode'
import { printable } from '../../core/index.ts'
import { markdownText } from '../documents/inertMarkdown.ts'
import { hostFacets } from './hostFacets.ts'
import type { HostNode } from './registryNodes.ts'
import type { RegistryProblem } from './registryProblem.ts'
import { warningIcon } from './warningIcon.ts'

/** How the row of a registry looks. */
export function hostItem(node: HostNode): TreeItem {
  const { id, host, local } = node
  const canExpand = local === undefined || local.kind === 'running'
  const item = new TreeItem(
    printable(host),
    canExpand ? TreeItemCollapsibleState.Collapsed : TreeItemCollapsibleState.None,
  )
  const words = hostWords(node)
  item.id = id
  item.description = words.join(' · ')
  item.iconPath = hostIcon(node)
  item.contextValue = ['host', ...hostFacets(node)].join(';')
  item.accessibilityInformation = { label: [l10n.t('registry {0}', printable(host)), ...words].join(', ') }
  return item
}

/** Everything about a registry that its row has no room for. Text from elsewhere stays text: not even an address becomes a link. */
export function hostTooltip({ host, entry, problem, local }: HostNode): MarkdownString {
  const tooltip = new MarkdownString()
  tooltip.appendMarkdown(`**${markdownText(host)}**`)
  const line = (text: string): void => {
    tooltip.appendMarkdown(`\n\n${markdownText(text)}`)
  }
  if (local !== undefined)
    line(l10n.t('The local registry, for development and tests: {0}.', localText(local)))
  if (problem !== undefined) line([problem.message, problem.advice].join(' ').trim())
  const { file, login, options, pinned, sources } = entry
  if (login?.username !== undefined) line(l10n.t('Logged in as {0}, from {1}.', login.username, login.origin))
  else if (login !== undefined) line(l10n.t('Logged in, from {0}.', login.origin))
  if (options.plainHttp === true)
    line(l10n.t('Everything that is sent there can be read and changed on the way.'))
  if (options.insecureSkipVerify === true) {
    line(l10n.t('Its certificate is not checked: whoever is on the way can read and change everything.'))
  }
  if (options.caFile !== undefined) line(l10n.t('Certificate authorities: {0}', options.caFile))
  if (options.clientCert !== undefined) line(l10n.t('Client certificate: {0}', options.clientCert))
  if (pinned.length > 0) line(l10n.t('Pinned: {0}', pinned.join(', ')))
  if (file !== undefined) line(fileText(file))
  if (sources.includes('setting')) line(l10n.t('It is in the setting chartroom.registries.'))
  return tooltip
}

function fileText({ name, keys }: NonNullable<HostNode['entry']['file']>): string {
  return keys.length === 0 ? l10n.t('It is in {0}.', name) : l10n.t('Set in {0}: {1}', name, keys.join(', '))
}

function hostWords({ entry, local, problem }: HostNode): string[] {
  const words: string[] = []
  if (local !== undefined) words.push(l10n.t('local registry'), localText(local))
  const isFailing = problem !== undefined && problem.reason !== 'noCatalogue'
  if (isFailing) words.push(printable(problemText(problem)))
  // Of a narrow row only the first words are seen.
  if (entry.options.plainHttp === true) words.push(l10n.t('insecure: plain HTTP'))
  if (entry.options.insecureSkipVerify === true) words.push(l10n.t('certificate not verified'))
  if (!isFailing && entry.login !== undefined && local === undefined) words.push(...loginWords(entry.login))
  return words
}

function loginWords({ username, origin }: NonNullable<HostNode['entry']['login']>): string[] {
  const from = l10n.t('from {0}', printable(origin))
  return username === undefined ? [from] : [printable(username), from]
}

function localText({ kind, reason }: NonNullable<HostNode['local']>): string {
  switch (kind) {
    case 'starting':
      return l10n.t('starting')
    case 'running':
      return l10n.t('running')
    case 'stopped':
      return l10n.t('stopped')
    case 'failed':
      return reason === undefined ? l10n.t('failed') : l10n.t('failed: {0}', printable(reason))
  }
}

function hostIcon({ problem, local }: HostNode): ThemeIcon {
  if (local?.kind === 'starting') return new ThemeIcon('loading~spin')
  if (local?.kind === 'failed') return warningIcon()
  switch (problem?.reason) {
    case 'unauthorized':
      return new ThemeIcon('lock')
    case 'realm':
      return new ThemeIcon('shield')
    case 'failed':
      return warningIcon()
    case 'noCatalogue':
    case undefined:
      return new ThemeIcon(local === undefined ? 'server' : 'server-process')
  }
}

/** What a problem says beside the row of its host. */
function problemText({ reason, short, refusedLogin, unknownAuthority, realm = '' }: RegistryProblem): string {
  switch (reason) {
    case 'unauthorized':
      return refusedLogin ? l10n.t('the login was refused') : l10n.t('log in to see this registry')
    case 'realm':
      return l10n.t('wants the login sent to {0}', realm)
    case 'noCatalogue':
      return l10n.t('does not list its repositories')
    case 'failed':
      return unknownAuthority ? l10n.t('untrusted certificate') : short
  }
}
