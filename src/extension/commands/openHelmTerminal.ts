import { l10n, window } from 'vscode'
import { requireTrust } from './requireTrust.ts'

/** Opens a terminal in which Helm 3.0–3.6 has its `chart` and `registry` commands. As in every terminal, `chartroom` is on its PATH. */
export async function openHelmTerminal(): Promise<void> {
  requireTrust(l10n.t('No terminal is opened in Restricted Mode.'))
  const terminal = window.createTerminal({ name: 'Helm', env: { HELM_EXPERIMENTAL_OCI: '1' } })
  terminal.show()
  await Promise.resolve()
}
