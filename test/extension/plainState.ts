import type { Memento } from 'vscode'

/** A memory that keeps everything as JSON, as the editor does. */
export function plainState(): Memento {
  const values = new Map<string, string>()
  return {
    keys: () => [...values.keys()],
    get: (key: string, otherwise?: unknown) => {
      const value = values.get(key)
      return value === undefined ? otherwise : (JSON.parse(value) as unknown)
    },
    update: (key: string, value: unknown) => {
      values.set(key, JSON.stringify(value))
      return Promise.resolve()
    },
  } as Memento
}
