import { l10n, workspace } from 'vscode'
import { NotTrusted } from '../notTrusted.ts'

/**
 * Lets nothing through in Restricted Mode. The commands are disabled there, but a program can still call them.
 * @param sentence says what is not done
 * @throws NotTrusted
 */
export function requireTrust(sentence: string): void {
  if (!workspace.isTrusted) throw new NotTrusted(sentence)
}

/** @throws NotTrusted */
export function requireTrustToPush(): void {
  requireTrust(l10n.t('Nothing is pushed from a workspace that is not trusted.'))
}
