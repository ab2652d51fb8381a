import { describe, expect, it } from 'vitest'
import { parseChallenges } from '../../../../src/core/registry/login/challenge.ts'
import fc from '../../../support/properties.ts'

function parsed(...values: string[]): [string, Record<string, string>][] {
  return parseChallenges(values).map(({ scheme, parameters }) => [scheme, Object.fromEntries(parameters)])
}

describe('a WWW-Authenticate header', () => {
  it('names realm, service and scope, commas inside quotes included', () => {
    expect(
      parsed(
        'Bearer realm="https://auth.docker.io/token",service="registry.docker.io",scope="repository:samalba/my-app:pull,push"',
      ),
    ).toEqual([
      [
        'bearer',
        {
          realm: 'https://auth.docker.io/token',
          service: 'registry.docker.io',
          scope: 'repository:samalba/my-app:pull,push',
        },
      ],
    ])
  })

  it('can hold three challenges, joined or apart', () => {
    const three: [string, Record<string, string>][] = [
      ['negotiate', {}],
      ['basic', { realm: 'a, b' }],
      ['bearer', { realm: 'https://x/t?a=1,2', service: 's', scope: 'repository:a/b:pull,push' }],
    ]
    const basic = 'Basic realm="a, b"'
    const bearer = 'Bearer realm="https://x/t?a=1,2",service="s",scope="repository:a/b:pull,push"'

    expect(parsed(`Negotiate, ${basic}, ${bearer}`)).toEqual(three)
    expect(parsed('Negotiate', basic, bearer)).toEqual(three)
  })

  it('can escape quotes', () => {
    expect(parsed('Basic realm="GitHub \\"Package\\" Registry"')).toEqual([
      ['basic', { realm: 'GitHub "Package" Registry' }],
    ])
  })

  it('can be written in any case, with spaces around commas and equals signs, and without quotes', () => {
    expect(parsed('bearer REALM="https://x/t" , Service=s')).toEqual([
      ['bearer', { realm: 'https://x/t', service: 's' }],
    ])
    expect(parsed('Basic realm = "z"')).toEqual([['basic', { realm: 'z' }]])
    expect(parsed('basic realm=zot')).toEqual([['basic', { realm: 'zot' }]])
  })

  it('can say why a token was not enough', () => {
    expect(parsed('Bearer realm="https://x/t",error="insufficient_scope",scope=""')).toEqual([
      ['bearer', { realm: 'https://x/t', error: 'insufficient_scope', scope: '' }],
    ])
  })

  it('can hold a bare value in the place of parameters', () => {
    expect(parsed('NTLM TlRMTVNTUAAC==, Basic realm=x')).toEqual([
      ['ntlm', {}],
      ['basic', { realm: 'x' }],
    ])
    expect(parsed('Negotiate TlRM=, Basic realm=x')).toEqual([
      ['negotiate', {}],
      ['basic', { realm: 'x' }],
    ])
  })

  it.each([
    ['Bearer', [['bearer', {}]]],
    ['Bearer realm="unterminated', []],
    ['Basic realm="z", Bearer realm="unterminated', [['basic', { realm: 'z' }]]],
    ['', []],
    [' , ,Basic realm="z"', [['basic', { realm: 'z' }]]],
    ['realm="of nobody"', []],
    ['"', []],
  ])('that is odd gives what can be read: %s', (value, expected) => {
    expect(parsed(value)).toEqual(expected)
  })
})

/** As RFC 7235 lets a server write it: spaces, case, quotes and escapes chosen at will. */
const printed = fc
  .uniqueArray(
    fc.record({
      scheme: fc.constantFrom('Basic', 'Bearer', 'Negotiate', 'DIGEST', 'x-own'),
      parameters: fc.uniqueArray(
        fc.tuple(fc.stringMatching(/^[a-z][a-z0-9_-]{0,8}$/), fc.string({ unit: 'binary-ascii' })),
        { selector: ([name]) => name, maxLength: 4 },
      ),
    }),
    { maxLength: 4 },
  )
  .chain((challenges) =>
    fc.record({
      challenges: fc.constant(challenges),
      joined: fc.boolean(),
      comma: fc.constantFrom(',', ', ', ' , ', ',, '),
      equals: fc.constantFrom('=', ' = ', '= '),
      loud: fc.boolean(),
    }),
  )

describe('challenges that were printed', () => {
  it('are read as they were, however a server writes them', () => {
    fc.assert(
      fc.property(printed, ({ challenges, joined, comma, equals, loud }) => {
        const texts = challenges.map(({ scheme, parameters }) => {
          const list = parameters.map(([name, value]) => {
            const quoted = `"${value.replace(/["\\]/g, '\\$&')}"`
            return `${loud ? name.toUpperCase() : name}${equals}${quoted}`
          })
          return [scheme, ...(list.length === 0 ? [] : [list.join(comma)])].join(' ')
        })

        expect(parsed(...(joined ? [texts.join(comma)] : texts))).toEqual(
          challenges.map(({ scheme, parameters }) => [scheme.toLowerCase(), Object.fromEntries(parameters)]),
        )
      }),
      { numRuns: 1000 },
    )
  })

  it('never keep the parser from an end, whatever is written', () => {
    fc.assert(
      fc.property(fc.array(fc.string()), (values) => {
        for (const [scheme] of parsed(...values)) expect(scheme).toMatch(/^[^\s,="]+$/)
      }),
      { numRuns: 1000 },
    )
  })
})
