import { l10n, window } from 'vscode'
import { ChartroomError } from '../../../core/index.ts'
import type { HostEntry } from '../../adapters/hostEntries.ts'
import type { App } from '../../app.ts'
import { plainText } from '../../plainText.ts'
import { dismissed } from './dismissed.ts'

/**
 * Lets a person choose one of the registries that there is a login for.
 * @throws ChartroomError `not-logged-in` where there is none
 */
export async function pickLogin(
  app: App,
  title: string,
  isWanted: (login: NonNullable<HostEntry['login']>) => boolean = () => true,
): Promise<string> {
  const entries = await app.hosts.load({ log: app.log })
  const items = entries.flatMap(({ host, login }) => {
    if (login === undefined || !isWanted(login)) return []
    const { username = '', origin } = login
    const from = l10n.t('from {0}', origin)
    return [{ label: host, description: username === '' ? from : `${plainText(username)} · ${from}` }]
  })
  if (items.length === 0) {
    throw new ChartroomError('not-logged-in', {
      message: l10n.t('There is no login that this could be about.'),
    })
  }
  const picked = await window.showQuickPick(items, {
    title,
    placeHolder: l10n.t('Which registry?'),
    matchOnDescription: true,
  })
  if (picked === undefined) throw dismissed()
  return picked.label
}
