import { workspace } from 'vscode'
import { NotTrusted } from '../notTrusted.ts'

/**
 * Lets nothing through in Restricted Mode. The commands are disabled there, but a program can still call them.
 * @param sentence says what is not done
 * @throws NotTrusted
 */
export function requireTrust(sentence: string): void {
  if (!workspace.isTrusted) throw new NotTrusted(sentence)
}
