import { l10n, window } from 'vscode'
import { readAuthorities } from '../../../core/index.ts'
import type { App } from '../../app.ts'
import { requireTrust } from '../requireTrust.ts'
import { dismissed } from './dismissed.ts'

/**
 * Asks for the certificate of an authority, and has one registry trusted with it.
 *
 * @returns what has been done, as a sentence
 * @throws NotTrusted in Restricted Mode, ChartroomError `cancelled` where no file is chosen, `tls` where it holds no
 *   certificate
 */
export async function chooseAuthority(app: App, host: string): Promise<string> {
  requireTrust(l10n.t('No certificate is trusted while the workspace is in Restricted Mode.'))
  const [file] =
    (await window.showOpenDialog({
      title: l10n.t('The authority that signed the certificate of {0}', host),
      openLabel: l10n.t('Trust for {0}', host),
      filters: { [l10n.t('Certificates')]: ['pem', 'crt', 'cer'], [l10n.t('All files')]: ['*'] },
    })) ?? []
  if (file === undefined) throw dismissed()
  await readAuthorities(file.fsPath)
  await app.hosts.setOption(host, 'caFile', file.fsPath)
  return l10n.t('{0} is trusted with the authority in {1}.', host, file.fsPath)
}
