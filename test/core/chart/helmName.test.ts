import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { helmReads } from '../../../src/core/chart/helmName.ts'
import { formatReference, parseReference } from '../../../src/core/oci/reference.ts'
import { fixture } from '../../support/fixtures.ts'

interface SavedName {
  readonly accepted: boolean
  readonly refName?: string
}

interface RecordedReference {
  readonly ref: string
  readonly '3.6.3': SavedName
  readonly '3.2.4': SavedName | 'same'
}

const { references } = JSON.parse(readFileSync(fixture('references.json'), 'utf8')) as {
  references: RecordedReference[]
}

/** The references that Chartroom can save a chart under, with a tag, so that the name is all there. */
const ours = references.flatMap((recorded) => {
  try {
    const reference = parseReference(recorded.ref)
    if (reference.tag === undefined || formatReference(reference) !== recorded.ref) return []
    const versions = [recorded['3.6.3'], recorded['3.2.4'] === 'same' ? recorded['3.6.3'] : recorded['3.2.4']]
    return [{ name: recorded.ref, isRead: versions.every(({ refName }) => refName === recorded.ref) }]
  } catch {
    return []
  }
})

describe('which names Helm 3.0-3.6 reads from a cache', () => {
  it('is tried with enough names', () => {
    expect(ours.filter(({ isRead }) => isRead).length).toBeGreaterThan(20)
    expect(ours.filter(({ isRead }) => !isRead).length).toBeGreaterThan(5)
  })

  it.each(ours)('$name: $isRead', ({ name, isRead }) => {
    expect(helmReads(name, 'legacy', 1)).toBe(isRead)
  })

  it.each([
    'host/x:20210601',
    'myrepo/mychart:1',
    '[::1]:5000/x:1',
    '127.0.0.1:5000/x:1',
    'localhost:5000/x',
  ])('%s: false', (name) => {
    expect(helmReads(name, 'legacy', 1)).toBe(false)
  })

  it('is none for a digest', () => {
    expect(helmReads(`localhost:5000/x@sha256:${'a'.repeat(64)}`, 'legacy', 1)).toBe(false)
  })

  it('is none for a chart that is not legacy, or that has a second layer', () => {
    expect(helmReads('localhost:5000/x:1.0.0', 'modern', 1)).toBe(false)
    expect(helmReads('localhost:5000/x:1.0.0', 'beta', 1)).toBe(false)
    expect(helmReads('localhost:5000/x:1.0.0', 'legacy', 2)).toBe(false)
  })
})
