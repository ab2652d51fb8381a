import { l10n, window } from 'vscode'
import type { ErrorEvidence } from '../../../core/index.ts'
import type { App } from '../../app.ts'
import { plainText } from '../../plainText.ts'
import { requireTrust } from '../requireTrust.ts'

/** Who wants the login sent where. */
type Refusal = Pick<ErrorEvidence, 'host' | 'realm'>

/**
 * Where a registry wants its login sent to a server of another name, asks whether that server may have it, and keeps
 * the answer in the settings of the registry.
 *
 * @param refusal of an operation at the registry; where it names no such server nothing is asked
 * @returns whether the same operation may be tried again: the server is trusted now
 * @throws NotTrusted in Restricted Mode
 */
export async function offerTrust(app: App, { host, realm }: Refusal): Promise<boolean> {
  if (host === undefined || realm === undefined) return false
  requireTrust(
    l10n.t(
      '{0} wants its login sent to {1}, and nobody is trusted while the workspace is in Restricted Mode.',
      host,
      realm,
    ),
  )
  const question = l10n.t('{0} wants your password sent to {1}.', host, realm)
  const detail = l10n.t(
    'Trust {0} only if it is the login server of {1}: it gets your user name and password. The answer is kept in the settings of {1}.',
    realm,
    host,
  )
  const trust = l10n.t('Trust {0}', realm)
  const answer = await window.showWarningMessage(
    plainText(question),
    { modal: true, detail: plainText(detail) },
    plainText(trust),
  )
  if (answer === undefined) return false
  await app.hosts.trust(host, realm)
  app.log.info(`${realm} may have the login of ${host}.`)
  return true
}
