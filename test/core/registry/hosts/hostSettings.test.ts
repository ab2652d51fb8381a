import { describe, expect, it } from 'vitest'
import { layHostSettings, readHostSettings } from '../../../../src/core/registry/hosts/hostSettings.ts'

describe('the settings of registries', () => {
  it('give the options, the pinned repositories and the format of each host, in their order', () => {
    const { settings, problems } = read({
      'Registry.Example.com': { plainHttp: true, pageSize: 20, repositories: ['team/shop', 'team/shop'] },
      'https://ghcr.io/': {
        caFile: '~/ca.pem',
        trustedRealms: ['auth.example.com'],
        manifestFormat: 'modern',
      },
    })

    expect([...settings]).toEqual([
      ['registry.example.com', { options: { plainHttp: true, pageSize: 20 }, pinned: ['team/shop'] }],
      [
        'ghcr.io',
        {
          options: { caFile: '/home/me/ca.pem', trustedRealms: ['auth.example.com'] },
          pinned: [],
          manifestFormat: 'modern',
        },
      ],
    ])
    expect(problems).toEqual([])
  })

  it('count as far as they are right, and the rest is told', () => {
    const { settings, problems } = read({
      'no host': {},
      'a.example.com': {
        plainHttp: 'yes',
        pageSize: -1,
        maxParallel: 9,
        catalog: 'on',
        caFile: '',
        trustedRealms: 'auth.example.com',
        repositories: ['UPPER', 'fine', 3],
        plainHtpp: true,
      },
      'b.example.com': null,
    })

    expect([...settings]).toEqual([
      ['a.example.com', { options: {}, pinned: ['fine'] }],
      ['b.example.com', { options: {}, pinned: [] }],
    ])
    expect(problems).toEqual([
      'here: "no host" is not a host.',
      'here: plainHttp of a.example.com is not true or false and does not count.',
      'here: caFile of a.example.com is not the path of a file and does not count.',
      'here: trustedRealms of a.example.com is not a list of texts and does not count.',
      'here: maxParallel of a.example.com is not a whole number from 1 to 8 and does not count.',
      'here: catalog of a.example.com is not auto or off and does not count.',
      'here: pageSize of a.example.com is not a whole number from 1 to 1000 and does not count.',
      'here: "plainHtpp" of a.example.com is nothing that can be set.',
      'here: "UPPER" of a.example.com is not a repository and does not count.',
      'here: 3 of a.example.com is not a repository and does not count.',
    ])
  })

  it('of a host that stands there twice are those under its first spelling, and both are named', () => {
    const { settings, problems } = read({
      'GHCR.io': { pageSize: 1 },
      'ghcr.io': { pageSize: 2, insecureSkipVerify: true },
      'https://ghcr.io/': { pageSize: 3 },
    })

    expect([...settings]).toEqual([['ghcr.io', { options: { pageSize: 1 }, pinned: [] }]])
    expect(problems).toEqual([
      'here: "GHCR.io" and "ghcr.io" are one host, and what stands under the second does not count.',
      'here: "GHCR.io" and "https://ghcr.io/" are one host, and what stands under the second does not count.',
    ])
  })

  it.each([
    ['HTTPS', {}, 443],
    ['plain HTTP', { plainHttp: true }, 80],
  ])('of a host with and without the port of %s count for either, which is told', (_name, options, port) => {
    const { settings, problems } = read({ 'a.io': options, [`a.io:${port}`]: options, 'a.io:5000': options })

    expect([...settings.keys()]).toEqual(['a.io', `a.io:${port}`, 'a.io:5000'])
    expect(problems).toEqual([
      `here: "a.io" and "a.io:${port}" lead to one registry, and each counts for references that write it so.`,
    ])
  })

  it.each([undefined, null, 'text', 3, ['a']])('may be nonsense: %j', (value) => {
    expect([...read(value).settings]).toEqual([])
  })

  it('lie above others key by key; repositories that either pins are pinned', () => {
    const { settings: upper } = read({ 'a.io': { plainHttp: false, repositories: ['one'] }, 'b.io': {} })
    const { settings: lower } = read({
      'c.io': { maxParallel: 1 },
      'a.io': { plainHttp: true, maxParallel: 2, repositories: ['two', 'one'], manifestFormat: 'legacy' },
    })

    expect([...layHostSettings(upper, lower)]).toEqual([
      [
        'a.io',
        {
          options: { plainHttp: false, maxParallel: 2 },
          pinned: ['one', 'two'],
          manifestFormat: 'legacy',
        },
      ],
      ['b.io', { options: {}, pinned: [] }],
      ['c.io', { options: { maxParallel: 1 }, pinned: [] }],
    ])
  })
})

function read(value: unknown) {
  const problems: string[] = []
  const settings = readHostSettings(value, {
    name: 'here',
    pathOf: (text) => text.replace('~', '/home/me'),
    tell: (problem) => problems.push(problem),
  })
  return { settings, problems }
}
