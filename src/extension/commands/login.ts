import { commands, l10n } from 'vscode'
import type { App } from '../app.ts'
import { askLogin } from './questions/askLogin.ts'
import { announce, type Action } from './runCommand.ts'
import { hostNamed } from './subject.ts'
import { warnOfPlace } from './warnOfPlace.ts'

/** Asks for a host, where none is named, a user and a password, and keeps the login once the registry has accepted it. */
export async function login(app: App, argument?: unknown): Promise<void> {
  const kept = await askLogin(app, hostNamed(argument))
  if (warnOfPlace(app, kept)) return
  if (kept.store === app.github.name) {
    announce(app, l10n.t('Logged in to {0} with the GitHub account of VS Code.', kept.host))
    return
  }
  const sentence = l10n.t('Logged in to {0}. The login is kept in {1}.', kept.host, kept.store)
  announce(app, sentence, kept.store === app.secrets.name ? sharing(kept.host) : undefined)
}

function sharing(host: string): Action {
  return {
    title: l10n.t('Share with Helm'),
    run: async () => {
      await commands.executeCommand('chartroom.shareLogin', host)
    },
  }
}
