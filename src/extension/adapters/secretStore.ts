import { l10n, window, type LogOutputChannel, type SecretStorage } from 'vscode'
import { SecretLogins } from './secretLogins.ts'

/** The logins in the editor's secret storage, with the words for a keyring that fails. */
export function secretStore(secrets: SecretStorage, log: LogOutputChannel): SecretLogins {
  const name = l10n.t("VS Code's secret storage")
  return new SecretLogins({
    secrets,
    log,
    name,
    notErased: (host, reason) =>
      l10n.t('The login for {0} could not be forgotten: {1} failed ({2}).', host, name, reason),
    onUnreadable: () => {
      warnOfKeyring(log)
    },
  })
}

/** Nothing waits for the answer. */
function warnOfKeyring(log: LogOutputChannel): void {
  const showLog = l10n.t('Show Log')
  const sentence = l10n.t(
    "VS Code's secret storage cannot be read, so Chartroom goes on without the logins that it keeps there.",
  )
  void window.showWarningMessage(sentence, showLog).then((picked) => {
    if (picked === showLog) log.show()
  })
}
