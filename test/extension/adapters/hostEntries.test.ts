import { describe, expect, it } from 'vitest'
import { hostEntries, ownPinned, type HostSources } from '../../../src/extension/adapters/hostEntries.ts'

const nothing: HostSources = {
  settings: new Map(),
  shared: { name: '/home/me/registries.json', settings: new Map() },
  logins: [],
  local: undefined,
  ownStore: 'the secret storage',
}

describe('the registries of the window', () => {
  it('are the local one, those of the setting in its order, and those that there is a login for', () => {
    const entries = hostEntries({
      ...nothing,
      settings: new Map([
        ['z.example.com', { options: {}, pinned: [] }],
        ['a.example.com', { options: { plainHttp: true }, pinned: ['team/shop'] }],
      ]),
      logins: [
        { host: 'ghcr.io', username: 'me', origin: '~/.docker/config.json' },
        { host: 'docker.io', origin: '~/.docker/config.json' },
        { host: 'z.example.com', username: 'me', origin: 'the secret storage' },
      ],
      local: 'localhost:5000',
    })

    expect(entries.map(({ host, sources }) => `${host}: ${sources.join(' ')}`)).toEqual([
      'localhost:5000: local',
      'z.example.com: setting login',
      'a.example.com: setting',
      'docker.io: login',
      'ghcr.io: login',
    ])
    expect(entries[1]?.login).toEqual({ username: 'me', origin: 'the secret storage', own: true })
    expect(entries[2]).toMatchObject({ options: { plainHttp: true }, pinned: ['team/shop'] })
    expect(entries[4]?.login).toMatchObject({ own: false })
  })

  it('have what the editor and the shared file say, the editor first, and where the rest is from', () => {
    const settings = new Map([
      ['a.example.com', { options: { plainHttp: true, caFile: '/editor.pem' }, pinned: ['team/shop'] }],
    ])
    const shared = {
      name: '/home/me/registries.json',
      settings: new Map([
        ['b.example.com', { options: {}, pinned: [] }],
        ['a.example.com', { options: { caFile: '/file.pem', maxParallel: 2 }, pinned: ['team/base'] }],
      ]),
    }

    const entries = hostEntries({ ...nothing, settings, shared })

    expect(entries).toEqual([
      {
        host: 'a.example.com',
        sources: ['setting', 'file'],
        options: { plainHttp: true, caFile: '/editor.pem', maxParallel: 2 },
        pinned: ['team/shop', 'team/base'],
        file: {
          name: '/home/me/registries.json',
          keys: ['maxParallel', 'repositories'],
          pinned: ['team/base'],
        },
      },
      {
        host: 'b.example.com',
        sources: ['file'],
        options: {},
        pinned: [],
        file: { name: '/home/me/registries.json', keys: [], pinned: [] },
      },
    ])
  })

  it('keep what the shared file has pinned when they are taken out of the setting', () => {
    const host = 'a.example.com'
    const settings = new Map([[host, { options: {}, pinned: ['team/shop', 'team/base'] }]])
    const shared = new Map([[host, { options: {}, pinned: ['team/base', 'team/more'] }]])
    const own = (sources: Partial<HostSources>): (readonly string[])[] =>
      hostEntries({ ...nothing, ...sources }).map(ownPinned)

    expect(own({ settings, shared: { name: 'registries.json', settings: shared } })).toEqual([['team/shop']])
    expect(own({ settings })).toEqual([['team/shop', 'team/base']])
    expect(own({ shared: { name: 'registries.json', settings: shared } })).toEqual([[]])
  })

  it('have the login that answers first, whatever the case of the host', () => {
    const logins = [
      { host: 'GHCR.io', username: 'first', origin: 'a' },
      { host: 'ghcr.io', username: 'second', origin: 'b' },
    ]

    expect(hostEntries({ ...nothing, logins }).map(({ host, login }) => [host, login?.username])).toEqual([
      ['ghcr.io', 'first'],
    ])
  })
})
