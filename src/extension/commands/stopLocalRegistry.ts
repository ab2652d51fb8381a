import { l10n, window } from 'vscode'
import type { App } from '../app.ts'
import { announce } from './runCommand.ts'

/** Stops the local registry, whichever window started it. */
export async function stopLocalRegistry(app: App): Promise<void> {
  const state = await app.localRegistry.refresh({ log: app.log })
  if (state.kind === 'none' || state.kind === 'stopped') {
    announce(app, l10n.t('No local registry runs.'))
    return
  }
  const { host, how, choices } = state
  await window.withProgress({ location: { viewId: 'chartroom.registries' } }, async () => {
    await app.localRegistry.stop()
  })
  // Whoever started it in this window hears that it was stopped.
  if (state.kind === 'starting') return
  announce(
    app,
    how === 'docker' && choices.storage === undefined
      ? l10n.t('Stopped the registry at {0}. What was pushed to it is gone with its container.', host)
      : l10n.t('Stopped the registry at {0}.', host),
  )
}
