import { createHash } from 'node:crypto'
import { existsSync, statSync } from 'node:fs'
import { readdir, readFile } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { treeOf } from '../support/tree.ts'

/**
 * What must hold whatever happened to the processes that wrote. Nothing of the code under test is used here: the files are
 * read as any other program would read them.
 */
export interface CacheLook {
  /** Digests of manifests by name; an entry without a name stands under its digest. */
  readonly entries: ReadonlyMap<string, string>
  /** `name → digest` for every blob that an entry needs and that is not there. */
  readonly dangling: ReadonlySet<string>
  /** What can never be right: an index that is no index, a file in `blobs` that is not what its name says, a name twice. */
  readonly faults: readonly string[]
}

export async function lookAtCache(root: string): Promise<CacheLook> {
  const faults: string[] = []
  const blobs = await readBlobs(join(root, 'blobs'), faults)
  const entries = new Map<string, string>()
  const dangling = new Set<string>()
  for (const { digest, name } of await readEntries(join(root, 'index.json'), faults)) {
    if (entries.has(name)) faults.push(`${name} stands in the index twice`)
    entries.set(name, digest)
    for (const needed of [digest, ...neededBy(blobs.get(digest))]) {
      if (!blobs.has(needed)) dangling.add(`${name} → ${needed}`)
    }
  }
  const marker = join(root, 'oci-layout')
  if (existsSync(marker) && (await readFile(marker, 'utf8')) !== '{"imageLayoutVersion":"1.0.0"}') {
    faults.push('oci-layout is damaged')
  }
  return { entries, dangling, faults }
}

/**
 * What is wrong with a cache after one change of it that may have been cut short.
 * @param allowed the looks of which it may have any; a change that was acknowledged allows only the new one
 */
export function cacheViolations(look: CacheLook, allowed: readonly CacheLook[]): string[] {
  const before = allowed[0]?.dangling
  return [
    ...look.faults,
    ...[...look.dangling]
      .filter((blob) => before?.has(blob) !== true)
      .map((blob) => `lost reference: ${blob} is missing`),
    ...(allowed.some(({ entries }) => isSame(entries, look.entries))
      ? []
      : [`lost reference: the index is neither old nor new: ${[...look.entries.keys()].join(' ')}`]),
  ]
}

/** What a process has left in a cache that nobody needs any more. */
export async function leftoversIn(root: string): Promise<string[]> {
  const own = join(root, '.chartroom')
  const files = await namesIn(own)
  return [
    ...files.filter((name) => name.startsWith('lock')),
    ...(await namesIn(join(own, 'tmp'))).map((name) => join('tmp', name)),
    ...(await namesIn(join(own, 'leases'))).map((name) => join('leases', name)),
  ]
}

/**
 * What is wrong with an exported chart.
 * @param allowed trees as `treeAt` gives them, of which it must be one
 */
export async function exportViolations(
  target: string,
  allowed: readonly Readonly<Record<string, string>>[],
): Promise<string[]> {
  const there = JSON.stringify(await treeAt(target))
  return allowed.some((tree) => JSON.stringify(tree) === there)
    ? []
    : [`half export: ${basename(target)} is neither old nor new: ${there}`]
}

/** The hashes of the files at a path; none where nothing is there. */
export async function treeAt(path: string): Promise<Record<string, string>> {
  if (!existsSync(path)) return {}
  return statSync(path).isDirectory() ? await treeOf(path) : { '': await hashOf(path) }
}

async function hashOf(path: string): Promise<string> {
  return createHash('sha256')
    .update(await readFile(path))
    .digest('hex')
}

/** What an export or a login has left beside its target. */
export async function leftoversBeside(target: string): Promise<string[]> {
  return (await namesIn(dirname(target))).filter(
    (name) => name.includes('chartroom-') || name.endsWith('.lock'),
  )
}

/** What is wrong with a credentials file: it is whole, and it is the old one or the new one. */
export async function credentialViolations(path: string, allowed: readonly unknown[]): Promise<string[]> {
  const text = existsSync(path) ? await readFile(path, 'utf8') : undefined
  try {
    const there = JSON.stringify(text === undefined ? undefined : JSON.parse(text))
    return allowed.some((content) => JSON.stringify(content) === there)
      ? []
      : [`the credentials file is neither old nor new: ${there}`]
  } catch {
    return [`the credentials file is torn: ${text ?? ''}`]
  }
}

async function readBlobs(directory: string, faults: string[]): Promise<Map<string, Buffer>> {
  const blobs = new Map<string, Buffer>()
  for (const algorithm of await namesIn(directory)) {
    for (const hex of await namesIn(join(directory, algorithm))) {
      const content = await readFile(join(directory, algorithm, hex))
      const actual = createHash(algorithm).update(content).digest('hex')
      if (actual !== hex)
        faults.push(`corrupt blob: ${algorithm}/${hex} holds ${content.length} bytes of ${actual}`)
      blobs.set(`${algorithm}:${hex}`, content)
    }
  }
  return blobs
}

interface Entry {
  readonly digest: string
  readonly name: string
}

interface RawEntry {
  readonly digest: string
  readonly annotations?: Readonly<Record<string, string>>
}

async function readEntries(path: string, faults: string[]): Promise<Entry[]> {
  if (!existsSync(path)) return []
  const text = await readFile(path, 'utf8')
  try {
    const { manifests } = JSON.parse(text) as { manifests: readonly RawEntry[] }
    return manifests.map(({ digest, annotations = {} }) => {
      const name = annotations['org.opencontainers.image.ref.name'] ?? annotations['io.containerd.image.name']
      return { digest, name: name ?? digest }
    })
  } catch {
    faults.push(`index.json is torn: ${text.length} bytes`)
    return []
  }
}

function neededBy(manifest: Buffer | undefined): string[] {
  if (manifest === undefined) return []
  try {
    const { config, layers } = JSON.parse(manifest.toString()) as { config: RawEntry; layers: RawEntry[] }
    return [config, ...layers].map(({ digest }) => digest)
  } catch {
    // A manifest that is damaged is told as a blob.
    return []
  }
}

async function namesIn(directory: string): Promise<string[]> {
  return existsSync(directory) ? await readdir(directory) : []
}

function isSame(one: ReadonlyMap<string, string>, other: ReadonlyMap<string, string>): boolean {
  return one.size === other.size && [...one].every(([name, digest]) => other.get(name) === digest)
}
