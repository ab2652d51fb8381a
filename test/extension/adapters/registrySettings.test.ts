import { describe, expect, it } from 'vitest'
import {
  withHost,
  withOption,
  withoutHost,
  withoutPinned,
  withPinned,
} from '../../../src/extension/adapters/registrySettings.ts'

describe('the setting chartroom.registries', () => {
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

  it('takes an option of a host, and a host that is missing with it', () => {
    const raw = { 'GHCR.io': { later: 1 } }

    expect(withOption(raw, 'ghcr.io', 'caFile', '/ca.pem')).toEqual({
      'GHCR.io': { later: 1, caFile: '/ca.pem' },
    })
    expect(withOption({}, 'ghcr.io', 'caFile', '/ca.pem')).toEqual({ 'ghcr.io': { caFile: '/ca.pem' } })
  })

  it('takes a repository that is pinned twice once, and a host that is missing with it', () => {
    const once = withPinned({}, 'ghcr.io', 'team/shop')

    expect(withPinned(once, 'ghcr.io', 'team/shop')).toEqual({ 'ghcr.io': { repositories: ['team/shop'] } })
  })
})
