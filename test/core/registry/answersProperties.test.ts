import { Readable } from 'node:stream'
import { describe, expect, it } from 'vitest'
import { exitCodes } from '../../../src/core/base/errors.ts'
import { wireTag } from '../../../src/core/oci/reference.ts'
import { tagOfWire } from '../../../src/core/oci/tags.ts'
import { nextLink } from '../../../src/core/registry/lists/link.ts'
import { parseRetryAfter } from '../../../src/core/registry/transport/retryAfter.ts'
import { statusError } from '../../../src/core/registry/statusError.ts'
import { harmIn } from '../../support/hostileText.ts'
import fc from '../../support/properties.ts'

const often = { numRuns: 1000 }

describe('a link to the next page', () => {
  const target = fc.webPath().map((path) => `/v2${path}`)
  const parameter = fc.constantFrom('title="x, y; rel=next"', 'type=text/html', 'hreflang="en"', 'flag')
  const spelling = fc.constantFrom(
    'rel="next"',
    'rel=next',
    'REL = "next"',
    'rel="prefetch next"',
    ' rel=NEXT',
  )
  const previous = fc.constantFrom('</v2/a>; rel="prev"', '<https://h/x>; rel=first', '</v2/b>')

  it('is found wherever it stands, and however it is written', () => {
    fc.assert(
      fc.property(
        target,
        fc.array(parameter, { maxLength: 3 }),
        spelling,
        fc.array(previous, { maxLength: 3 }),
        fc.array(previous, { maxLength: 3 }),
        fc.boolean(),
        (path, parameters, relation, before, after, isJoined) => {
          const link = [`<${path}>`, ...parameters, relation].join('; ')
          const values = [...before, link, ...after]
          expect(nextLink(isJoined ? [values.join(', ')] : values)).toBe(path)
        },
      ),
      often,
    )
  })

  it('is nothing, or what stands in pointed brackets, in whatever was sent', () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(fc.string(), fc.string({ unit: 'binary' }), linkLike())), (values) => {
        const next = nextLink(values)
        if (next !== undefined) expect(values.join(', ')).toContain(next)
      }),
      often,
    )
  })

  it('is looked for in no time, however long the header is', () => {
    const start = performance.now()
    for (const part of ['<a>;', '<', ';rel', '<a>; x="', ' ; ', '<a>; rel="', 'a=b;'])
      nextLink([part.repeat((16 * 1024) / part.length)])

    expect(performance.now() - start).toBeLessThan(2000)
  })
})

describe('Retry-After', () => {
  const now = Date.parse('2026-07-01T12:00:00Z')

  it('in seconds is as many milliseconds', () => {
    fc.assert(
      fc.property(fc.nat(), (seconds) => {
        expect(parseRetryAfter(String(seconds), now)).toBe(seconds * 1000)
      }),
      often,
    )
  })

  it('as a date is how long it is until then, and nothing where it is over', () => {
    const within = 366 * 24 * 60 * 60
    fc.assert(
      fc.property(fc.integer({ min: -within, max: within }), (seconds) => {
        const date = new Date(now + seconds * 1000).toUTCString()
        expect(parseRetryAfter(date, now)).toBe(Math.max(0, seconds * 1000))
      }),
      often,
    )
  })

  it('is never a time that nobody can wait', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.stringMatching(/^[-+.e0-9]{1,400}$/)), (value) => {
        const milliseconds = parseRetryAfter(value, now)
        expect(milliseconds === undefined || milliseconds >= 0).toBe(true)
      }),
      often,
    )
  })
})

describe('the body of an error', () => {
  const word = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.constantFrom('DENIED', 'NAME_UNKNOWN', 'TOOMANYREQUESTS', '__proto__'),
  )
  const error = fc.record(
    { code: fc.oneof(word, fc.anything()), message: fc.oneof(word, fc.anything()) },
    { requiredKeys: [] },
  )
  const body = fc.oneof(
    fc.uint8Array({ maxLength: 2000 }).map((bytes) => Buffer.from(bytes)),
    fc.json().map((text) => Buffer.from(text)),
    fc.record({ errors: fc.oneof(fc.array(error), fc.anything()) }).map(encoded),
    error.map(encoded),
  )
  const type = fc.constantFrom('application/json', 'text/plain', 'text/plain; charset=utf-8', 'text/html', '')

  it('becomes a sentence of one kind, that is short and harmless, whatever it is', async () => {
    await fc.assert(
      fc.asyncProperty(body, type, fc.integer({ min: 400, max: 599 }), async (bytes, contentType, status) => {
        const failure = await statusError(
          {
            status,
            headers: new Map([['content-type', [contentType]]]),
            body: Readable.from([bytes]),
            close: () => undefined,
          },
          { host: 'x.io', what: 'x.io/a:1' },
        )

        expect(Object.keys(exitCodes)).toContain(failure.kind)
        expect(failure.message).toContain('x.io')
        expect(failure.message.length).toBeLessThan(450)
        expect(harmIn(`${failure.message} ${failure.advice ?? ''}`)).toBeUndefined()
        expect(harmIn(JSON.stringify(failure))).toBeUndefined()
      }),
      often,
    )
  })
})

describe('a tag', () => {
  const part = fc.stringMatching(/^[0-9A-Za-z-]{1,8}$/)
  const build = fc.array(part, { minLength: 1, maxLength: 3 }).map((parts) => parts.join('.'))
  const version = fc.tuple(fc.nat(999), fc.nat(999), fc.nat(999)).map((numbers) => numbers.join('.'))
  const prerelease = fc.constantFrom('', '-rc.1', '-alpha-b')

  it('with a plus comes back with it from a registry that has none', () => {
    fc.assert(
      fc.property(version, prerelease, build, (numbers, before, behind) => {
        const tag = `${numbers}${before}+${behind}`
        expect(wireTag(tag)).not.toContain('+')
        expect(tagOfWire(wireTag(tag))).toBe(tag)
      }),
      often,
    )
  })

  it('of a registry is found again under what it is shown as', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.stringMatching(/^[a-zA-Z0-9_][a-zA-Z0-9._-]{0,127}$/),
          version.map((numbers) => `${numbers}_a_b`),
        ),
        (tag) => {
          expect(wireTag(tagOfWire(tag))).toBe(tag)
        },
      ),
      often,
    )
  })
})

function encoded(value: object): Buffer {
  return Buffer.from(
    JSON.stringify(value, (_key, each: unknown) => (typeof each === 'bigint' ? String(each) : each)),
  )
}

function linkLike(): fc.Arbitrary<string> {
  const piece = fc.constantFrom('<', '>', ';', ',', 'rel', '=', '"', 'next', ' ', '/v2/', '\\')
  return fc.array(piece, { maxLength: 30 }).map((pieces) => pieces.join(''))
}
