import { l10n, window, workspace } from 'vscode'
import { ChartroomError, parseReference, type ChartOptions } from '../../core/index.ts'
import { withProgress, type View } from '../adapters/progress.ts'
import { Stopped } from '../adapters/stopped.ts'
import type { App } from '../app.ts'
import { plainText } from '../plainText.ts'
import { hostOfUnknownAuthority } from '../unknownAuthority.ts'
import { askLogin } from './questions/askLogin.ts'
import { offerAuthority } from './questions/offerAuthority.ts'
import { offerTrust } from './questions/offerTrust.ts'
import { requireTrust } from './requireTrust.ts'
import { warnOfPlace } from './warnOfPlace.ts'

interface Asking {
  /** Names the registry. */
  readonly reference: string
  /** What is being done, for example "Pulling localhost:5000/myrepo/mychart:2.7.0". */
  readonly title: string
  /** That shows that something is under way. */
  readonly view?: View
}

/**
 * Does something at a registry, with progress and a Cancel button; where the registry wants a login, or wants it sent to
 * somebody whom nobody trusts yet, or has a certificate of an authority that nobody knows, asks and goes on by itself.
 *
 * @throws Stopped where it was cancelled or a person does not want to log in or to trust, ChartroomError `refused` in Restricted Mode
 */
export async function atRegistry<Value>(
  app: App,
  { reference, title, view }: Asking,
  work: (options: ChartOptions) => Promise<Value>,
): Promise<Value> {
  for (;;) {
    try {
      return await withProgress(app, title, work, view)
    } catch (error) {
      if (!(error instanceof ChartroomError)) throw error
      if (error.evidence.realm !== undefined) {
        app.log.info(error.message)
        if (await offerTrust(app, error.evidence)) continue
        throw new Stopped()
      }
      const stranger = hostOfUnknownAuthority(error)
      if (stranger !== undefined) {
        if (await offerAuthority(app, stranger, error)) continue
        throw new Stopped()
      }
      if (!mayHelp(error)) throw error
      app.log.info(error.message)
      // A copy has to do with two registries.
      const { host = parseReference(reference).host } = error.evidence
      requireTrust(
        l10n.t('{0} wants a login, and nobody is logged in while the workspace is in Restricted Mode.', host),
      )
      const known = await app.credentials.find(host, { log: app.log })
      const isStranger = known === undefined && error.kind === 'unauthorized'
      const sentence = isStranger ? l10n.t('{0} wants a login.', host) : error.message
      const logIn = l10n.t('Log In')
      if ((await window.showWarningMessage(plainText(sentence), logIn)) !== logIn) throw new Stopped()
      warnOfPlace(app, await askLogin(app, host))
    }
  }
}

/** Whether another login may help: none was there, it was refused, or it has too few rights. */
function mayHelp({ kind }: ChartroomError): boolean {
  return kind === 'unauthorized' || (kind === 'forbidden' && workspace.isTrusted)
}
