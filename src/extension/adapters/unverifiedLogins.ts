import { AsyncLocalStorage } from 'node:async_hooks'
import type { Memento } from 'vscode'

const key = 'unverifiedLogins'

export interface UnverifiedLoginsParts {
  readonly state: Memento
  /** Asks a person whether a host may be sent a login. */
  readonly ask: (host: string) => Promise<boolean>
}

/** The hosts that may be sent a login although their certificate is not verified, as people answered, once for each host. */
export class UnverifiedLogins {
  readonly #parts: UnverifiedLoginsParts
  readonly #asking = new Map<string, Promise<boolean>>()
  readonly #unasked = new AsyncLocalStorage<true>()

  constructor(parts: UnverifiedLoginsParts) {
    this.#parts = parts
  }

  /** Asks where nobody has allowed it yet; a refusal counts for this once. */
  async mayLogIn(host: string): Promise<boolean> {
    if (this.#allowed().includes(host)) return true
    if (this.#unasked.getStore() === true) return false
    const asking =
      this.#asking.get(host) ??
      this.#ask(host).finally(() => {
        this.#asking.delete(host)
      })
    this.#asking.set(host, asking)
    return await asking
  }

  /** Does what nobody has clicked for: in the course of it nobody is asked, and what nobody has allowed is refused. */
  async unasked<Result>(work: () => Promise<Result>): Promise<Result> {
    return await this.#unasked.run(true, work)
  }

  /** To be called when a person logged out of a host, or its certificate is verified: the next time they are asked again. */
  async forget(host: string): Promise<void> {
    const allowed = this.#allowed()
    const others = allowed.filter((other) => other !== host.toLowerCase())
    if (others.length < allowed.length) await this.#parts.state.update(key, others)
  }

  async #ask(host: string): Promise<boolean> {
    if (!(await this.#parts.ask(host))) return false
    await this.#parts.state.update(key, [...this.#allowed(), host])
    return true
  }

  #allowed(): readonly string[] {
    return this.#parts.state.get<readonly string[]>(key, [])
  }
}
