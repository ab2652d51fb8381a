import {
  ChartCache,
  Credentials,
  helmChartCache,
  kindOf,
  parseHost,
  parseReference,
  Registries,
  surroundings,
  type HostOptions,
  type OperationOptions,
} from '../core/index.ts'
import type { Command, Globals } from './args.ts'
import type { Printer } from './print.ts'
import type { ProgressLine } from './progressLine.ts'

/** What a command works with. */
export interface Context {
  readonly cache: ChartCache
  readonly credentials: Credentials
  readonly registries: Registries
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

/** Introduces the parts of the core to each other, for one command. */
export function createContext(command: Command, { globals, print, progress, signal }: ContextParts): Context {
  const around = surroundings()
  const credentials = new Credentials({ around })
  return {
    cache: new ChartCache(helmChartCache(around)),
    credentials,
    registries: new Registries({
      findCredential: async (host, options) => await credentials.find(host, options),
      hosts: hostsOf(command, globals.host),
    }),
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

/** The flags about the connection are about every host that the command names, and about no other. */
function hostsOf(command: Command, options: HostOptions): Record<string, HostOptions> {
  return Object.fromEntries(namedHosts(command).map((host) => [host, options]))
}

function namedHosts(command: Command): string[] {
  switch (command.verb) {
    case 'registry login':
      return readable(() => parseHost(command.host))
    case 'chart push':
    case 'chart pull':
      return command.references.flatMap((reference) => readable(() => parseReference(reference).host))
    case 'chart show':
      return readable(() => parseReference(command.reference).host)
    case 'chart diff':
    case 'chart copy':
      return [command.from, command.to].flatMap((reference) => readable(() => parseReference(reference).host))
    case 'chart verify':
      return command.reference === undefined
        ? []
        : readable(() => parseReference(command.reference ?? '').host)
    case 'chart save':
    case 'chart list':
    case 'chart prune':
    case 'chart remove':
    case 'chart export':
    case 'registry logout':
    case 'registry serve':
    case 'help':
    case 'version':
      return []
  }
}

/** The host, or nothing where there is none to read: the command itself says what is wrong. */
function readable(host: () => string): string[] {
  try {
    return [host()]
  } catch (error) {
    if (kindOf(error) === 'invalid-reference') return []
    throw error
  }
}
