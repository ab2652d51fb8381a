import type { Memento } from 'vscode'

const key = 'keyring'

/** The key ring that signatures were checked against last. It holds public keys: its path is no secret. */
export class KeyringMemory {
  readonly #state: Memento

  constructor(state: Memento) {
    this.#state = state
  }

  get path(): string | undefined {
    return this.#state.get<string>(key)
  }

  async remember(path: string): Promise<void> {
    await this.#state.update(key, path)
  }
}
