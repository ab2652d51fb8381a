import { messageOf } from '../base/errors.ts'
import type { OperationOptions } from '../base/progress.ts'
import { UnreadableConfig, type ConfigDocument } from './configDocument.ts'
import { CredentialHelper, type HelperSearch } from './credentialHelper.ts'
import { hostIn, keyOf } from './hostKey.ts'
import type { ListedLogin } from './store.ts'

/** Helpers that know exactly the logins that were given to them. Others make logins when they are asked for one. */
const keychains: readonly string[] = ['desktop', 'osxkeychain', 'pass', 'secretservice', 'wincred']

/**
 * The hosts that a document, or a credential helper that it names, has a login for.
 *
 * A helper that cannot tell what it keeps, or fails to, is taken at the document's word: a host that is assigned to it
 * counts. That it failed is a line in the log.
 *
 * @param name of the document, for people
 */
export async function listLogins(
  document: ConfigDocument,
  name: string,
  search: HelperSearch,
  options: OperationOptions,
): Promise<readonly ListedLogin[]> {
  const kept = await keptByHelpers(document, name, search, options)
  const byDefault = document.defaultHelper === undefined ? undefined : kept.get(document.defaultHelper)
  const hosts = new Set([...document.hosts, ...(byDefault?.keys() ?? [])])
  return [...hosts].sort().flatMap((host) => {
    const suffix = document.helperOf(host)
    const users = suffix === undefined ? undefined : kept.get(suffix)
    if (suffix !== undefined && (users === undefined || users.has(host))) {
      const username = users?.get(host)
      return { host, ...(username === undefined ? {} : { username }), origin: `${name} via ${suffix}` }
    }
    const username = userOf(document, host, name, options)
    return username === undefined ? [] : { host, username }
  })
}

/** User names by host, by suffix of the helper; without the helpers that cannot tell. */
async function keptByHelpers(
  document: ConfigDocument,
  name: string,
  search: HelperSearch,
  options: OperationOptions,
): Promise<ReadonlyMap<string, ReadonlyMap<string, string>>> {
  const own = document.hosts.map((host) => document.helperOf(host)).filter((suffix) => suffix !== undefined)
  const askable = own.filter((suffix) => keychains.includes(suffix))
  const suffixes = new Set(
    document.defaultHelper === undefined ? askable : [document.defaultHelper, ...askable],
  )
  const kept = new Map<string, ReadonlyMap<string, string>>()
  await Promise.all(
    [...suffixes].map(async (suffix) => {
      try {
        kept.set(suffix, byHost(await new CredentialHelper(suffix, search).list(options), document))
      } catch (error) {
        options.signal?.throwIfAborted()
        options.log?.warn(`${messageOf(error)} It is configured in ${name}.`)
      }
    }),
  )
  return kept
}

/** Only keys under which a login for the host would be looked up; Docker Desktop keeps its tokens under keys of its own. */
function byHost(users: ReadonlyMap<string, string>, document: ConfigDocument): ReadonlyMap<string, string> {
  const found = new Map<string, string>()
  for (const [key, user] of users) {
    const host = hostIn(key)
    if (host === undefined || (key !== keyOf(host) && !document.keysOf(host).includes(key))) continue
    found.set(host, user === '<token>' ? '' : user)
  }
  return found
}

/** The user of the login in the document itself, empty where it is a token; `undefined` where there is none. */
function userOf(
  document: ConfigDocument,
  host: string,
  name: string,
  { log }: OperationOptions,
): string | undefined {
  try {
    return document.loginOf(host)?.username
  } catch (error) {
    if (!(error instanceof UnreadableConfig)) throw error
    log?.warn(`The login for ${host} in ${name} is passed over: ${error.message}.`)
    return undefined
  }
}
