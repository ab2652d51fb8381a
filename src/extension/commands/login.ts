import { commands, l10n, window } from 'vscode'
import { ChartroomError, type LoggedIn } from '../../core/index.ts'
import { Stopped } from '../adapters/stopped.ts'
import type { App } from '../app.ts'
import { plainText } from '../plainText.ts'
import { askLogin } from './askLogin.ts'
import { requireTrust } from './requireTrust.ts'
import { announce, warn, type Action } from './runCommand.ts'
import { hostNamed } from './subject.ts'

/** Asks for a host, where none is named, a user and a password, and keeps the login once the registry has accepted it. */
export async function login(app: App, argument?: unknown): Promise<void> {
  const kept = await askLogin(app, hostNamed(argument))
  if (warnOf(app, kept)) return
  const sentence = l10n.t('Logged in to {0}. The login is kept in {1}.', kept.host, kept.store)
  announce(app, sentence, kept.store === app.secrets.name ? sharing(kept.host) : undefined)
}

/**
 * Does something at a registry; where that wants a login, offers one and goes on by itself.
 * @throws Stopped where a person does not want to log in, ChartroomError `refused` in Restricted Mode
 */
export async function withLogin<Value>(app: App, host: string, work: () => Promise<Value>): Promise<Value> {
  for (;;) {
    try {
      return await work()
    } catch (error) {
      if (!(error instanceof ChartroomError) || error.kind !== 'unauthorized') throw error
      app.log.info(error.message)
      requireTrust(
        l10n.t('{0} wants a login, and nobody is logged in while the workspace is in Restricted Mode.', host),
      )
      const known = await app.credentials.find(host, { log: app.log })
      const sentence = known === undefined ? l10n.t('{0} wants a login.', host) : error.message
      const logIn = l10n.t('Log In')
      if ((await window.showWarningMessage(plainText(sentence), logIn)) !== logIn) throw new Stopped()
      warnOf(app, await askLogin(app, host))
    }
  }
}

/** Says what a person should know about the place where a login is kept; `false` where there is nothing to say. */
function warnOf(app: App, { host, warning }: LoggedIn): boolean {
  if (app.secrets.isHeld(host)) {
    const sentence = l10n.t(
      'Logged in to {0} until this window is closed, because {1} did not keep the login.',
      host,
      app.secrets.name,
    )
    warn(app, [sentence])
    return true
  }
  if (warning === undefined) return false
  warn(app, [l10n.t('Logged in to {0}. {1}', host, warning)])
  return true
}

function sharing(host: string): Action {
  return {
    title: l10n.t('Share with Helm'),
    run: async () => {
      await commands.executeCommand('chartroom.shareLogin', host)
    },
  }
}
