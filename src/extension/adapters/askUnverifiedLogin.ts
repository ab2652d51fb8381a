import { l10n, window } from 'vscode'
import { plainText } from '../plainText.ts'

/** Asks whether a host may be sent the login of a registry although its certificate is not verified. */
export async function askUnverifiedLogin(host: string, registry: string): Promise<boolean> {
  const allow = l10n.t('Send the Login')
  const question =
    host === registry
      ? l10n.t('Send your login to {0}, whose certificate is not verified?', host)
      : l10n.t('Send your login for {0} to {1}, whose certificate is not verified?', registry, host)
  const detail = l10n.t(
    'Anybody on the way could answer in its place and read the password. Safer is to set the authority that signed the certificate.',
  )
  return (await window.showWarningMessage(plainText(question), { modal: true, detail }, allow)) === allow
}
