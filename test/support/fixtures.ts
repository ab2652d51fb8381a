import { join } from 'node:path'

const root = join(import.meta.dirname, '..', 'fixtures')

/** The path of a fixture recorded from the real Helm, for example `fixture('charts', 'guide-mychart')`. */
export function fixture(...parts: string[]): string {
  return join(root, ...parts)
}
