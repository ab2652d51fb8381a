import {
  certificatePlaces,
  Credentials,
  directAgents,
  environmentProxies,
  hostFile,
  kindOf,
  parseHost,
  parseReference,
  readHostFile,
  Registries,
  surroundings,
  type HostOptions,
  type HostSettings,
} from '../core/index.ts'
import type { Command } from './args.ts'
import { createLocalContext, type ContextParts, type LocalContext } from './localContext.ts'

/** What a command works with. */
export interface Context extends LocalContext {
  readonly credentials: Credentials
  readonly registries: Registries
  /** The format to save in, where somebody chose one: by a flag, or for the host that the command names. */
  readonly saveFormat: 'legacy' | 'modern' | undefined
  /** Repositories that are set for the host that the command names, without it. */
  readonly pinned: readonly string[]
  /** Ends what is kept open for another request. */
  readonly close: () => void
}

/** Introduces the parts of the core to each other, for one command. */
export async function createContext(command: Command, parts: ContextParts): Promise<Context> {
  const { globals, print } = parts
  const around = surroundings()
  const credentials = new Credentials({ around })
  const named = namedHosts(command)
  // What names no registry needs no settings of any.
  const settings: ReadonlyMap<string, HostSettings> =
    named.length === 0
      ? new Map()
      : await readHostFile(hostFile(around), around, (problem) => {
          print.warning(problem)
        })
  const first = settings.get(named[0]?.toLowerCase() ?? '')
  const hosts = hostsOf(settings, named, globals.host)
  for (const host of named.filter((name) => hosts[name.toLowerCase()]?.insecureSkipVerify === true)) {
    print.warning(`The certificate of ${host} is not verified: anybody could be answering in its place.`)
  }
  const proxies = environmentProxies()
  return {
    ...createLocalContext(parts),
    credentials,
    registries: new Registries({
      findCredential: async (host, options) => await credentials.find(host, options),
      hosts,
      certificates: certificatePlaces(around.env, around.platform),
      findAgent: proxies?.findAgent,
      directAgent: directAgents(),
      // That the file says so is not enough: it may have been written for a registry that wants no login.
      mayLogInUnverified: (_host, registry) =>
        Promise.resolve(
          globals.host.insecureSkipVerify === true && named.some((name) => name.toLowerCase() === registry),
        ),
    }),
    saveFormat: globals.format ?? first?.manifestFormat,
    pinned: first?.pinned ?? [],
    close: () => {
      proxies?.close()
    },
  }
}

/**
 * What the file says of each host. The flags about the connection win over it, for every host that the command names,
 * and for no other.
 */
function hostsOf(
  settings: ReadonlyMap<string, HostSettings>,
  named: readonly string[],
  flags: HostOptions,
): Record<string, HostOptions> {
  const hosts = Object.fromEntries([...settings].map(([host, { options }]) => [host, options]))
  for (const host of named.map((name) => name.toLowerCase())) {
    const trustedRealms = [...(hosts[host]?.trustedRealms ?? []), ...(flags.trustedRealms ?? [])]
    hosts[host] = { ...hosts[host], ...flags, ...(trustedRealms.length === 0 ? {} : { trustedRealms }) }
  }
  return hosts
}

/** The hosts that a command names, for which somebody may have set something. */
function namedHosts(command: Command): string[] {
  switch (command.verb) {
    case 'registry login':
    case 'registry diagnose':
      return readable(() => parseHost(command.host))
    case 'registry list':
      return readable(() => parseHost(command.place))
    case 'registry delete':
      return readable(() => parseReference(command.reference).host)
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
      return command.reference === undefined
        ? []
        : readable(() => parseReference(command.reference ?? '').host)
    case 'chart list':
    case 'chart prune':
    case 'chart remove':
    case 'chart export':
    case 'registry logout':
    case 'registry serve':
    case 'completion':
    case 'complete':
    case 'help':
    case 'version':
      return []
  }
}

/** The host, or nothing where there is none to read: the command itself says what is wrong. */
function readable(host: () => string): string[] {
  try {
    return [host()].filter(Boolean)
  } catch (error) {
    if (kindOf(error) === 'invalid-reference') return []
    throw error
  }
}
