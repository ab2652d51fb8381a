import { l10n } from 'vscode'
import type { CacheHealth, Finding, RepairedCache } from '../../core/index.ts'
import { healthText, isSound } from '../healthText.ts'
import { markdownText } from './inertMarkdown.ts'

/** What a look at the whole cache found, as Markdown. Whatever comes from the cache is text and stays text. */
export function healthPage(health: CacheHealth): string {
  const { root, findings } = health
  return page([
    `# ${l10n.t('Health of the cache')}`,
    markdownText(root),
    markdownText(
      isSound(health)
        ? healthText(health)
        : l10n.t('“Verify and Repair Cache…” mends what can be mended of this.'),
    ),
    ...findingsParts(findings),
  ])
}

/** What a repair did, and what it could not mend, as Markdown. */
export function repairPage(root: string, { done, left }: RepairedCache): string {
  return page([
    `# ${l10n.t('Repair of the cache')}`,
    markdownText(root),
    ...listPart(l10n.t('Done'), done.map(markdownText)),
    ...findingsParts(left),
  ])
}

function page(parts: readonly string[]): string {
  return `${parts.join('\n\n')}\n`
}

function findingsParts(findings: readonly Finding[]): string[] {
  const faults = findings.filter(({ isFault }) => isFault)
  const others = findings.filter(({ isFault }) => !isFault)
  return [
    ...listPart(l10n.t('What is wrong'), faults.map(findingText)),
    ...listPart(l10n.t('What is left over'), others.map(findingText)),
  ]
}

function listPart(title: string, lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : [`## ${title}`, lines.map((line) => `- ${line}`).join('\n')]
}

function findingText({ message, advice }: Finding): string {
  return markdownText(advice === undefined ? message : `${message} ${advice}`)
}
