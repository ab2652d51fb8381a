import { AsyncLocalStorage } from 'node:async_hooks'
import type { Memento } from 'vscode'

const key = 'unverifiedLogins'

export interface UnverifiedLoginsParts {
  readonly state: Memento
  /** Asks a person whether a host may be sent the login of a registry, which is itself or the one whose token server it is. */
  readonly ask: (host: string, registry: string) => Promise<boolean>
}

/**
 * The hosts that may be sent a login although their certificate is not verified, as people answered, once for each host: a
 * token server for each registry whose logins it gets.
 */
export class UnverifiedLogins {
  readonly #parts: UnverifiedLoginsParts
  readonly #asking = new Map<string, Promise<boolean>>()
  readonly #unasked = new AsyncLocalStorage<true>()

  constructor(parts: UnverifiedLoginsParts) {
    this.#parts = parts
  }

  /**
   * Asks where nobody has allowed it yet; a refusal counts for this once.
   * @param registry whose login it is
   */
  async mayLogIn(host: string, registry: string): Promise<boolean> {
    const way = wayOf(host, registry)
    if (this.#allowed().includes(way)) return true
    if (this.#unasked.getStore() === true) return false
    const asking =
      this.#asking.get(way) ??
      this.#ask(host, registry).finally(() => {
        this.#asking.delete(way)
      })
    this.#asking.set(way, asking)
    return await asking
  }

  /** Does what nobody has clicked for: in the course of it nobody is asked, and what nobody has allowed is refused. */
  async unasked<Result>(work: () => Promise<Result>): Promise<Result> {
    return await this.#unasked.run(true, work)
  }

  /** To be called when a person logged out of a registry: the next time they are asked again, also about its token server. */
  async loggedOut(registry: string): Promise<void> {
    await this.#forget(([host, other = host]) => other === registry.toLowerCase())
  }

  /** To be called when the certificate of a host is verified: if it is not any more one day, they are asked again. */
  async verified(host: string): Promise<void> {
    await this.#forget(([receiver]) => receiver === host.toLowerCase())
  }

  async #forget(isForgotten: (way: readonly string[]) => boolean): Promise<void> {
    const allowed = this.#allowed()
    const others = allowed.filter((way) => !isForgotten(way.split(' ')))
    if (others.length < allowed.length) await this.#parts.state.update(key, others)
  }

  async #ask(host: string, registry: string): Promise<boolean> {
    if (!(await this.#parts.ask(host, registry))) return false
    await this.#parts.state.update(key, [...this.#allowed(), wayOf(host, registry)])
    return true
  }

  #allowed(): readonly string[] {
    return this.#parts.state.get<readonly string[]>(key, [])
  }
}

/** Who gets a login, and whose it is where that is somebody else. */
function wayOf(host: string, registry: string): string {
  return host === registry ? host : `${host} ${registry}`
}
