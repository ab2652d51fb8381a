import { describe, expect, it } from 'vitest'
import {
  readRegistries,
  withHost,
  withoutHost,
  withoutPinned,
  withPinned,
} from '../../../src/extension/adapters/registrySettings.ts'

describe('the setting chartroom.registries', () => {
  it('gives the options and the pinned repositories of each host, in its order', () => {
    const { registries, problems } = read({
      'Registry.Example.com': { plainHttp: true, pageSize: 20, repositories: ['team/shop', 'team/shop'] },
      'https://ghcr.io/': { caFile: '~/ca.pem', trustedRealms: ['auth.example.com'] },
    })

    expect([...registries.keys()]).toEqual(['registry.example.com', 'ghcr.io'])
    expect(registries.get('registry.example.com')).toMatchObject({
      options: { plainHttp: true, pageSize: 20 },
      pinned: ['team/shop'],
    })
    expect(registries.get('ghcr.io')?.options).toEqual({
      caFile: '/home/me/ca.pem',
      trustedRealms: ['auth.example.com'],
    })
    expect(problems).toEqual([])
  })

  it('counts as far as it is right, and tells the rest', () => {
    const { registries, problems } = read({
      'no host': {},
      'a.example.com': { plainHttp: 'yes', pageSize: -1, repositories: ['UPPER', 'fine', 3] },
      'b.example.com': null,
    })

    expect([...registries.keys()]).toEqual(['a.example.com', 'b.example.com'])
    expect(registries.get('a.example.com')).toMatchObject({ options: {}, pinned: ['fine'] })
    expect(problems).toEqual([
      'chartroom.registries: "no host" is not a host.',
      'chartroom.registries: plainHttp of a.example.com is not what it should be and does not count.',
      'chartroom.registries: pageSize of a.example.com is not what it should be and does not count.',
    ])
  })

  it.each([undefined, null, 'text', 3, ['a']])('may be nonsense: %j', (value) => {
    expect([...read(value).registries]).toEqual([])
  })

  it('is written without losing what nobody here knows', () => {
    const raw = { 'GHCR.io': { later: 1 }, other: { x: [] } }

    expect(withHost(raw, 'ghcr.io')).toEqual(raw)
    expect(withHost(raw, 'localhost:5000')).toEqual({ ...raw, 'localhost:5000': {} })
    expect(withPinned(raw, 'ghcr.io', 'team/shop')).toEqual({
      'GHCR.io': { later: 1, repositories: ['team/shop'] },
      other: { x: [] },
    })
    expect(withoutPinned(withPinned(raw, 'ghcr.io', 'team/shop'), 'ghcr.io', 'team/shop')).toEqual(raw)
    expect(withoutHost(raw, 'ghcr.io')).toEqual({ other: { x: [] } })
  })

  it('takes a repository that is pinned twice once, and a host that is missing with it', () => {
    const once = withPinned({}, 'ghcr.io', 'team/shop')

    expect(withPinned(once, 'ghcr.io', 'team/shop')).toEqual({ 'ghcr.io': { repositories: ['team/shop'] } })
  })
})

function read(value: unknown) {
  const problems: string[] = []
  const registries = readRegistries(
    value,
    (text) => text.replace('~', '/home/me'),
    (problem) => problems.push(problem),
  )
  return { registries, problems }
}
