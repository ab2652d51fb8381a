import { l10n } from 'vscode'
import { verifyChart as verify, type ChartVerdict, type ChartOptions } from '../../core/index.ts'
import { withProgress } from '../adapters/progress.ts'
import type { App } from '../app.ts'
import { atRegistry } from './atRegistry.ts'
import { inspectLocated, locationFor } from './chartLocation.ts'
import { askKeyring } from './questions/askKeyring.ts'
import { announce, caution } from './runCommand.ts'

/** Checks a chart against its provenance file, and says what that is worth; from then on the row of a cached one says it, too. */
export async function verifyChart(app: App, argument?: unknown): Promise<void> {
  const location = await locationFor(app, argument, l10n.t('Verify the signature of a chart'))
  const { signed } = await inspectLocated(app, location)
  const { reference } = location
  const place = location.place === 'registry' ? 'registry' : 'cache'
  const keyring = signed ? await askKeyring(app, l10n.t('Verify the signature of {0}', reference)) : undefined
  const title = l10n.t('Verifying {0}', reference)
  const work = async (options: ChartOptions): Promise<ChartVerdict> =>
    await verify(app, reference, {
      ...options,
      place,
      search: app.programs,
      ...(keyring === undefined ? {} : { keyring }),
    })
  const verdict =
    place === 'registry'
      ? await atRegistry(app, { reference, title, view: 'chartroom.registries' }, work)
      : await withProgress(app, title, work)
  if (place === 'cache') app.checks.foundVerdict(verdict)
  tell(app, verdict)
}

function tell(app: App, { provenance, message, fingerprint }: ChartVerdict): void {
  switch (provenance) {
    case 'mismatch':
      caution(app, message)
      break
    case 'verified':
      announce(app, l10n.t('{0} Key: {1}.', message, fingerprint ?? ''))
      break
    case 'signed':
    case 'not-signed':
      announce(app, message)
  }
}
