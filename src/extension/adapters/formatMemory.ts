import type { Memento } from 'vscode'
import type { ManifestFormat } from './settings.ts'

const key = 'formats'

/** Who reads the charts of a registry, as people answered, host by host. Holds no secrets: the editor keeps it as plain text. */
export class FormatMemory {
  readonly #state: Memento

  constructor(state: Memento) {
    this.#state = state
  }

  of(host: string): ManifestFormat | undefined {
    return this.#all().get(host)
  }

  async remember(host: string, format: ManifestFormat): Promise<void> {
    await this.#state.update(key, Object.fromEntries(new Map(this.#all()).set(host, format)))
  }

  #all(): ReadonlyMap<string, ManifestFormat> {
    return new Map(Object.entries(this.#state.get<Record<string, ManifestFormat>>(key, {})))
  }
}
