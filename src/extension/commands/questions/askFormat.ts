import { l10n, QuickInputButtons, window } from 'vscode'
import type { ChartFormat } from '../../../core/index.ts'
import { manifestFormat, type ManifestFormat } from '../../adapters/settings.ts'
import type { App } from '../../app.ts'
import { formatText } from '../../documents/chartDetails.ts'
import { choiceOf, type back, type Choice } from './question.ts'

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
  const placeholder = l10n.t('Who will read the charts of {0}? This is asked once for each registry.', host)
  return await askWhich<ManifestFormat>(title, placeholder, [
    { label: l10n.t('Helm 3.0–3.6 and later'), value: 'legacy' },
    { label: l10n.t('Helm 3.7 and later, Flux, Argo CD'), value: 'modern' },
  ])
}

/** Asks whether a copy of a chart shall have another manifest than the chart has. */
export async function askConversion(
  title: string,
  chart: { readonly format: ChartFormat; readonly signed: boolean },
): Promise<ManifestFormat | 'asItIs' | typeof back> {
  const others: readonly Choice<ManifestFormat>[] = [
    {
      label: l10n.t('Convert for Helm 3.0–3.6 and later'),
      ...(chart.signed
        ? { detail: l10n.t('The copy is not signed: that format carries no provenance.') }
        : {}),
      value: 'legacy',
    },
    { label: l10n.t('Convert for Helm 3.7 and later, Flux, Argo CD'), value: 'modern' },
  ]
  return await askWhich<ManifestFormat | 'asItIs'>(title, l10n.t('Who will read the copy?'), [
    { label: l10n.t('Keep it as it is'), description: formatText(chart.format), value: 'asItIs' },
    ...others.filter(({ value }) => value !== chart.format),
  ])
}

async function askWhich<Value>(
  title: string,
  placeholder: string,
  choices: readonly Choice<Value>[],
): Promise<Value | typeof back> {
  const pick = window.createQuickPick<Choice<Value>>()
  pick.title = title
  pick.placeholder = placeholder
  pick.items = choices
  pick.buttons = [QuickInputButtons.Back]
  return await choiceOf(pick)
}
