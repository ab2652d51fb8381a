import { l10n } from 'vscode'
import { logout as forget } from '../../core/index.ts'
import type { App } from '../app.ts'
import { askHost, referenceOf } from './prompts.ts'
import { announce, warn } from './runCommand.ts'

/** Forgets the login of a registry, and says where another one still answers for it. */
export async function logout(app: App, argument?: unknown): Promise<void> {
  const host = referenceOf(argument) ?? (await askHost(app, l10n.t('Log out from a registry')))
  const { host: left, remaining } = await forget(app.registries, app.credentials, host, { log: app.log })
  if (remaining.length === 0) {
    announce(app, l10n.t('Logged out from {0}.', left))
    return
  }
  warn(app, [l10n.t('Logged out from {0}, but {1} still has a login for it.', left, remaining.join(', '))])
}
