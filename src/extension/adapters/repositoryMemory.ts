import type { Memento } from 'vscode'
import { parseReference } from '../../core/index.ts'
import { LatestFirst } from './latestFirst.ts'

/** How many repositories of a registry are remembered. */
const capacity = 100

/**
 * The repositories of each registry that charts were pushed to, pulled from or copied to, because not every registry lists
 * what it has.
 */
export class RepositoryMemory {
  readonly #lists: LatestFirst

  constructor(state: Memento) {
    this.#lists = new LatestFirst(state, 'repositories', capacity)
  }

  /** Without the host, latest first. @param host in lower case */
  of(host: string): readonly string[] {
    return this.#lists.of(host)
  }

  /** @param reference of a chart; one without a host is nothing to remember */
  async remember(reference: string): Promise<void> {
    const { host, repository } = parseReference(reference)
    if (host !== '') await this.#lists.remember(host.toLowerCase(), repository)
  }
}
