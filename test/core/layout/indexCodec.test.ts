import { describe, expect, it } from 'vitest'
import {
  decodeIndex,
  encodeIndex,
  entryFor,
  withEntry,
  withoutName,
} from '../../../src/core/layout/indexFile.ts'
import { digestOf } from '../../../src/core/oci/digest.ts'
import fc from '../../support/properties.ts'

const name = fc.constantFrom('a:1', 'b:1', 'c:1', 'localhost:5000/a/b:1.0.0+x')
const key = fc.oneof(
  fc.string({ maxLength: 8 }),
  fc.constantFrom('__proto__', 'constructor', 'artifactType', 'data', 'platform', 'io.x'),
)
const anything = fc.jsonValue({ maxDepth: 2 })
const annotations = fc
  .record({
    others: fc.dictionary(key, fc.string()),
    name: fc.option(name),
    annotation: fc.constantFrom('org.opencontainers.image.ref.name', 'io.containerd.image.name'),
  })
  .map(({ others, name: own, annotation }) => (own === null ? others : { ...others, [annotation]: own }))
const descriptor = fc.record({
  mediaType: fc.string(),
  digest: fc.constantFrom(`sha256:${'ab'.repeat(32)}`, 'sha256:x'),
  size: fc.nat(),
})
const entry = fc.oneof(
  anything,
  fc
    .tuple(fc.dictionary(key, anything), descriptor, annotations)
    .map(([others, own, notes]) => ({ ...others, ...own, annotations: notes })),
)
const index = fc
  .tuple(
    fc.dictionary(
      key.filter((each) => each !== 'manifests'),
      anything,
    ),
    fc.array(entry, { maxLength: 6 }),
  )
  .map(([fields, manifests]) => JSON.stringify({ schemaVersion: 2, ...fields, manifests }))

describe('the index of a layout', () => {
  it('keeps all that other programs wrote, however often it is read and written', () => {
    fc.assert(
      fc.property(index, (text) => {
        const once = encodeIndex(decodeIndex(Buffer.from(text), 'index.json'), 'index.json')
        expect(JSON.parse(once.toString())).toEqual(JSON.parse(text))
        expect(encodeIndex(decodeIndex(once, 'index.json'), 'index.json')).toEqual(once)
      }),
      { numRuns: 500 },
    )
  })

  it('loses nothing but the entry that is replaced or removed', () => {
    const added = { mediaType: 'x', digest: digestOf(Buffer.from('x')), size: 1 }
    fc.assert(
      fc.property(index, name, (text, own) => {
        const before = decodeIndex(Buffer.from(text), 'index.json')
        const others = before.entries.filter((each) => each.name !== own).map(({ raw }) => raw)

        const with_ = reread(withEntry(before, entryFor(added, own)))
        const without = reread(withoutName(before, own))

        expect(with_.entries.filter((each) => each.name !== own).map(({ raw }) => raw)).toEqual(others)
        expect(with_.entries.filter((each) => each.name === own)).toHaveLength(1)
        expect(without.entries.map(({ raw }) => raw)).toEqual(others)
        expect(with_.fields).toEqual(before.fields)
      }),
      { numRuns: 500 },
    )
  })
})

function reread(changed: ReturnType<typeof decodeIndex>): ReturnType<typeof decodeIndex> {
  return decodeIndex(encodeIndex(changed, 'index.json'), 'index.json')
}
