import { l10n } from 'vscode'
import type { LoggedIn } from '../../core/index.ts'
import type { App } from '../app.ts'
import { warn } from './runCommand.ts'

/** Says what a person should know about the place where a login is kept; `false` where there is nothing to say. */
export function warnOfPlace(app: App, { host, warning }: LoggedIn): boolean {
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
