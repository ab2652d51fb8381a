import { l10n } from 'vscode'
import { logout as forget } from '../../core/index.ts'
import type { App } from '../app.ts'
import { pickLogin } from './questions/pickLogin.ts'
import { announce, warn } from './runCommand.ts'
import { hostNamed } from './subject.ts'

/** Forgets the login of a registry, and says where another one still answers for it and how to end that. */
export async function logout(app: App, argument?: unknown): Promise<void> {
  const host = hostNamed(argument) ?? (await pickLogin(app, l10n.t('Log out from a registry')))
  try {
    const {
      host: left,
      remaining,
      advice = '',
    } = await forget(app.registries, app.credentials, host, {
      log: app.log,
    })
    if (remaining.length === 0) {
      announce(app, l10n.t('Logged out from {0}.', left))
      return
    }
    const still = l10n.t('Logged out from {0}, but {1} still has a login for it.', left, remaining.join(', '))
    warn(app, [[still, advice].join(' ').trim()])
  } finally {
    // Where one place fails to forget it, others may have forgotten it.
    await app.unverifiedLogins.loggedOut(host)
    app.hosts.loginChanged(host)
  }
}
