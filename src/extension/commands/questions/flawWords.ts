import { l10n } from 'vscode'
import type { Flaw } from './destinations.ts'

/** What is wrong with a reference that is being typed, and what would be right. */
export function wordsOf(flaw: Flaw): { readonly problem: string; readonly advice?: string } {
  switch (flaw.flaw) {
    case 'digest':
      return { problem: l10n.t('A chart is saved under a tag, not under a digest.') }
    case 'noHost':
      return { problem: l10n.t('The registry is missing: write for example {0}.', flaw.example) }
    case 'invalid':
      return flaw
  }
}
