import { l10n } from 'vscode'
import type { App } from '../app.ts'
import { chooseAuthority } from './questions/chooseAuthority.ts'
import { pickHost } from './questions/pickHost.ts'
import { announce } from './runCommand.ts'
import { hostNamed } from './subject.ts'

/** Asks for the certificate of an authority and trusts it for one registry. */
export async function trustCertificate(app: App, argument?: unknown): Promise<void> {
  const host = hostNamed(argument) ?? (await pickHost(app, l10n.t('Trust a certificate for a registry')))
  announce(app, await chooseAuthority(app, host))
}
