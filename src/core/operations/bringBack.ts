import type { IndexEntry } from '../layout/indexFile.ts'
import type { Layout } from '../layout/layout.ts'
import type { Trash } from '../layout/trash.ts'
import type { Digest } from '../oci/digest.ts'
import type { OperationOptions } from '../base/progress.ts'
import type { Registries } from '../registry/registries.ts'
import { ChartroomError, kindOf, messageOf, type ErrorKind } from '../base/errors.ts'
import { withLock } from '../layout/lock.ts'
import { NeedReader, type Need } from '../layout/needs.ts'
import { parseReference, type Reference } from '../oci/reference.ts'

export interface BroughtBack {
  /** A sentence about each blob that is there again. */
  readonly done: readonly string[]
  /** Why others are not, as sentences. */
  readonly reasons: ReadonlyMap<Digest, string>
}

interface Sources {
  readonly layout: Layout
  readonly trash: Trash
  readonly registries: Registries | undefined
}

/**
 * Brings back blobs of entries that are missing or damaged: from the trash of the layout, else from the registry that the entry's
 * name says. Only what is needed is asked for, by digest, and verified. A manifest that is there again shows what else is
 * missing. A registry that cannot be reached is asked once.
 */
export async function bringBack(
  entries: readonly IndexEntry[],
  sources: Sources,
  options: OperationOptions,
): Promise<BroughtBack> {
  const done: string[] = []
  const reasons = new Map<Digest, string>()
  const unreachable = new Map<string, string>()
  const tried = new Set<Digest>()
  for (const entry of entries) {
    for (let isNews = true; isNews;) {
      isNews = false
      const { needs } = await new NeedReader(sources.layout).ofEntry(entry, options)
      for (const need of needs) {
        const { digest } = need.descriptor
        if (need.role === 'subject' || tried.has(digest)) continue
        tried.add(digest)
        if (await isThere(need, sources.layout, options)) continue
        const found = await bringBackOne(need, entry.name, sources, unreachable, options)
        if ('reason' in found) reasons.set(digest, found.reason)
        else {
          done.push(found.done)
          isNews = true
        }
      }
    }
  }
  return { done, reasons }
}

/** Whether the blob hashes to its digest. That its manifest has another size for it is not its fault. */
async function isThere({ descriptor }: Need, layout: Layout, options: OperationOptions): Promise<boolean> {
  const facts = await layout.factsOf(descriptor)
  return facts !== undefined && (await layout.exists({ ...descriptor, size: facts.size }, options))
}

async function bringBackOne(
  { descriptor, role }: Need,
  name: string | undefined,
  { layout, trash, registries }: Sources,
  unreachable: Map<string, string>,
  options: OperationOptions,
): Promise<{ readonly done: string } | { readonly reason: string }> {
  const { digest } = descriptor
  const what = `the ${role} of ${name ?? 'an entry without a name'}`
  const isBack = await withLock(
    layout.root,
    'restore from the trash',
    async () => await trash.restore(digest),
    options,
  )
  if (isBack) return { done: `Restored ${what} from the trash (${digest}).` }
  const reference = referenceIn(name)
  if (registries === undefined || reference === undefined)
    return { reason: 'No registry is known to have it.' }
  const known = unreachable.get(reference.host)
  if (known !== undefined) return { reason: known }
  try {
    const repository = registries.repository(reference)
    if (role === 'manifest') await layout.storeManifest(await repository.resolve(digest, options), options)
    else await layout.push(descriptor, async () => await repository.fetch(descriptor, options), options)
    return { done: `Fetched ${what} from ${reference.host} again (${digest}).` }
  } catch (error) {
    options.signal?.throwIfAborted()
    if (!(error instanceof ChartroomError)) throw error
    const reason = `It could not be fetched: ${messageOf(error)}`
    if (ofHost.has(kindOf(error) ?? '')) unreachable.set(reference.host, reason)
    return { reason }
  }
}

/** What a registry says about itself, and not about one blob. */
const ofHost: ReadonlySet<string> = new Set<ErrorKind>([
  'unauthorized',
  'unavailable',
  'tls',
  'proxy',
  'refused',
  'rate-limited',
])

/** The reference that a name in the index is, where it names a registry. */
function referenceIn(name = ''): Reference | undefined {
  try {
    const reference = parseReference(name)
    return reference.host === '' ? undefined : reference
  } catch (error) {
    if (kindOf(error) === 'invalid-reference') return undefined
    throw error
  }
}
