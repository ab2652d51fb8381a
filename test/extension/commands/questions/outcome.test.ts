import { describe, expect, it } from 'vitest'
import { judgeOutcome } from '../../../../src/extension/commands/questions/outcome.ts'
import { digest } from '../../support.ts'

const reference = 'localhost:5000/myrepo/mychart:0.1.0'

describe('what a push will do', () => {
  it('creates the repository where there is none', () => {
    expect(judgeOutcome(reference, { kind: 'noRepository' }, undefined)).toEqual({
      kind: 'creates',
      repository: 'myrepo/mychart',
    })
  })

  it('adds the tag where it is not there', () => {
    expect(judgeOutcome(reference, { kind: 'noTag' }, digest('a'))).toEqual({
      kind: 'adds',
      tag: '0.1.0',
      repository: 'myrepo/mychart',
    })
  })

  it('replaces what is there, whatever it is', () => {
    const replaces = { kind: 'replaces', tag: '0.1.0' }

    expect(judgeOutcome(reference, { kind: 'taken', digest: digest('b') }, digest('a'))).toEqual(replaces)
    expect(judgeOutcome(reference, { kind: 'taken', digest: digest('b') }, undefined)).toEqual(replaces)
    expect(judgeOutcome(reference, { kind: 'taken' }, undefined)).toEqual(replaces)
  })

  it('finds there what the cache has under this name', () => {
    expect(judgeOutcome(reference, { kind: 'taken', digest: digest('a') }, digest('a'))).toEqual({
      kind: 'sameAsCached',
      tag: '0.1.0',
    })
  })
})
