import { l10n, MarkdownString } from 'vscode'
import { shortDigest, type LocatedChart } from '../../core/index.ts'
import type { Check } from '../adapters/checks.ts'
import { formatText, signedText } from '../documents/chartDetails.ts'
import { markdownTable, markdownText } from '../documents/inertMarkdown.ts'
import { sizeText } from '../sizes.ts'

/**
 * The tooltip of a chart, cached or remote. What its author wrote is text: it makes no link, not even of a bare address,
 * which `MarkdownString.appendText` would let pass.
 *
 * @param more rows of the table that only its tree can tell
 * @param check what somebody had checked about it
 */
export function chartTooltip(
  chart: Omit<LocatedChart, 'created'>,
  more: readonly (readonly [title: string, text: string])[] = [],
  check?: Check,
): MarkdownString {
  const { name, version, description = '', deprecated, appVersion, kubeVersion, maintainers = [] } = chart
  const title = `**${markdownText(`${name} ${version}`)}**`
  const facts: (readonly [title: string, text: string | undefined])[] = [
    [l10n.t('Reference'), chart.reference],
    [l10n.t('Chart digest'), shortDigest(chart.digest)],
    [l10n.t('Manifest digest'), chart.manifestDigest && shortDigest(chart.manifestDigest)],
    [l10n.t('App version'), appVersion],
    [l10n.t('Kubernetes version'), kubeVersion],
    [l10n.t('Format'), chart.format && formatText(chart.format)],
    [l10n.t('Signed'), signedText(chart.signed, check)],
    [l10n.t('Size'), sizeText(chart.size)],
    [l10n.t('Maintainers'), maintainers.join(', ')],
    ...more,
  ]
  const rows = facts.flatMap(([fact, text = '']) => (text === '' ? [] : [[fact, markdownText(text)]]))
  const parts = [
    description === '' ? title : `${title} — ${markdownText(description)}`,
    ...(check?.fault === undefined ? [] : [`**${markdownText(check.fault.sentence)}**`]),
    ...(deprecated ? [l10n.t('This chart is deprecated.')] : []),
    markdownTable(['', ''], rows),
  ]
  return new MarkdownString(parts.join('\n\n'))
}
