import { l10n } from 'vscode'
import { isDigest, shortDigest, type ChartroomError } from '../../../core/index.ts'
import { confirm } from './confirm.ts'

/**
 * Asks before a name gets another chart than it has.
 * @param taken the error `target-exists` of whoever would not replace it unasked
 * @throws ChartroomError `cancelled`
 */
export async function confirmReplace(
  { evidence: { actual } }: ChartroomError,
  reference: string,
): Promise<void> {
  const detail = isDigest(actual)
    ? l10n.t(
        'It holds another chart ({0}).',
        `${actual.slice(0, actual.indexOf(':'))}:${shortDigest(actual)}`,
      )
    : l10n.t('It holds another chart.')
  await confirm({ question: l10n.t('Replace {0}?', reference), detail, answers: [l10n.t('Replace')] })
}
