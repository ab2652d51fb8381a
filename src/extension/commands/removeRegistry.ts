import { l10n } from 'vscode'
import { ownPinned } from '../adapters/hostEntries.ts'
import type { App } from '../app.ts'
import { countText } from '../counts.ts'
import { confirm } from './questions/confirm.ts'
import { pickHost } from './questions/pickHost.ts'
import { announce } from './runCommand.ts'
import { hostNamed } from './subject.ts'

/** Takes a registry out of the setting, and forgets a local one that does not run; what keeps it in the list all the same is told. */
export async function removeRegistry(app: App, argument?: unknown): Promise<void> {
  const host =
    hostNamed(argument) ??
    (await pickHost(
      app,
      l10n.t('Remove a registry from the list'),
      ({ host: known, sources }) => sources.includes('setting') || isForgettable(app, known),
    ))
  const entry = app.hosts.entry(host)
  if (entry === undefined) return
  const pinned = ownPinned(entry)
  if (pinned.length > 0) await confirmUnpinning(host, pinned)
  if (isForgettable(app, host)) await app.localRegistry.forget()
  if (entry.sources.includes('setting')) await app.hosts.remove(host)
  const { file, login } = entry
  if (file !== undefined)
    announce(app, l10n.t('{0} stays in the list because it is in {1}.', host, file.name))
  if (login !== undefined) {
    announce(
      app,
      l10n.t('{0} stays in the list because there is a login for it, from {1}.', host, login.origin),
    )
  }
}

function isForgettable(app: App, host: string): boolean {
  const { state } = app.localRegistry
  return state.host === host && (state.kind === 'stopped' || state.kind === 'failed')
}

async function confirmUnpinning(host: string, pinned: readonly string[]): Promise<void> {
  const detail =
    pinned.length === 1
      ? l10n.t('The pinned repository {0} goes with it. Nothing changes at the registry.', pinned.join())
      : l10n.t(
          'The {0} pinned repositories go with it. Nothing changes at the registry.',
          countText(pinned.length),
        )
  await confirm({ question: l10n.t('Remove {0} from the list?', host), detail, answers: [l10n.t('Remove')] })
}
