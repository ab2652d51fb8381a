import { ChartroomError } from '../base/errors.ts'
import { findProgram, type ProgramSearch } from '../base/findProgram.ts'
import type { OperationOptions } from '../base/progress.ts'
import { ProgramFailure, runProgram, type Outcome } from '../base/runProgram.ts'
import { loginOfUser, type Login } from './configDocument.ts'

const suffixGrammar = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/
const outputLimit = 64 * 1024
/** Bytes; a list of a thousand logins has about a tenth of it. */
const listLimit = 1024 * 1024
/** Milliseconds; somebody looks at a list that is not there yet. */
const listTimeout = 10_000
const nothingFound = 'credentials not found in native keychain'

export interface HelperSearch extends ProgramSearch {
  /** Milliseconds until a helper that does not answer is ended; 30 s unless given. */
  readonly helperTimeout?: number
}

/**
 * A program `docker-credential-SUFFIX` that keeps logins, for example in the system's keychain.
 *
 * It runs without a shell, gets what it needs on its standard input, and nothing that it prints gets into an error or
 * a log, because it may be a secret. Every method fails with ChartroomError `unavailable` where the helper is not
 * installed or fails, and `refused` where its suffix is none.
 *
 * @see https://github.com/docker/docker-credential-helpers#development
 */
export class CredentialHelper {
  readonly suffix: string
  readonly #search: HelperSearch

  constructor(suffix: string, search: HelperSearch) {
    this.suffix = suffix
    this.#search = search
  }

  /** The login that the helper keeps for a host under a key, `undefined` where it has none. */
  async get(key: string, host: string, options: OperationOptions = {}): Promise<Login | undefined> {
    const output = await this.#run('get', key, host, options)
    if (output === undefined) return undefined
    const { Username: username, Secret: secret } = this.#decode(output, host)
    if (typeof username !== 'string' || typeof secret !== 'string') throw this.#failed(host, 'gave no login')
    return username === '' && secret === '' ? undefined : loginOfUser(username, secret)
  }

  /** Keeps the login for a host under a key. */
  async store(key: string, login: Login, host: string, options: OperationOptions = {}): Promise<void> {
    const { username, password, identityToken } = login
    const user =
      identityToken === undefined
        ? { Username: username, Secret: password }
        : { Username: '<token>', Secret: identityToken }
    const output = await this.#run('store', JSON.stringify({ ServerURL: key, ...user }), host, options)
    if (output === undefined) throw this.#failed(host, 'did not store the login')
  }

  /** Forgets what is kept for a host under a key; `false` where nothing was. */
  async erase(key: string, host: string, options: OperationOptions = {}): Promise<boolean> {
    return (await this.#run('erase', key, host, options)) !== undefined
  }

  /** Everything that the helper keeps, as user names by key. It has ten seconds to tell. */
  async list(options: OperationOptions = {}): Promise<ReadonlyMap<string, string>> {
    const output = await this.#run('list', '', 'all hosts', options)
    const users = Object.entries(output === undefined ? {} : this.#decode(output, 'all hosts'))
    return new Map(users.map(([key, user]) => [key, typeof user === 'string' ? user : '']))
  }

  /** What the helper printed; `undefined` where it says that it has nothing. */
  async #run(
    verb: 'get' | 'store' | 'erase' | 'list',
    input: string,
    host: string,
    { signal, log }: OperationOptions,
  ): Promise<string | undefined> {
    const program = await this.#program(host)
    log?.debug(`${program} ${verb} for ${host}`)
    const { exitCode, output } = await this.#outcome(program, verb, input, host, signal)
    if (exitCode === 0) return output
    // Helpers explain themselves on standard output, and this is the one explanation that the protocol fixes.
    if (output.trim() === nothingFound) return undefined
    throw this.#failed(host, exitCode === null ? 'was ended' : `failed with exit code ${exitCode}`)
  }

  async #program(host: string): Promise<string> {
    if (!suffixGrammar.test(this.suffix)) {
      throw new ChartroomError('refused', {
        message: `The credential helper that is configured for ${host} has a name that no helper can have.`,
        advice: 'Correct "credsStore" or "credHelpers" in the credentials file.',
        host,
      })
    }
    const program = await findProgram(this.#name, this.#search)
    if (program !== undefined) return program
    throw new ChartroomError('unavailable', {
      message: `The login for ${host} is kept by the credential helper ${this.#name}, which is not on PATH.`,
      advice: 'Install it, or take it out of "credsStore" or "credHelpers" in the credentials file.',
      host,
    })
  }

  async #outcome(
    program: string,
    verb: string,
    input: string,
    host: string,
    signal: AbortSignal | undefined,
  ): Promise<Outcome> {
    const { around, helperTimeout = 30_000 } = this.#search
    const limits =
      verb === 'list'
        ? { timeout: Math.min(helperTimeout, listTimeout), outputLimit: listLimit }
        : { timeout: helperTimeout, outputLimit }
    try {
      const options = { env: around.env, directory: around.home, signal, ...limits }
      return await runProgram(program, [verb], input, options)
    } catch (error) {
      if (!(error instanceof ProgramFailure)) throw error
      throw this.#failed(host, error.message)
    }
  }

  #decode(output: string, host: string): Record<string, unknown> {
    try {
      const answer: unknown = JSON.parse(output)
      return { ...(typeof answer === 'object' ? answer : undefined) }
    } catch {
      // The engine's own words would quote the secret.
      throw this.#failed(host, 'gave an answer that is not JSON')
    }
  }

  get #name(): string {
    return `docker-credential-${this.suffix}`
  }

  #failed(host: string, what: string): ChartroomError {
    return new ChartroomError('unavailable', {
      message: `The credential helper ${this.#name}, asked about ${host}, ${what}.`,
      advice: `Run "${this.#name} list" in a terminal to see what is wrong with it.`,
      host,
    })
  }
}
