import type { Memento } from 'vscode'
import { parseReference } from '../../core/index.ts'

const key = 'repositories'

/** How many repositories of a registry are remembered. */
const capacity = 100

/**
 * The repositories of each registry that charts were pushed to, pulled from or copied to, because not every registry lists
 * what it has. Holds no secrets: the editor keeps it as plain text.
 */
export class RepositoryMemory {
  readonly #state: Memento

  constructor(state: Memento) {
    this.#state = state
  }

  /** Without the host, latest first. @param host in lower case */
  of(host: string): readonly string[] {
    return this.#all().get(host) ?? []
  }

  /** @param reference of a chart; one without a host is nothing to remember */
  async remember(reference: string): Promise<void> {
    const { host, repository } = parseReference(reference)
    const name = host.toLowerCase()
    if (name === '' || this.of(name)[0] === repository) return
    const others = this.of(name).filter((other) => other !== repository)
    const all = new Map(this.#all()).set(name, [repository, ...others].slice(0, capacity))
    await this.#state.update(key, Object.fromEntries(all))
  }

  #all(): ReadonlyMap<string, readonly string[]> {
    return new Map(Object.entries(this.#state.get<Record<string, readonly string[]>>(key, {})))
  }
}
