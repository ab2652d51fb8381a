import { l10n } from 'vscode'
import {
  printable,
  type Attachment,
  type ChartFormat,
  type Metadata,
  type OpenedChart,
} from '../../core/index.ts'
import type { Check } from '../adapters/checks.ts'
import { sizeText } from '../sizes.ts'
import { markdownCode, markdownLink, markdownTable, markdownText } from './inertMarkdown.ts'
import { writtenAnew } from './writtenAnew.ts'

/** How many characters of a file are shown; the file itself shows all. */
const shownLength = 100_000

/** What is known about a chart besides what it holds. */
export interface Known {
  /** What somebody had checked about it. */
  readonly check?: Check | undefined
  /** What is attached to it at its registry. */
  readonly attachments?: readonly Attachment[]
  /** Whether its registry had it once, and has it no more. */
  readonly isGone?: boolean
}

/**
 * What there is to know about a chart, as Markdown. Whatever comes from the chart is text and stays text: no image is
 * loaded, no HTML and no command gets in. A README is written anew for that, and reads as its author meant it otherwise.
 *
 * @throws ChartroomError where one of its files cannot be read
 */
export async function chartDetails(
  chart: OpenedChart,
  { check, attachments = [], isGone = false }: Known = {},
): Promise<string> {
  const { metadata } = chart
  const parts = [
    `# ${markdownText(`${metadata.name} ${metadata.version}`)}`,
    ...(isGone ? [`**${l10n.t('This chart is no longer at its registry. This is how it was.')}**`] : []),
    ...(metadata.description === undefined ? [] : [markdownText(metadata.description)]),
    ...(metadata.deprecated === true ? [`**${l10n.t('This chart is deprecated.')}**`] : []),
    ...(check?.fault === undefined ? [] : [`**${markdownText(check.fault.sentence)}**`]),
    factTable(chart, check),
    ...attachmentParts(attachments),
    ...dependencyParts(metadata),
    ...(await fileParts(chart, 'values.yaml', (text) => markdownCode(text, 'yaml'))),
    ...(await fileParts(chart, readmeOf(chart), (text) => writtenAnew(text, 3))),
  ]
  return `${parts.filter((part) => part !== '').join('\n\n')}\n`
}

/** Who can read a chart with this manifest. */
export function formatText(format: ChartFormat): string {
  switch (format) {
    case 'legacy':
      return l10n.t('Helm 3.0–3.6 and later')
    case 'modern':
      return l10n.t('Helm 3.7 and later')
    case 'beta':
      return l10n.t('Helm 3 before its release')
  }
}

/** Whether a chart carries its provenance, and what came of checking that. */
export function signedText(signed: boolean, check?: Check): string {
  if (!signed) return l10n.t('No')
  switch (check?.verdict?.provenance) {
    case 'verified':
      return l10n.t('Yes, by {0}', check.verdict.signedBy ?? '')
    case 'signed':
      return l10n.t('Yes, and it is what was signed; by whom was not checked')
    case 'mismatch':
      return l10n.t('Yes, but it does not match')
    case 'not-signed':
    case undefined:
      return l10n.t('Yes, not checked')
  }
}

function factTable({ chart, metadata }: OpenedChart, check: Check | undefined): string {
  const { reference, digest, manifestDigest, size, format, signed, maintainers = [] } = chart
  const { appVersion, kubeVersion, type = 'application', home, sources = [], keywords = [] } = metadata
  const facts: [name: string, ...values: (string | undefined)[]][] = [
    [format === undefined ? l10n.t('File') : l10n.t('Reference'), markdownText(reference)],
    [l10n.t('Chart digest'), markdownText(digest)],
    [l10n.t('Manifest digest'), manifestDigest && markdownText(manifestDigest)],
    [l10n.t('App version'), appVersion && markdownText(appVersion)],
    [l10n.t('Kubernetes version'), kubeVersion && markdownText(kubeVersion)],
    [l10n.t('Type'), markdownText(type)],
    [l10n.t('Format'), format && markdownText(formatText(format))],
    [l10n.t('Signed'), markdownText(signedText(signed, check))],
    [l10n.t('Size'), markdownText(sizeText(size))],
    [l10n.t('Maintainers'), ...maintainers.map(markdownText)],
    [l10n.t('Home'), home && markdownLink(home)],
    [l10n.t('Sources'), ...sources.map(markdownLink)],
    [l10n.t('Keywords'), keywords.map(markdownText).join(', ')],
  ]
  const rows = facts.flatMap(([name, ...values]) => {
    const told = values.filter((value) => value !== undefined && value !== '')
    return told.map((value, position) => [position === 0 ? name : '', value ?? ''])
  })
  return markdownTable(['', ''], rows)
}

function attachmentParts(attachments: readonly Attachment[]): string[] {
  if (attachments.length === 0) return []
  const rows = attachments.map(({ what, artifactType, size, digest }) => [
    attachmentText(what),
    markdownText(artifactType),
    markdownText(sizeText(size)),
    markdownText(digest),
  ])
  const head = [l10n.t('What'), l10n.t('Type'), l10n.t('Size'), l10n.t('Digest')]
  return [
    `## ${l10n.t('Attached at the registry')}`,
    l10n.t('Nothing of this was checked.'),
    markdownTable(head, rows),
  ]
}

function attachmentText(what: Attachment['what']): string {
  switch (what) {
    case 'signature':
      return l10n.t('Signature')
    case 'sbom':
      return l10n.t('Bill of materials (SBOM)')
    case 'provenance':
      return l10n.t('Provenance')
    case 'other':
      return l10n.t('Something else')
  }
}

function dependencyParts({ dependencies = [] }: Metadata): string[] {
  if (dependencies.length === 0) return []
  const rows = dependencies.map(({ name = '', alias, version = '', repository = '', condition = '' }) => [
    markdownText(alias === undefined ? name : l10n.t('{0} as {1}', name, alias)),
    markdownText(version),
    markdownLink(repository),
    markdownText(condition),
  ])
  const head = [l10n.t('Name'), l10n.t('Version'), l10n.t('Repository'), l10n.t('Condition')]
  return [`## ${l10n.t('Dependencies')}`, markdownTable(head, rows)]
}

async function fileParts(
  chart: OpenedChart,
  path: string,
  written: (text: string) => string,
): Promise<string[]> {
  if (!chart.files.some((file) => file.path === path)) return []
  const text = new TextDecoder().decode(await chart.read(path))
  if (text.trim() === '') return []
  const rest = l10n.t('The rest is in {0}.', printable(path))
  return [
    `## ${markdownText(path)}`,
    written(text.slice(0, shownLength).trimEnd()),
    ...(text.length > shownLength ? [markdownText(rest)] : []),
  ]
}

/** @see Helm 3.6.3 cmd/helm/show.go: the names of a README, in any case */
function readmeOf({ files }: OpenedChart): string {
  const names = ['readme.md', 'readme.txt', 'readme']
  return files.find(({ path }) => names.includes(path.toLowerCase()))?.path ?? 'README.md'
}
