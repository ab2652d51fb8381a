import {
  authentication,
  EventEmitter,
  type AuthenticationSession,
  type Disposable,
  type Memento,
} from 'vscode'
import { messageOf, type Credential, type CredentialAccount, type Logger } from '../../core/index.ts'

/** The one registry that takes a token of GitHub's. */
export const githubRegistry = 'ghcr.io'

/** What a session is asked for. */
export type GithubRight = 'read' | 'write'

const scopesOf: Readonly<Record<GithubRight, readonly string[]>> = {
  read: ['read:packages'],
  write: ['read:packages', 'write:packages'],
}

const chosenKey = 'githubAccount'

export interface GithubAccountParts {
  /** Remembers that a person chose the account, and for what; never who they are, nor a token. */
  readonly state: Memento
  readonly log: Logger
  /** What people call it. */
  readonly name: string
}

/**
 * The account with which somebody is signed in to GitHub in this editor, as a login for GitHub's registry. Its token stays
 * with the editor and is looked up again, unasked, whenever it is needed; it opens more than a registry, so it goes nowhere
 * else, and over HTTPS only. Nobody is asked, and no account is looked
 * for, before a person has chosen it.
 */
export class GithubAccount implements CredentialAccount, Disposable {
  readonly name: string
  readonly #parts: GithubAccountParts
  readonly #changed = new EventEmitter<string>()
  /** The account of a registry changed, or somebody signed out of it. */
  readonly onDidChange = this.#changed.event
  readonly #listening: Disposable

  constructor(parts: GithubAccountParts) {
    this.name = parts.name
    this.#parts = parts
    this.#listening = authentication.onDidChangeSessions(({ provider }) => {
      if (provider.id === 'github' && this.#chosen !== undefined) this.#changed.fire(githubRegistry)
    })
  }

  async find(host: string): Promise<Credential | undefined> {
    const right = this.#chosen
    if (right === undefined || host.toLowerCase() !== githubRegistry) return undefined
    try {
      const session = await authentication.getSession('github', scopesOf[right], { silent: true })
      return session === undefined ? undefined : this.#credentialOf(session)
    } catch (error) {
      this.#parts.log.warn(`${this.name} could not be looked up: ${messageOf(error)}`)
      return undefined
    }
  }

  async hosts(): Promise<{ host: string; username: string }[]> {
    const credential = await this.find(githubRegistry)
    return credential === undefined ? [] : [{ host: githubRegistry, username: credential.username }]
  }

  /**
   * Lets a person sign in, where they are not.
   * @throws what the editor throws where they do not want to
   */
  async signIn(right: GithubRight): Promise<Credential> {
    return this.#credentialOf(
      await authentication.getSession('github', scopesOf[right], { createIfNone: true }),
    )
  }

  /** From now on the account is the login for the registry. */
  async choose(right: GithubRight): Promise<void> {
    await this.#parts.state.update(chosenKey, right)
  }

  /** The account is no login any more; the person stays signed in to GitHub. */
  async erase(host: string): Promise<boolean> {
    if (this.#chosen === undefined || host.toLowerCase() !== githubRegistry) return false
    await this.#parts.state.update(chosenKey, undefined)
    return true
  }

  dispose(): void {
    this.#listening.dispose()
    this.#changed.dispose()
  }

  get #chosen(): GithubRight | undefined {
    const chosen = this.#parts.state.get(chosenKey)
    return chosen === 'read' || chosen === 'write' ? chosen : undefined
  }

  #credentialOf({ account, accessToken }: AuthenticationSession): Credential {
    return { username: account.label, password: accessToken, origin: this.name, isConfined: true }
  }
}
