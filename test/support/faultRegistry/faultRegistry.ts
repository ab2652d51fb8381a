import { behave } from './behave.ts'
import { operationOf, type Answer, type Asked, type Exchange, type Operation } from './exchange.ts'
import { Gate, type Account, type Admission } from './gate.ts'
import { give, ListeningServer } from './listener.ts'
import { distribution3, type Manners } from './manners.ts'
import { Store } from './store.ts'
import { planted } from '../planted/secrets.ts'

export interface FaultRegistrySettings {
  readonly manners?: Manners
  readonly admission?: Admission
  readonly account?: Account
  /**
   * Has the word about every request that the registry would grant.
   * @returns `false` to have it answered as it should be
   */
  readonly fault?: (exchange: Exchange) => boolean
}

/** What was asked, in the order of the requests. */
export interface Heard extends Asked {
  readonly operation: Operation | undefined
}

/**
 * A registry in memory, with the manners of a real one, that can break whatever it sends. Beside it runs a stranger: another
 * server with the same content, that wants no login and writes down what it is sent.
 */
export class FaultRegistry {
  readonly store = new Store()
  readonly heard: Heard[] = []
  readonly heardByStranger: Asked[] = []
  readonly manners: Manners
  readonly gate: Gate
  readonly #settings: FaultRegistrySettings
  readonly #server = new ListeningServer((asked, socket) => {
    const operation = operationOf(asked)
    this.heard.push({ ...asked, operation })
    const refused = this.gate.refuse(asked)
    const answer = (): Answer =>
      operation === 'token'
        ? this.gate.token(asked)
        : this.#offering(behave(this.store, this.manners, asked), asked)
    if (refused === undefined && operation !== undefined) {
      const refuse = (error?: string): Answer => {
        this.gate.revoke()
        return this.gate.unauthorized(asked, error)
      }
      const exchange = { operation, asked, socket, stranger: this.stranger, answer, refuse }
      if (this.#settings.fault?.(exchange) === true) return
    }
    give(refused ?? answer(), asked.method, socket)
  })
  readonly #stranger = new ListeningServer((asked, socket) => {
    this.heardByStranger.push(asked)
    const wantsLogin = asked.url.pathname.startsWith('/wants/')
    give(
      wantsLogin ? this.gate.unauthorized(asked) : behave(this.store, this.manners, asked),
      asked.method,
      socket,
    )
  })
  #port = 0
  #strangersPort = 0

  private constructor(settings: FaultRegistrySettings) {
    this.#settings = settings
    this.manners = settings.manners ?? distribution3
    const account = settings.account ?? { username: 'alice', password: planted.password }
    this.gate = new Gate(settings.admission ?? 'everybody', account, this.manners)
  }

  static async start(settings: FaultRegistrySettings = {}): Promise<FaultRegistry> {
    const registry = new FaultRegistry(settings)
    registry.#port = await registry.#server.listen()
    registry.#strangersPort = await registry.#stranger.listen()
    return registry
  }

  /** `127.0.0.1:PORT` */
  get host(): string {
    return `127.0.0.1:${this.#port}`
  }

  /** Another port under another name. */
  get stranger(): URL {
    return new URL(`http://localhost:${this.#strangersPort}`)
  }

  get ports(): number[] {
    return [this.#port, this.#strangersPort]
  }

  /** How many connections are open, at the registry and at the stranger. */
  get openConnections(): number {
    return this.#server.open + this.#stranger.open
  }

  /** Waits until all connections have ended. */
  async idle(): Promise<void> {
    await Promise.all([this.#server.idle(), this.#stranger.idle()])
  }

  async close(): Promise<void> {
    await Promise.all([this.#server.close(), this.#stranger.close()])
  }

  #offering(answer: Answer, asked: Asked): Answer {
    if (!this.manners.alwaysOffers) return answer
    return { ...answer, headers: { 'www-authenticate': this.gate.challenge(asked), ...answer.headers } }
  }
}
