import { l10n, QuickInputButtons, window, type QuickPickItem } from 'vscode'
import { manifestFormat, type ManifestFormat } from '../../adapters/settings.ts'
import type { App } from '../../app.ts'
import { answerOf, back } from './question.ts'

/**
 * The manifest that charts of a registry get: as the settings say, those of the registry first, else as it was answered before; `undefined` where it
 * has to be asked for. A chart that goes to no registry is as Helm 3.0-3.6 reads it.
 */
export function formatFor(app: App, host: string): ManifestFormat | undefined {
  if (host === '') return manifestFormat() ?? 'legacy'
  return app.hosts.entry(host)?.manifestFormat ?? manifestFormat() ?? app.formats.of(host)
}

/** Asks which programs read the charts of a registry, because older and newer ones want other manifests. */
export async function askFormat(title: string, host: string): Promise<ManifestFormat | typeof back> {
  const pick = window.createQuickPick<QuickPickItem & { readonly format: ManifestFormat }>()
  pick.title = title
  pick.placeholder = l10n.t('Who will read the charts of {0}? This is asked once for each registry.', host)
  pick.items = [
    { label: l10n.t('Helm 3.0–3.6 and later'), format: 'legacy' },
    { label: l10n.t('Helm 3.7 and later, Flux, Argo CD'), format: 'modern' },
  ]
  pick.buttons = [QuickInputButtons.Back]
  return await answerOf<ManifestFormat | typeof back>(pick, (resolve) => {
    pick.onDidTriggerButton(() => {
      resolve(back)
    })
    pick.onDidAccept(() => {
      const [chosen] = pick.activeItems
      if (chosen !== undefined) resolve(chosen.format)
    })
  })
}
