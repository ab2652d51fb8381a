import { join } from 'node:path'
import { ChartroomError, messageOf } from '../base/errors.ts'
import { isObject, jsonObject } from '../base/jsonObject.ts'
import { parseDescriptor, type Descriptor } from '../oci/descriptor.ts'

/**
 * The index of a layout, with everything that other programs wrote into it: unknown fields, foreign entries and their
 * order are carried along field for field.
 *
 * @see https://github.com/opencontainers/image-spec/blob/main/image-layout.md#indexjson-file
 */
export interface IndexFile {
  readonly entries: readonly IndexEntry[]
  /** The fields beside `manifests`, as they were read. */
  readonly fields: Readonly<Record<string, unknown>>
}

export interface IndexEntry {
  /** The entry as it stands in the file. */
  readonly raw: unknown
  /** Missing where the entry cannot be used; `problem` then says why. */
  readonly descriptor?: Descriptor | undefined
  /** The annotation `org.opencontainers.image.ref.name`, else `io.containerd.image.name`; matched byte for byte. */
  readonly name?: string
  /** Where the name stands. */
  readonly annotation?: NameAnnotation
  /** A sentence that says what is wrong with the entry. */
  readonly problem?: string | undefined
}

/** The annotation that makes an entry visible to Helm 3.0-3.6, oras and skopeo. */
export const refNameAnnotation = 'org.opencontainers.image.ref.name'

/** The annotation for full image names that containerd, nerdctl and BuildKit use. */
export const containerdNameAnnotation = 'io.containerd.image.name'

const nameAnnotations = [refNameAnnotation, containerdNameAnnotation] as const

export type NameAnnotation = (typeof nameAnnotations)[number]

export const emptyIndex: IndexFile = { entries: [], fields: { schemaVersion: 2 } }

/** Bytes; a larger index is refused. */
export const maxIndexSize = 64 * 1024 * 1024

/**
 * Reads an index file as tolerantly as Helm 3.6 does: a missing or null `manifests` is an empty list, and what follows
 * the document is ignored. A byte order mark, an array and `null` are errors.
 *
 * @param path names the file in errors
 * @throws ChartroomError `store-corrupt`
 */
export function decodeIndex(bytes: Buffer, path: string): IndexFile {
  const { manifests, fields } = storedIndex(bytes, path)
  return { entries: manifests.map(entryOf), fields }
}

/**
 * The names in an index file, in its order: what a tree shows first of thousands of entries, without making anything of
 * these.
 *
 * @throws ChartroomError `store-corrupt`
 */
export function decodeNames(bytes: Buffer, path: string): string[] {
  return storedIndex(bytes, path).manifests.flatMap((raw) => nameIn(raw)?.name ?? [])
}

/** An index as it stands in its file. */
interface StoredIndex {
  readonly manifests: readonly unknown[]
  readonly fields: IndexFile['fields']
}

function storedIndex(bytes: Buffer, path: string): StoredIndex {
  const document = firstDocument(bytes.toString('utf8'), path)
  if (!isObject(document)) throw unreadable(path, 'it is not a JSON object')
  const { manifests, ...fields } = document
  if (manifests === undefined || manifests === null) return { manifests: [], fields }
  if (!Array.isArray(manifests)) throw unreadable(path, 'its "manifests" is not a list')
  return { manifests, fields }
}

/**
 * Writes an index file as Helm 3.0-3.6 does: compact, the known fields first and in Helm's order.
 *
 * @param path names the file in errors
 * @throws ChartroomError `store-corrupt` where a field of another program is nested too deeply to be written again
 */
export function encodeIndex({ entries, fields }: IndexFile, path: string): Buffer {
  const { schemaVersion = 2, ...others } = fields
  const manifests = entries.map(({ raw }) => (isObject(raw) ? inOrder(raw) : raw))
  try {
    return Buffer.from(JSON.stringify({ schemaVersion, manifests, ...others }))
  } catch (cause) {
    // Parsing takes no stack, writing does.
    if (cause instanceof RangeError) throw unreadable(path, 'its fields are nested too deeply', cause)
    throw cause
  }
}

/** An entry for a manifest, named or not. */
export function entryFor(
  { mediaType, digest, size }: Descriptor,
  name?: string,
  annotation: NameAnnotation = refNameAnnotation,
): IndexEntry {
  const annotations = name === undefined ? {} : { annotations: { [annotation]: name } }
  return entryOf({ mediaType, digest, size, ...annotations })
}

/** The index with an entry in the place of the first one that had its name, or at the end. */
export function withEntry(index: IndexFile, entry: IndexEntry): IndexFile {
  const isNamed = entry.name !== undefined
  const place = isNamed ? index.entries.findIndex(({ name }) => name === entry.name) : -1
  const others = (entries: readonly IndexEntry[]): IndexEntry[] =>
    entries.filter(({ name }) => name !== entry.name)
  const before = place < 0 ? index.entries : index.entries.slice(0, place)
  const after = place < 0 ? [] : index.entries.slice(place)
  return { ...index, entries: [...before, entry, ...others(after)] }
}

/** The index without any entry of that name; the others keep their order. The same index where there is none. */
export function withoutName(index: IndexFile, name: string): IndexFile {
  const entries = index.entries.filter((entry) => entry.name !== name)
  return entries.length === index.entries.length ? index : { ...index, entries }
}

/**
 * The entry that each name means. An entry that Helm 3.0-3.6 sees goes before one that it does not; of several the last
 * one counts, as in Helm.
 */
export function namedEntries({ entries }: Pick<IndexFile, 'entries'>): ReadonlyMap<string, IndexEntry> {
  const named = new Map<string, IndexEntry>()
  for (const entry of entries) {
    if (entry.name === undefined) continue
    const isHidden = entry.annotation !== refNameAnnotation
    const known = named.get(entry.name)
    if (known?.annotation !== refNameAnnotation || !isHidden) named.set(entry.name, entry)
  }
  return named
}

/** The entry that a name means. */
export function findEntry(index: IndexFile, name: string): IndexEntry | undefined {
  return namedEntries({ entries: index.entries.filter((entry) => entry.name === name) }).get(name)
}

/** An entry as it stands in an index file. */
export function entryOf(raw: unknown): IndexEntry {
  return new StoredEntry(raw)
}

/** Looks at a descriptor when somebody asks for it: of thousands of entries, a tree shows the names first. */
class StoredEntry implements IndexEntry {
  readonly raw: unknown
  // Set where there is a name, and there only.
  declare readonly name?: string
  declare readonly annotation?: NameAnnotation
  #parsed: { readonly descriptor?: Descriptor; readonly problem?: string } | undefined

  constructor(raw: unknown) {
    this.raw = raw
    const named = nameIn(raw)
    if (named === undefined) return
    this.name = named.name
    this.annotation = named.annotation
  }

  get descriptor(): Descriptor | undefined {
    return this.#parse().descriptor
  }

  get problem(): string | undefined {
    return this.#parse().problem
  }

  #parse(): { readonly descriptor?: Descriptor; readonly problem?: string } {
    if (this.#parsed !== undefined) return this.#parsed
    try {
      this.#parsed = { descriptor: parseDescriptor(this.raw, this.name ?? 'an entry without a name') }
    } catch (error) {
      this.#parsed = { problem: messageOf(error) }
    }
    return this.#parsed
  }
}

/** The name of an entry as it stands in the file, and where it has it. */
function nameIn(raw: unknown): { readonly name: string; readonly annotation: NameAnnotation } | undefined {
  const annotations = isObject(raw) ? raw['annotations'] : undefined
  if (!isObject(annotations)) return undefined
  for (const annotation of nameAnnotations) {
    const name = annotations[annotation]
    if (typeof name === 'string' && name !== '') return { name, annotation }
  }
  return undefined
}

/** What an entry calls the digest of its manifest, which need not be one. */
export function digestIn(raw: unknown): string | undefined {
  const digest = isObject(raw) ? raw['digest'] : undefined
  return typeof digest === 'string' ? digest : undefined
}

function inOrder({
  mediaType,
  digest,
  size,
  urls,
  annotations,
  ...others
}: Record<string, unknown>): unknown {
  return { mediaType, digest, size, urls, annotations, ...others }
}

/** The first JSON document of a text. What follows it is left over from a longer file, and every reader ignores it. */
function firstDocument(text: string, path: string): unknown {
  try {
    return JSON.parse(text)
  } catch (cause) {
    const end = endOfObject(text)
    if (end === undefined) throw unreadable(path, text === '' ? 'it is empty' : messageOf(cause), cause)
    return parsed(text.slice(0, end), path)
  }
}

function parsed(text: string, path: string): unknown {
  try {
    return JSON.parse(text)
  } catch (cause) {
    throw unreadable(path, messageOf(cause), cause)
  }
}

/**
 * What can still be read of a damaged index: the entries up to where it breaks off or makes no sense any more.
 * @returns the entries as they stand there
 */
export function salvageEntries(bytes: Buffer): unknown[] {
  const text = bytes.toString('utf8')
  const entries: unknown[] = []
  let position = text.indexOf('{', Math.max(0, text.indexOf('"manifests"')))
  while (position >= 0) {
    const length = endOfObject(text.slice(position))
    if (length === undefined) break
    const entry = jsonObject(text.slice(position, position + length))
    if (typeof entry?.['digest'] === 'string') entries.push(entry)
    position = text.indexOf('{', position + length)
  }
  return entries
}

/** Where the object that a text starts with ends; `undefined` where it does not end. */
function endOfObject(text: string): number | undefined {
  let depth = 0
  let inString = false
  for (let position = 0; position < text.length; position += 1) {
    const character = text[position]
    if (character === '"') inString = !inString
    else if (inString && character === '\\') position += 1
    else if (!inString && character === '{') depth += 1
    else if (!inString && character === '}') depth -= 1
    if (character === '}' && !inString && depth === 0) return position + 1
  }
  return undefined
}

/** What is wrong where there are blobs and no index. */
export function indexMissing(root: string): ChartroomError {
  const path = join(root, 'index.json')
  return new ChartroomError('store-corrupt', {
    message: `${path} is missing, so nobody knows which blobs beside it are needed.`,
    advice: 'Repair the cache.',
    path,
  })
}

function unreadable(path: string, why: string, cause?: unknown): ChartroomError {
  return new ChartroomError('store-corrupt', {
    message: `The index ${path} is damaged: ${why}. It was left as it is.`,
    advice: 'Repair the file or move it away; the charts themselves lie beside it and are not affected.',
    path,
    cause,
  })
}
