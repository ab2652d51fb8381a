import { l10n } from 'vscode'
import type { App } from '../app.ts'
import { confirm } from './questions/confirm.ts'
import { pickLogin } from './questions/pickLogin.ts'
import { requireTrust } from './requireTrust.ts'
import { announce } from './runCommand.ts'
import { hostNamed } from './subject.ts'

/** Moves a login out of the editor's secret storage to where Helm and the command line find it, once a person agrees to the place. */
export async function shareLogin(app: App, argument?: unknown): Promise<void> {
  requireTrust(l10n.t('Logins are not shared while the workspace is in Restricted Mode.'))
  const host =
    hostNamed(argument) ?? (await pickLogin(app, l10n.t('Share a login with Helm'), ({ own }) => own))
  const { log } = app
  const { file, helper } = await app.credentials.helmPlace(host, { log })
  await agree(host, helper === undefined ? inPlainText(file) : inHelper(file, helper))
  let kept = await app.credentials.share(host, { log, allowPlain: helper === undefined })
  if (kept === undefined) {
    // The helper that this machine proposes does not work, which shows only when it is used.
    await agree(host, inPlainText(file))
    kept = await app.credentials.share(host, { log, allowPlain: true })
  }
  app.hosts.loginChanged(host)
  announce(app, l10n.t('The login for {0} is now kept in {1}.', host, kept?.store ?? file))
}

async function agree(host: string, detail: string): Promise<void> {
  const question = l10n.t('Share the login for {0} with Helm?', host)
  await confirm({ question, detail, answers: [l10n.t('Share')] })
}

function inHelper(file: string, helper: string): string {
  return l10n.t(
    'It moves to the credential helper {0}, and {1} says so. Helm and the command line of Chartroom find it there.',
    helper,
    file,
  )
}

function inPlainText(file: string): string {
  return l10n.t(
    'It moves to {0}, where Helm and the command line of Chartroom find it. No credential helper is in use, so the file is plain text: whoever can read it can use the login.',
    file,
  )
}
