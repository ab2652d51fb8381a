import { l10n, window } from 'vscode'
import { ChartroomError } from '../../../core/index.ts'
import type { App } from '../../app.ts'
import { logLines } from '../../messages.ts'
import { plainText } from '../../plainText.ts'
import { chooseAuthority } from './chooseAuthority.ts'

/**
 * Says that the certificate of a registry is of an authority that nobody knows, and lets a person trust the authority. A
 * file without a certificate is told like that, and another one can be chosen.
 *
 * @param refusal of an operation at the registry
 * @returns whether the same operation may be tried again: the authority is trusted now
 * @throws NotTrusted in Restricted Mode, ChartroomError `cancelled` where no file is chosen
 */
export async function offerAuthority(app: App, host: string, refusal: ChartroomError): Promise<boolean> {
  const trust = l10n.t('Trust a Certificate…')
  let failure = refusal
  for (;;) {
    for (const line of logLines(failure)) app.log.error(line)
    if ((await window.showErrorMessage(plainText(failure.message), trust)) !== trust) return false
    try {
      app.log.info(await chooseAuthority(app, host))
      return true
    } catch (error) {
      if (!(error instanceof ChartroomError) || error.kind !== 'tls') throw error
      failure = error
    }
  }
}
