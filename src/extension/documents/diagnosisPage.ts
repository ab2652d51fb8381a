import { l10n } from 'vscode'
import {
  diagnosisReport,
  factLines,
  stepTitles,
  type Diagnosis,
  type DiagnosisStep,
} from '../../core/index.ts'
import { countText } from '../counts.ts'
import { markdownCode, markdownTable, markdownText } from './inertMarkdown.ts'

/** What a look at the connection to a registry found, as Markdown. What servers said is text and stays text. */
export function diagnosisPage({ host, at, by, verdict, steps }: Diagnosis): string {
  const { message, advice } = verdict
  const parts = [
    `# ${markdownText(l10n.t('Connection to {0}', host))}`,
    `**${markdownText(message)}**`,
    ...(advice === undefined ? [] : [markdownText(advice)]),
    markdownTable(
      [l10n.t('Step'), l10n.t('State'), l10n.t('What was found'), l10n.t('Time')],
      steps.map(rowOf),
    ),
    ...steps.flatMap(detailsOf),
    markdownText(`${at}, ${by}`),
  ]
  return `${parts.join('\n\n')}\n`
}

/** The same as text for an issue: a block of code that shows as it stands wherever it is pasted. */
export function diagnosisText(diagnosis: Diagnosis): string {
  return `${markdownCode(diagnosisReport(diagnosis).join('\n'), 'text')}\n`
}

function rowOf({ name, state, summary, milliseconds }: DiagnosisStep): string[] {
  const time = state === 'notReached' ? '' : l10n.t('{0} ms', countText(milliseconds))
  return [markdownText(stepTitles[name]), stateText(state), markdownText(summary), time]
}

function stateText(state: DiagnosisStep['state']): string {
  switch (state) {
    case 'ok':
      return l10n.t('ok')
    case 'warning':
      return `**${l10n.t('warning')}**`
    case 'failed':
      return `**${l10n.t('failed')}**`
    case 'notReached':
      return l10n.t('not reached')
  }
}

function detailsOf({ name, facts, advice }: DiagnosisStep): string[] {
  const lines = factLines(facts)
  if (lines.length === 0) return []
  return [
    `## ${markdownText(stepTitles[name])}`,
    ...(advice === undefined ? [] : [markdownText(advice)]),
    markdownCode(lines.join('\n'), 'text'),
  ]
}
