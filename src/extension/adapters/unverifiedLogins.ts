import { l10n, window, type Memento } from 'vscode'
import { plainText } from '../plainText.ts'

const key = 'unverifiedLogins'

/** The hosts that may be sent a login although their certificate is not verified, as people answered, once for each host. */
export class UnverifiedLogins {
  readonly #state: Memento
  readonly #asking = new Map<string, Promise<boolean>>()

  constructor(state: Memento) {
    this.#state = state
  }

  /** Asks where nobody has allowed it yet; a refusal counts for this once. */
  async mayLogIn(host: string): Promise<boolean> {
    if (this.#allowed().includes(host)) return true
    const asking =
      this.#asking.get(host) ??
      this.#ask(host).finally(() => {
        this.#asking.delete(host)
      })
    this.#asking.set(host, asking)
    return await asking
  }

  async #ask(host: string): Promise<boolean> {
    const allow = l10n.t('Send the Login')
    const question = l10n.t('Send your login to {0}, whose certificate is not verified?', host)
    const detail = l10n.t(
      'Anybody on the way could answer in its place and read the password. Safer is to set the authority that signed the certificate.',
    )
    const answer = await window.showWarningMessage(plainText(question), { modal: true, detail }, allow)
    if (answer !== allow) return false
    await this.#state.update(key, [...this.#allowed(), host])
    return true
  }

  #allowed(): readonly string[] {
    return this.#state.get<readonly string[]>(key, [])
  }
}
