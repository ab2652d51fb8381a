import { env, l10n, window } from 'vscode'
import type { App } from '../app.ts'
import { pickHost } from './questions/pickHost.ts'
import { hostNamed } from './subject.ts'

/** Copies the host of a registry, as references begin with it. */
export async function copyHost(app: App, argument?: unknown): Promise<void> {
  const host = hostNamed(argument) ?? (await pickHost(app, l10n.t('Copy the host of a registry')))
  await env.clipboard.writeText(host)
  window.setStatusBarMessage(l10n.t('Copied {0}', host), 3000)
}
