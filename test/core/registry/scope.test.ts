import { describe, expect, it } from 'vitest'
import { mergeScopes } from '../../../src/core/registry/scope.ts'

describe('scopes', () => {
  it('of one repository are merged, the first mentioned resource first', () => {
    expect(
      mergeScopes('repository:b:pull', 'repository:a:pull repository:b:push,pull', undefined, ''),
    ).toEqual(['repository:b:pull,push', 'repository:a:pull'])
  })

  it('keep a colon in the name of a resource', () => {
    expect(mergeScopes('repository:h:5000/a/b:pull,push')).toEqual(['repository:h:5000/a/b:pull,push'])
  })

  it('of other types stay as they are', () => {
    expect(mergeScopes('registry:catalog:*', 'repository(plugin):a/b:pull')).toEqual([
      'registry:catalog:*',
      'repository(plugin):a/b:pull',
    ])
  })
})
