import { join } from 'node:path'
import { ChartroomError } from '../base/errors.ts'
import { factsOf, isWritable } from '../base/files.ts'
import { formatSize } from '../base/humanize.ts'
import type { OperationOptions } from '../base/progress.ts'
import type { HashedBlob } from './blobFiles.ts'
import type { Finding } from './finding.ts'
import { emptyIndex, type IndexFile } from './indexFile.ts'
import { Journal } from './journal.ts'
import type { Layout } from './layout.ts'
import { findLeftovers } from './leftovers.ts'
import { readMarker } from './marker.ts'
import { problemOfPlace } from './place.ts'
import { isSound, scanLayout, type LayoutScan, type NeededBlob } from './scan.ts'

export interface LayoutHealth {
  /** The index; empty where it cannot be read. */
  readonly index: IndexFile
  /** Number of blobs, and their bytes. */
  readonly blobs: number
  readonly bytes: number
  readonly findings: readonly Finding[]
}

/**
 * Reads a whole layout, every blob to its end, and says what is wrong with it and what is superfluous. Nothing is written.
 * An index that cannot be read is a finding like others, and the blobs are looked at all the same.
 */
export async function verifyLayout(layout: Layout, options: OperationOptions = {}): Promise<LayoutHealth> {
  const { root } = layout
  const problem = await problemOfPlace(root)
  if (problem !== undefined) return { index: emptyIndex, blobs: 0, bytes: 0, findings: [problem] }
  const scan = await scanLayout(layout, options)
  return {
    index: scan.index,
    blobs: scan.blobs.size,
    bytes: [...scan.blobs.values()].reduce((sum, { size }) => sum + size, 0),
    findings: [
      ...(await markerFindings(layout)),
      ...(await indexFindings(scan, root)),
      ...(await journalFindings(root)),
      ...neededFindings(scan),
      ...otherBlobFindings(scan),
      ...(await leftoverFindings(root)),
      ...(await placeFindings(root)),
    ],
  }
}

const repair = 'Repair the cache.'

async function placeFindings(root: string): Promise<Finding[]> {
  if ((await factsOf(root)) === undefined || (await isWritable(root))) return []
  return [{ kind: 'place', message: `${root} can be read, but not written.`, path: root, isFault: false }]
}

async function markerFindings({ root }: Layout): Promise<Finding[]> {
  const { path, version, isThere } = await readMarker(root)
  const say = (message: string, advice = repair): Finding[] => [
    { kind: 'oci-layout', message, advice, path, isFault: true },
  ]
  if (version?.startsWith('1.') === true) return []
  if (version !== undefined) {
    return say(
      `${root} is an image layout of version ${version}; Chartroom and Helm know version 1.0.0.`,
      'Use the program that wrote it.',
    )
  }
  if (isThere)
    return say(`${path} does not say of which version the layout is, so Helm 3.0-3.6 cannot read the cache.`)
  // The index is written after it, so before the first chart it may be missing.
  return (await factsOf(join(root, 'index.json'))) === undefined ? [] : say(`${path} is missing.`)
}

/** What keeps every change of the cache from being made. */
async function journalFindings(root: string): Promise<Finding[]> {
  try {
    await new Journal(root).read()
    return []
  } catch (error) {
    if (!(error instanceof ChartroomError)) throw error
    const { message, advice = repair, evidence } = error
    return [{ kind: 'journal', message, advice, path: evidence.path ?? root, isFault: true }]
  }
}

async function indexFindings(scan: LayoutScan, root: string): Promise<Finding[]> {
  const { index, indexError, blobs, unreadable } = scan
  if (indexError !== undefined) {
    const path = join(root, 'index.json')
    const isFault = await hasHadIndex(root)
    return [{ kind: 'index', message: indexError.message, advice: repair, path, isFault }]
  }
  const findings: Finding[] = []
  const counts = new Map<string, number>()
  for (const { name, descriptor, problem } of index.entries) {
    const about = { ...(name === undefined ? {} : { reference: name }), isFault: true }
    if (name !== undefined) counts.set(name, (counts.get(name) ?? 0) + 1)
    if (problem !== undefined) {
      findings.push({ kind: 'entry', message: problem, advice: 'Remove it, or repair the cache.', ...about })
    }
    if (descriptor === undefined) continue
    const { digest } = descriptor
    const why = isSound(blobs.get(digest)) ? unreadable.get(digest) : undefined
    if (why !== undefined) findings.push({ kind: 'entry', message: why, digest, ...about })
  }
  for (const [name, count] of counts) {
    if (count === 1) continue
    findings.push({
      kind: 'duplicate-name',
      message: `The index has ${count} entries with the name ${name}; only one of them counts.`,
      advice: repair,
      reference: name,
      isFault: true,
    })
  }
  return findings
}

/** Whether there is an index, or was one: who was killed while saving the first chart leaves blobs and no index. */
async function hasHadIndex(root: string): Promise<boolean> {
  if ((await factsOf(join(root, 'index.json'))) !== undefined) return true
  const [journal] = await Promise.allSettled([new Journal(root).read()])
  return journal.status === 'rejected' || (journal.value?.ours.size ?? 0) > 0
}

/** What is wrong with blobs that are needed, once for everything that needs them. */
function neededFindings({ needed, blobs, index }: LayoutScan): Finding[] {
  const names = new Set(index.entries.map(({ name }) => name))
  return [...needed.values()].flatMap((need) => {
    const wrong = problemOf(need, blobs.get(need.descriptor.digest))
    if (wrong === undefined) return []
    return need.neededBy.map((name): Finding => ({
      kind: wrong.kind,
      message: `${roles[need.role]} of ${name} ${wrong.what}.`,
      advice: 'Pull or save it again, or repair the cache.',
      ...(names.has(name) ? { reference: name } : {}),
      digest: need.descriptor.digest,
      isFault: true,
    }))
  })
}

const roles = {
  manifest: 'The manifest',
  config: 'The config',
  layer: 'The layer',
  subject: 'The subject',
} as const

function problemOf(
  { descriptor: { digest, size }, role }: NeededBlob,
  blob: HashedBlob | undefined,
): { readonly kind: 'missing-blob' | 'damaged-blob' | 'entry'; readonly what: string } | undefined {
  if (blob === undefined) {
    return role === 'subject' ? undefined : { kind: 'missing-blob', what: `is missing (${digest})` }
  }
  if (blob.actual === undefined) {
    return { kind: 'damaged-blob', what: `cannot be read: ${blob.problem ?? 'nobody says why'}` }
  }
  if (blob.actual === digest && blob.size === size) return undefined
  if (blob.actual === digest)
    return { kind: 'entry', what: `has ${blob.size} bytes, but is said to have ${size}` }
  const why =
    blob.size === size
      ? `hash to ${digest} but hashes to ${blob.actual}`
      : `have ${size} bytes but has ${blob.size}`
  return { kind: 'damaged-blob', what: `is damaged: it should ${why}` }
}

/** What nothing needs. Of an index that cannot be read nobody knows what it needs. */
function otherBlobFindings({ blobs, needed, strays, indexError }: LayoutScan): Finding[] {
  const others = [...blobs.values()].filter(({ digest }) => !needed.has(digest))
  const findings = others
    .filter((blob) => !isSound(blob))
    .map(({ digest, path, actual, problem }): Finding => ({
      kind: 'damaged-blob',
      message:
        actual === undefined
          ? `The blob ${digest} cannot be read: ${problem ?? 'nobody says why'}.`
          : `The blob ${digest} is damaged: it hashes to ${actual}.`,
      advice: repair,
      digest,
      path,
      isFault: true,
    }))
  const orphans = indexError === undefined ? others.filter(isSound) : []
  if (orphans.length > 0) {
    const size = formatSize(orphans.reduce((sum, blob) => sum + blob.size, 0))
    const message = orphans.length === 1 ? `One blob (${size}) is` : `${orphans.length} blobs (${size}) are`
    findings.push({
      kind: 'orphan',
      message: `${message} not needed by anything in the index.`,
      advice: 'Prune the cache to get the space back.',
      isFault: false,
    })
  }
  const stray = strays.map((path): Finding => ({
    kind: 'stray-file',
    message: `${path} is no blob: its name is not that of a digest.`,
    path,
    isFault: false,
  }))
  return [...findings, ...stray]
}

async function leftoverFindings(root: string): Promise<Finding[]> {
  const { files, lock, downloads, isBusy } = await findLeftovers(root)
  const findings: Finding[] = [...files, ...downloads].map((path) => ({
    kind: 'leftover',
    message: `${path} was left behind by a program that has ended.`,
    advice: repair,
    path,
    isFault: false,
  }))
  if (lock !== undefined) {
    findings.push({
      kind: 'leftover',
      message: `The lock ${lock.path} was left behind by process ${lock.pid} ("${lock.purpose}").`,
      advice: 'It does no harm: the next change of the cache takes it away.',
      path: lock.path,
      isFault: false,
    })
  }
  if (isBusy) {
    findings.push({
      kind: 'busy',
      message:
        'Helm seems to be writing to the cache just now, so what is said here may have changed already.',
      advice: 'Look again in a while.',
      path: join(root, 'ingest'),
      isFault: false,
    })
  }
  return findings
}
