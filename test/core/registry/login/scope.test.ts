import { describe, expect, it } from 'vitest'
import { asksForMore, mergeScopes } from '../../../../src/core/registry/login/scope.ts'

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

describe('a scope', () => {
  it.each([
    ['another action', 'repository:a:push'],
    ['another resource', 'repository:b:pull'],
    ['another kind of resource', 'registry:a:pull'],
  ])('that names %s asks for more', (_, scope) => {
    expect(asksForMore(scope, 'repository:a:pull', undefined)).toBe(true)
  })

  it.each([undefined, '', 'repository:a:pull', 'repository:a:push,pull', 'repository:a:push'])(
    'asks for nothing more where it is %j',
    (scope) => {
      expect(asksForMore(scope, 'repository:a:pull', 'repository:a:push')).toBe(false)
    },
  )
})
