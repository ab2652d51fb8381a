import { l10n, window } from 'vscode'
import { ChartroomError } from '../../../core/index.ts'
import type { HostEntry } from '../../adapters/hostEntries.ts'
import type { App } from '../../app.ts'
import { dismissed } from './dismissed.ts'

/**
 * Lets a person choose one of the registries of the list.
 * @throws ChartroomError `not-found` where there is none to choose
 */
export async function pickHost(
  app: App,
  title: string,
  isWanted: (entry: HostEntry) => boolean = () => true,
): Promise<string> {
  const hosts = (await app.hosts.load({ log: app.log })).filter(isWanted).map(({ host }) => host)
  if (hosts.length === 0) {
    throw new ChartroomError('not-found', {
      message: l10n.t('There is no registry in the list that this could be about.'),
    })
  }
  const picked = await window.showQuickPick(hosts, { title, placeHolder: l10n.t('Which registry?') })
  if (picked === undefined) throw dismissed()
  return picked
}
