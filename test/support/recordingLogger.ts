import type { Logger } from '../../src/core/logger.ts'

/** A logger that keeps its warnings. */
export function recordingLogger(): Logger & { readonly warnings: string[] } {
  const warnings: string[] = []
  const nothing = (): void => undefined
  return { warnings, debug: nothing, info: nothing, warn: (line) => warnings.push(line) }
}
