import { readFile } from 'node:fs/promises'
import { describe, expect, it } from 'vitest'
import {
  containerdNameAnnotation,
  decodeIndex,
  emptyIndex,
  encodeIndex,
  entryFor,
  findEntry,
  withEntry,
  withoutName,
  type IndexFile,
} from '../../../src/core/layout/indexFile.ts'
import type { Descriptor } from '../../../src/core/oci/descriptor.ts'
import { digestOf } from '../../../src/core/oci/digest.ts'
import { fixture } from '../../support/fixtures.ts'

describe('reading an index file', () => {
  it.each([
    ['manifests is missing', '{"schemaVersion":2}'],
    ['manifests is null', '{"schemaVersion":2,"manifests":null}'],
  ])('finds it empty where %s', (_, text) => {
    expect(decode(text).entries).toEqual([])
  })

  it.each([
    ['is an empty file', ''],
    ['is null', 'null'],
    ['is an array', '[]'],
    ['is an array followed by something', '[]{}'],
    ['starts with a byte order mark', '\uFEFF{"schemaVersion":2,"manifests":[]}'],
    ['ends too soon', '{"schemaVersion":2,"manifests":[{"mediaType":"a'],
    ['has a map in place of the list', '{"manifests":{}}'],
  ])('is an error that names the file where it %s', (_, text) => {
    expect(() => decode(text)).toThrow(
      expect.objectContaining({
        kind: 'store-corrupt',
        message: expect.stringMatching(
          /^The index \/x\/index\.json is damaged: .+ It was left as it is\.$/,
        ) as string,
      }),
    )
  })

  it.each(['garbage', '}', '{"manifests":[]}', '"', '\n\n'])(
    'ignores what follows the document: %j',
    (garbage) => {
      const text = '{"schemaVersion":2,"manifests":[],"note":"a } and a \\" in a text"}'

      expect(encodeIndex(decode(text + garbage), '/x/index.json').toString()).toBe(
        '{"schemaVersion":2,"manifests":[],"note":"a } and a \\" in a text"}',
      )
    },
  )

  it('tells at once that a text of megabytes without an end is damaged', () => {
    const text = `{"a${'\\"'.repeat(1_000_000)}`
    const before = performance.now()

    expect(() => decode(text)).toThrow(expect.objectContaining({ kind: 'store-corrupt' }))

    expect(performance.now() - before).toBeLessThan(1000)
  })

  it('keeps an entry that cannot be used, and says why it cannot', () => {
    const index = decode('{"manifests":[null,7,{"mediaType":"a","digest":"sha256:../../x","size":1}]}')

    expect(index.entries.map(({ problem }) => problem)).toEqual([
      'The descriptor of an entry without a name is not an object.',
      'The descriptor of an entry without a name is not an object.',
      '"sha256:../../x" is not a sha256 or sha512 digest.',
    ])
    expect(index.entries.every(({ descriptor }) => descriptor === undefined)).toBe(true)
    expect(encodeIndex(index, '/x/index.json').toString()).toContain('"manifests":[null,7,{"mediaType":"a"')
  })

  it('finds a name although another annotation is no text', () => {
    const annotations = { 'org.opencontainers.image.ref.name': 'a:1', other: 7 }
    const index = decode(JSON.stringify({ manifests: [{ ...one, annotations }] }))

    expect(index.entries[0]?.name).toBe('a:1')
  })
})

describe('writing an index file', () => {
  it('gives the bytes that Helm wrote', async () => {
    const bytes = await readFile(fixture('cache', 'helm-3.6.3', 'base', 'registry', 'cache', 'index.json'))

    expect(encodeIndex(decodeIndex(bytes, 'index.json'), 'index.json')).toEqual(bytes)
  })

  it('is compact and in the order of Helm, whatever the order was', async () => {
    const pretty = fixture('cache', 'helm-3.6.3', 'pretty-index', 'registry', 'cache', 'index.json')
    const plain = fixture('cache', 'helm-3.6.3', 'index-version-3', 'registry', 'cache', 'index.json')

    const written = encodeIndex(decodeIndex(await readFile(pretty), 'index.json'), '/x/index.json').toString()

    expect(written).toBe((await readFile(plain, 'utf8')).replace('"schemaVersion":3', '"schemaVersion":2'))
  })

  it('keeps every field that it does not know, at the top and in entries', async () => {
    const bytes = await readFile(
      fixture('cache', 'helm-3.6.3', 'unknown-keys', 'registry', 'cache', 'index.json'),
    )
    const before = decodeIndex(bytes, 'index.json')

    const changed = withoutName(withEntry(before, entryFor(one, 'new:1')), 'new:1')

    expect(JSON.parse(encodeIndex(changed, '/x/index.json').toString())).toEqual(JSON.parse(bytes.toString()))
  })

  it('keeps a field called __proto__', () => {
    const text =
      '{"schemaVersion":2,"manifests":[{"mediaType":"a","digest":"x","size":1,"__proto__":{"a":1}}]}'

    expect(encodeIndex(decode(text), '/x/index.json').toString()).toBe(text)
  })

  it('refuses fields that are nested more deeply than can be written', () => {
    const depth = 100_000
    const index = decode(`{"manifests":[],"x":${'['.repeat(depth)}${']'.repeat(depth)}}`)

    expect(() => encodeIndex(index, '/x/index.json')).toThrow(
      expect.objectContaining({
        kind: 'store-corrupt',
        message:
          'The index /x/index.json is damaged: its fields are nested too deeply. It was left as it is.',
      }),
    )
  })

  it('writes an empty list after the last entry has gone', () => {
    const index = withoutName(withEntry(emptyIndex, entryFor(one, 'a:1')), 'a:1')

    expect(encodeIndex(index, '/x/index.json').toString()).toBe('{"schemaVersion":2,"manifests":[]}')
  })
})

describe('changing an index', () => {
  it('replaces the first entry of a name where it stands and drops its duplicates', () => {
    const index = indexOf(['a:1', one], ['b:1', one], ['a:1', two], ['c:1', one])

    expect(names(withEntry(index, entryFor(two, 'a:1')))).toEqual([
      ['a:1', two.digest],
      ['b:1', one.digest],
      ['c:1', one.digest],
    ])
  })

  it('replaces an entry that carries the name in the other annotation', () => {
    const hidden = withEntry(emptyIndex, entryFor(one, 'a:1', containerdNameAnnotation))

    expect(names(withEntry(hidden, entryFor(two, 'a:1')))).toEqual([['a:1', two.digest]])
  })

  it('adds entries without a name beside each other', () => {
    const index = withEntry(withEntry(emptyIndex, entryFor(one)), entryFor(two))

    expect(names(index)).toEqual([
      [undefined, one.digest],
      [undefined, two.digest],
    ])
  })

  it('removes all entries of a name and keeps the order of the others', () => {
    const index = indexOf(['a:1', one], ['b:1', one], ['a:1', two], ['c:1', one])

    expect(names(withoutName(index, 'a:1')).map(([name]) => name)).toEqual(['b:1', 'c:1'])
  })

  it('gives back the same index where there is nothing to remove', () => {
    const index = indexOf(['a:1', one])

    expect(withoutName(index, 'b:1')).toBe(index)
  })

  it('takes the last of several entries of one name, as Helm does', () => {
    expect(findEntry(indexOf(['a:1', one], ['a:1', two]), 'a:1')?.descriptor?.digest).toBe(two.digest)
  })

  it('prefers an entry that Helm 3.0-3.6 sees to one that it does not', () => {
    const both: IndexFile = {
      ...emptyIndex,
      entries: [entryFor(one, 'a:1'), entryFor(two, 'a:1', containerdNameAnnotation)],
    }

    expect(findEntry(both, 'a:1')?.descriptor?.digest).toBe(one.digest)
  })
})

const one = descriptor('one')
const two = descriptor('two')

function descriptor(text: string): Descriptor {
  const bytes = Buffer.from(text)
  return {
    mediaType: 'application/vnd.oci.image.manifest.v1+json',
    digest: digestOf(bytes),
    size: bytes.length,
  }
}

/** An index as others may have left it, duplicates included. */
function indexOf(...entries: readonly (readonly [string, Descriptor])[]): IndexFile {
  return { ...emptyIndex, entries: entries.map(([name, item]) => entryFor(item, name)) }
}

function names({ entries }: IndexFile): [string | undefined, string | undefined][] {
  return entries.map((entry) => [entry.name, entry.descriptor?.digest])
}

function decode(text: string): IndexFile {
  return decodeIndex(Buffer.from(text), '/x/index.json')
}
