import type { Logger } from '../../src/core/base/logger.ts'
import { searchText } from './planted/search.ts'

/** A logger that keeps its warnings. */
export function recordingLogger(): Logger & { readonly warnings: string[] } {
  const warnings: string[] = []
  const search = (line: string): void => {
    searchText(`a line of a log: ${line}`, line)
  }
  return {
    warnings,
    debug: search,
    info: search,
    warn: (line) => {
      search(line)
      warnings.push(line)
    },
  }
}
