import { describe, expect, it } from 'vitest'
import { ConfigDocument } from '../../../src/core/credentials/configDocument.ts'
import { keyOf } from '../../../src/core/credentials/hostKey.ts'
import { base64 } from './home.ts'
import fc from '../../support/properties.ts'

function parse(text: string): ConfigDocument {
  return ConfigDocument.parse(Buffer.from(text))
}

function entry(content: unknown): ConfigDocument {
  return parse(JSON.stringify({ auths: { 'r.org': content } }))
}

const login = { username: 'u', password: 'p' }

describe('the login in an entry', () => {
  it.each([
    ['auth', { auth: base64('u:p') }, login],
    ['auth, its password with colons', { auth: base64('u:a:b:') }, { username: 'u', password: 'a:b:' }],
    ['auth, with the zeros that old Docker added', { auth: base64('u:p\0\0') }, login],
    ['auth, broken into lines', { auth: 'dT\r\npw' }, login],
    ['auth of a name with umlauts', { auth: base64('jürgen:ß') }, { username: 'jürgen', password: 'ß' }],
    ['the fields of old Docker', { username: 'u', password: 'p' }, login],
    ['auth before the old fields', { auth: base64('u:p'), username: 'x', password: 'y' }, login],
    [
      'an identity token',
      { auth: base64('<token>:'), identitytoken: 'abc' },
      { username: '', password: '', identityToken: 'abc' },
    ],
    [
      'the user <token>',
      { auth: base64('<token>:abc') },
      { username: '', password: '', identityToken: 'abc' },
    ],
    [
      'a token without a user, as Helm 3.18 writes it',
      { auth: base64(':abc') },
      { username: '', password: 'abc' },
    ],
  ])('is read from %s', (_, content, expected) => {
    expect(entry(content).loginOf('r.org')).toEqual(expected)
  })

  it.each([null, {}, { auth: '' }, { email: 'e@example.com' }])('is none in %j', (content) => {
    expect(entry(content).loginOf('r.org')).toBeUndefined()
  })

  it.each([
    [{ auth: '!!!' }, 'its "auth" is not base64'],
    [{ auth: base64('nocolon') }, 'its "auth" has no colon between user and password'],
    [{ auth: 7 }, 'its "auth" is not text'],
    ['text', 'the entry is not a JSON object'],
  ])('cannot be read from %j, which leaves other hosts alone', (content, reason) => {
    const document = parse(
      JSON.stringify({ auths: { 'r.org': content, 'other.org': { auth: base64('u:p') } } }),
    )

    expect(() => document.loginOf('r.org')).toThrow(reason)
    expect(document.loginOf('other.org')).toEqual(login)
  })
})

describe('a document', () => {
  it.each(['', ' \n', '{}', '{"auths":null}', '\ufeff{}'])('is empty if it is %j', (text) => {
    expect(parse(text).isOpen).toBe(true)
    expect(parse(text).loginOf('r.org')).toBeUndefined()
  })

  it.each([
    ['{"auths":', 'it is not valid JSON'],
    ['{\n\t"auths": {\n\t\t"a": 1 "b"\n', 'it is not valid JSON (line 3)'],
    ['[]', 'it is not a JSON object'],
    ['null', 'it is not a JSON object'],
    ['{"auths":[]}', '"auths" is not a JSON object'],
    ['{"credHelpers":"x"}', '"credHelpers" is not a JSON object'],
    [Buffer.from([0x7b, 0xff, 0x7d]), 'it is not UTF-8 text'],
  ])('cannot be understood if it is %j', (content, reason) => {
    expect(() => ConfigDocument.parse(Buffer.from(content))).toThrow(reason)
  })

  it('never quotes its text where it cannot be understood', () => {
    fc.assert(
      fc.property(fc.nat(60), (cut) => {
        const text = '{"auths":{"r.org":{"auth":"c2VjcmV0","password":"secret"}}}'
        try {
          parse(`${text.slice(0, cut)}secret${text.slice(cut)}`)
        } catch (error) {
          expect(String(error)).not.toMatch(/secret|c2Vj/)
        }
      }),
    )
  })

  it("takes a host's own helper before the helper for all", () => {
    const document = parse('{"credsStore":"all","credHelpers":{"https://R.org":"own","plain.org":""}}')

    expect(document.helperOf('r.org')).toBe('own')
    expect(document.helperOf('plain.org')).toBeUndefined()
    expect(document.helperOf('other.org')).toBe('all')
  })
})

describe('a changed document', () => {
  it.each([
    ['tabs', '{\n\t"auths": {},\n\t"x": [\n\t\t1\n\t]\n}'],
    ['two spaces and a last line end', '{\n  "auths": {},\n  "x": [\n    1\n  ]\n}\n'],
    ['four spaces and CRLF', '{\r\n    "auths": {},\r\n    "x": [\r\n        1\r\n    ]\r\n}\r\n'],
    ['no space at all', '{"auths":{},"x":[1]}'],
    ['a space after each colon and comma', '{"auths": {"a.org": {}, "s.org": {}}, "x": [1, 2]}'],
    ['a byte order mark', '\ufeff{\n\t"auths": {}\n}'],
    ['a list in one line', '{\n\t"auths": {\n\t\t"a.org": {}\n\t},\n\t"x": [ 1, 2 ]\n}'],
    [
      'numbers and letters as they were written',
      '{"auths":{},"x":[1.0,1e3,12345678901234567890,"\\u00e9\\/"]}',
    ],
    ['what comes twice', '{"x":1,"auths":{"a.org":{},"a.org":{}},"x":2}'],
    ['keys that look like numbers in their order', '{"b":1,"2":2,"auths":{"9":{},"1":{}},"1":3}'],
    ['a key that means something to a program', '{"__proto__":{"x":1},"auths":{"__proto__":{}}}'],
  ])('keeps %s', (_, text) => {
    expect(parse(text).withLogin('r.org', login).without('r.org').toString()).toBe(text)
  })

  it('keeps every byte but those of the entry of the host, however it was written', () => {
    const host = fc.domain()
    const entries = fc.dictionary(fc.oneof(host, fc.string()), fc.constantFrom({}, { auth: base64('x:y') }))
    const written = fc.record({
      content: fc.record({ auths: entries, x: fc.jsonValue(), HttpHeaders: fc.jsonValue() }),
      indentation: fc.constantFrom('', '\t', '  ', '    '),
      lineEnd: fc.constantFrom('\n', '\r\n'),
      mark: fc.constantFrom('', '\ufeff'),
      end: fc.constantFrom('', '\n', '\r\n', ' \n'),
    })
    fc.assert(
      fc.property(written, ({ content, indentation, lineEnd, mark, end }) => {
        const print = (value: typeof content): string =>
          mark + JSON.stringify(value, undefined, indentation).replaceAll('\n', lineEnd) + end
        const text = print(content)
        const added = parse(text).withLogin('added.example.com', login)

        expect(added.loginOf('added.example.com')).toEqual(login)
        expect(added.without('added.example.com').toString()).toBe(text)
        for (const key of Object.keys(content.auths)) {
          if (parse(text).keysOf(key).join() !== key || keyOf(key) !== key) continue
          const { [key]: _, ...others } = content.auths
          const replaced = { ...content.auths, [key]: { auth: base64('u:p') } }
          expect(parse(text).withLogin(key, login).toString()).toBe(print({ ...content, auths: replaced }))
          expect(parse(text).without(key).toString()).toBe(print({ ...content, auths: others }))
        }
      }),
      { numRuns: 300 },
    )
  })

  it('means the same but for the entry of the host', () => {
    const json = fc.jsonValue()
    const documents = fc.record({ auths: fc.dictionary(fc.string(), json), x: json, HttpHeaders: json })
    fc.assert(
      fc.property(documents, (content) => {
        const text = JSON.stringify(content)
        const before = JSON.parse(text) as typeof content
        const after: unknown = JSON.parse(parse(text).withLogin('added.example.com', login).toString())

        expect(after).toEqual({
          ...before,
          auths: { ...before.auths, 'added.example.com': { auth: base64('u:p') } },
        })
      }),
    )
  })

  it('keeps hosts in order where they are, and adds at the end where they are not', () => {
    const inOrder = '{"auths":{"a":{},"c":{}}}'
    const disordered = '{"auths":{"c":{},"a":{}}}'

    expect(parse(inOrder).withHelper('b', 'x').toString()).toBe(
      '{"auths":{"a":{},"b":{},"c":{}},"credsStore":"x"}',
    )
    expect(parse(disordered).withHelper('b', 'x').toString()).toBe(
      '{"auths":{"c":{},"a":{},"b":{}},"credsStore":"x"}',
    )
  })

  it('replaces the whole entry of the host and no other spelling', () => {
    const before = '{"auths":{"https://r.org":{"auth":"eDp5"},"r.org":{"auth":"eDp5","registrytoken":"t"}}}'

    expect(parse(before).withLogin('R.org', login).toString()).toBe(
      '{"auths":{"https://r.org":{"auth":"eDp5"},"r.org":{"auth":"dTpw"}}}',
    )
  })

  it('without a host has none of its spellings', () => {
    const before =
      '{"auths":{"https://r.org":{},"R.ORG":{},"r.org/team":{},"r.org":{},"r.org:443":{},"r.org.evil.com":{}}}'

    expect(parse(before).without('r.org').toString()).toBe('{"auths":{"r.org:443":{},"r.org.evil.com":{}}}')
  })

  it('writes an identity token as Docker does', () => {
    const token = { username: '', password: '', identityToken: 'abc' }

    expect(parse('{"auths":{}}').withLogin('r.org', token).toString()).toBe(
      '{"auths":{"r.org":{"identitytoken":"abc"}}}',
    )
  })
})
