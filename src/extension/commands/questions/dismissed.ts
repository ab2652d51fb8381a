import { l10n } from 'vscode'
import { ChartroomError } from '../../../core/index.ts'

/** A question that was closed without an answer. It ends the command without a word. */
export function dismissed(): ChartroomError {
  return new ChartroomError('cancelled', { message: l10n.t('The question was closed without an answer.') })
}
