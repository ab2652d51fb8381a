import { ChartCache, helmChartCache, surroundings, type OperationOptions } from '../core/index.ts'
import type { Globals } from './args.ts'
import type { Printer } from './print.ts'
import type { ProgressLine } from './progressLine.ts'

/** What a command works with that asks no registry. */
export interface LocalContext {
  readonly cache: ChartCache
  readonly globals: Globals
  readonly print: Printer
  /** Signal, progress and log for every operation of this run. */
  readonly options: OperationOptions & { readonly signal: AbortSignal }
}

export interface ContextParts {
  readonly globals: Globals
  readonly print: Printer
  readonly progress: ProgressLine
  readonly signal: AbortSignal
}

export function createLocalContext({ globals, print, progress, signal }: ContextParts): LocalContext {
  return {
    cache: new ChartCache(helmChartCache(surroundings())),
    globals,
    print,
    options: {
      signal,
      onProgress: (progressed) => {
        if (globals.progress) progress.show(progressed)
      },
      log: {
        debug: (line) => {
          print.debug(line)
        },
        info: (line) => {
          print.debug(line)
        },
        warn: (line) => {
          print.warning(line)
        },
      },
    },
  }
}
