import { describe, expect, it } from 'vitest'
import {
  forgetVersion,
  judgeDestination,
  judgePull,
  suggestDestinations,
} from '../../../../src/extension/commands/questions/destinations.ts'
import { broken, sound } from '../../support.ts'

const chart = { name: 'mychart', version: '0.1.0' }

describe('a destination that is typed', () => {
  it('gets the version of the chart as its tag', () => {
    expect(judgeDestination(' localhost:5000/myrepo/mychart ', chart, true)).toEqual({
      reference: 'localhost:5000/myrepo/mychart:0.1.0',
    })
  })

  it('keeps its own tag', () => {
    expect(judgeDestination('oci://ghcr.io/acme/shop:nightly', chart, true)).toEqual({
      reference: 'ghcr.io/acme/shop:nightly',
    })
  })

  it('needs a registry to be pushed, and none to be saved', () => {
    expect(judgeDestination('myrepo/mychart', chart, true)).toEqual({
      flaw: 'noHost',
      example: 'localhost:5000/myrepo/mychart',
    })
    expect(judgeDestination('myrepo/mychart', chart, false)).toEqual({ reference: 'myrepo/mychart:0.1.0' })
  })

  it('is not a digest', () => {
    expect(judgeDestination(`ghcr.io/acme/shop@sha256:${'a'.repeat(64)}`, chart, true)).toEqual({
      flaw: 'digest',
    })
  })

  it.each([
    ['localhost:5000/MyRepo/mychart', /"MyRepo" cannot be part of a repository/],
    ['localhost:5000/myrepo/mychart:-x', /"-x" is not a tag/],
    ['https://ghcr.io/acme/shop', /^A reference has no "https:\/\/"/],
    ['localhost:5000/a//b', /^The repository "a\/\/b" has an empty part/],
  ])('%s is refused with a sentence', (text, sentence) => {
    expect(judgeDestination(text, chart, true)).toMatchObject({
      problem: expect.stringMatching(sentence) as string,
    })
  })
})

it('a destination that is refused comes with what would be right', () => {
  expect(judgeDestination('h.io/MyRepo/a', chart, true)).toMatchObject({
    advice: 'Repositories are in lower case: write "myrepo".',
  })
})

describe('a chart that is typed to be pulled', () => {
  it.each(['ghcr.io/acme/shop:1.0.0', `ghcr.io/acme/shop@sha256:${'a'.repeat(64)}`, 'ghcr.io/acme/shop'])(
    'may be %s',
    (reference) => {
      expect(judgePull(` ${reference} `)).toEqual({ reference })
    },
  )

  it('needs a registry', () => {
    expect(judgePull('shop:1.0.0')).toEqual({
      flaw: 'noHost',
      example: 'localhost:5000/shop:1.0.0',
    })
  })
})

describe('the destinations on offer', () => {
  it('are where the chart went before, where the cache has it, then every registry that is known', () => {
    const suggestions = suggestDestinations(chart, {
      remembered: ['ghcr.io/acme/mychart', 'quay.io/me/mychart:nightly'],
      cached: [
        sound('localhost:5000/myrepo/mychart:0.0.9'),
        sound('example.com/other:1.0.0', { name: 'other' }),
        sound('Not A Reference'),
        broken('broken.io/mychart:1'),
      ],
      hosts: ['localhost:5001', 'quay.io'],
    })

    expect(suggestions.map(({ from, reference }) => `${from}: ${reference}`)).toEqual([
      'usedBefore: ghcr.io/acme/mychart:0.1.0',
      'usedBefore: quay.io/me/mychart:nightly',
      'cache: localhost:5000/myrepo/mychart:0.1.0',
      'registry: localhost:5001/mychart:0.1.0',
      'registry: quay.io/mychart:0.1.0',
      'registry: example.com/mychart:0.1.0',
      'registry: ghcr.io/mychart:0.1.0',
      'registry: localhost:5000/mychart:0.1.0',
    ])
  })

  it('are none where nothing is known', () => {
    expect(suggestDestinations(chart, { remembered: [], cached: [], hosts: [] })).toEqual([])
  })
})

it('a destination is remembered without the version, so that the next version takes its own', () => {
  expect(forgetVersion('ghcr.io/acme/mychart:0.1.0', chart)).toBe('ghcr.io/acme/mychart')
  expect(forgetVersion('ghcr.io/acme/mychart:nightly', chart)).toBe('ghcr.io/acme/mychart:nightly')
})
