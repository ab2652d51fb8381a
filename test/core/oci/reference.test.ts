import { describe, expect, it } from 'vitest'
import { ChartroomError, kindOf, messageOf } from '../../../src/core/base/errors.ts'
import {
  formatReference,
  parseHost,
  parseReference,
  repositoryName,
  wireTag,
  type Reference,
} from '../../../src/core/oci/reference.ts'
import fc from '../../support/properties.ts'

const sha256 = `sha256:${'1b'.repeat(32)}`
const host = fc.constantFrom(
  'localhost',
  'localhost:5000',
  'registry.example.com:8443',
  '[::1]:5000',
  '127.0.0.1:5000',
)
const component = fc.stringMatching(/^[a-z0-9]{1,8}((\.|_|__|-{1,3})[a-z0-9]{1,5}){0,2}$/)
const tag = fc.stringMatching(/^\w[\w.+-]{0,20}$/)

describe('a reference', () => {
  it.each([
    ['localhost:5000/myrepo/mychart:2.7.0', 'localhost:5000', 'myrepo/mychart', '2.7.0'],
    ['localhost:5000/myrepo/mychart', 'localhost:5000', 'myrepo/mychart', undefined],
    ['localhost:5000/myrepo/mychart:', 'localhost:5000', 'myrepo/mychart', undefined],
    ['localhost/mychart:1', 'localhost', 'mychart', '1'],
    ['ghcr.io/acme/charts/shop:1.4.2', 'ghcr.io', 'acme/charts/shop', '1.4.2'],
    ['127.0.0.1:5000/a:1', '127.0.0.1:5000', 'a', '1'],
    ['[::1]:5000/a:1', '[::1]:5000', 'a', '1'],
    ['oci://ghcr.io/acme/shop:1', 'ghcr.io', 'acme/shop', '1'],
    ['mychart:1.0', '', 'mychart', '1.0'],
    ['mychart', '', 'mychart', undefined],
    ['myrepo/mychart:1', '', 'myrepo/mychart', '1'],
    ['registry.example.com/x:20210601', 'registry.example.com', 'x', '20210601'],
    ['localhost:5000/a/b:1.0.0+build.5', 'localhost:5000', 'a/b', '1.0.0+build.5'],
    ['localhost:5000/a__b/c-d.e_f:x_Y.z-1', 'localhost:5000', 'a__b/c-d.e_f', 'x_Y.z-1'],
  ])('%s has its parts', (text, host, repository, tag) => {
    expect(parseReference(text)).toEqual({ host, repository, ...(tag === undefined ? {} : { tag }) })
  })

  it('with a digest has no tag', () => {
    expect(parseReference(`localhost:5000/a/b@${sha256}`)).toEqual({
      host: 'localhost:5000',
      repository: 'a/b',
      digest: sha256,
    })
    expect(parseReference(`localhost:5000/a/b:1.0@${sha256}`)).toEqual(
      parseReference(`localhost:5000/a/b@${sha256}`),
    )
  })

  it.each([
    ['', 'the repository is missing'],
    [':1', 'the repository is missing'],
    ['localhost:5000/', 'the repository is missing'],
    ['localhost:5000', 'it is a host without a repository'],
    ['registry.example.com:443', 'it is a host without a repository'],
    ['https://ghcr.io/acme/shop:1', 'a reference has no "https://"'],
    ['user:secret@ghcr.io/acme/shop:1', 'a reference carries no user name or password'],
    ['localhost:99999/a:1', '"localhost:99999" is not a host'],
    ['999.1.1.1/a:1', '"999.1.1.1" is not a host'],
    ['1.2.3:5000/a:1', '"1.2.3:5000" is not a host'],
    ['[127.0.0.1]:5000/a:1', '"[127.0.0.1]:5000" is not a host'],
    ['[::1::]/a:1', '"[::1::]" is not a host'],
    [`localhost:5000/${'r'.repeat(256)}:1`, 'the repository has 256 characters'],
    ['localhost:05000/a:1', '"localhost:05000" is not a host'],
    ['localhost:5000x/a:1', '"localhost:5000x" is not a host'],
    ['localhost:5000/A/b:1', '"A" cannot be part of a repository'],
    ['localhost:5000/a b:1', '"a b" cannot be part of a repository'],
    ['localhost:5000/../b:1', '".." cannot be part of a repository'],
    ['localhost:5000//a:1', 'has an empty part between slashes'],
    ['localhost:5000/a/:1', 'has an empty part between slashes'],
    ['localhost:5000/a:b c', '"b c" is not a tag'],
    ['localhost:5000/a:-1', '"-1" is not a tag'],
    ['localhost:5000/a:1:2', '"a:1" cannot be part of a repository'],
    [`localhost:5000/a:${'x'.repeat(129)}`, 'is not a tag'],
    ['localhost:5000/a@sha256:123', '"sha256:123" is not a digest'],
  ])('%j is refused, and the sentence names the part', (text, part) => {
    const error = failure(() => parseReference(text))

    expect(kindOf(error)).toBe('invalid-reference')
    expect(messageOf(error)).toContain(part)
    expect(error.advice).toBeTruthy()
  })

  it('suggests lower case where that is all that is wrong', () => {
    expect(failure(() => parseReference('localhost:5000/MyRepo/a:1')).advice).toContain('"myrepo"')
  })

  it('never repeats a control character in its error', () => {
    expect(messageOf(failure(() => parseReference('localhost:5000/\u001b[31mred:1')))).not.toContain('\u001b')
  })

  it('is written as it was read', () => {
    fc.assert(
      fc.property(host, fc.array(component, { minLength: 1, maxLength: 4 }), tag, (at, path, name) => {
        const repository = path.join('/')
        expect(parseReference(`${at}/${repository}:${name}`)).toEqual({ host: at, repository, tag: name })
        expect(formatReference(parseReference(`${at}/${repository}:${name}`))).toBe(
          `${at}/${repository}:${name}`,
        )
        expect(formatReference(parseReference(`oci://${at}/${repository}@${sha256}`))).toBe(
          `${at}/${repository}@${sha256}`,
        )
      }),
      { numRuns: 1000 },
    )
  })

  it('is what the grammar allows and nothing else, and never a crash', () => {
    const part = fc.oneof(
      host,
      component,
      tag,
      fc.constantFrom(
        '/',
        ':',
        '@',
        '..',
        '.',
        '//',
        ' ',
        'A',
        '+',
        '_',
        '-',
        '%',
        '[::1]',
        'localhost',
        'oci://',
        'https://',
        sha256,
        '999.1.1.1',
        '1.2.3',
        '\u0000',
        '\u202e',
      ),
      fc.string({ maxLength: 4 }),
    )
    let accepted = 0
    fc.assert(
      fc.property(fc.array(part, { maxLength: 7 }), (parts) => {
        const text = parts.join('')
        const reference = accept(text)
        if (reference === undefined) return
        accepted++
        expect(parseReference(formatReference(reference))).toEqual(reference)
        expect(reference.repository).toMatch(
          /^[a-z0-9]+((\.|_|__|-+)[a-z0-9]+)*(\/[a-z0-9]+((\.|_|__|-+)[a-z0-9]+)*)*$/,
        )
        if (reference.tag !== undefined) expect(wireTag(reference.tag)).toMatch(/^\w[\w.-]{0,127}$/)
        if (reference.host !== '') expect(new URL(`http://${reference.host}/v2/`).pathname).toBe('/v2/')
      }),
      { numRuns: 5000 },
    )
    console.log(`${accepted} of 5000 random texts are references`)
  })

  it('names its repository without the tag', () => {
    expect(repositoryName(parseReference('localhost:5000/myrepo/mychart:2.7.0'))).toBe(
      'localhost:5000/myrepo/mychart',
    )
  })

  it('travels with _ in place of +', () => {
    expect(wireTag('1.0.0+build.5')).toBe('1.0.0_build.5')
  })
})

describe('a login that somebody pasted', () => {
  it.each([
    'me:secret@ghcr.io/a/b:1',
    'https://me:secret@ghcr.io/a/b:1',
    'oci://me:secret@ghcr.io/a/b',
    'me:secret@ghcr.io',
    'oci://me:pa/secret@h/x:1',
    'https://me:pa/secret@h.example/x:1',
    'me:secret/x@h:1',
    'me:secret@sha256:aaa/x:1',
    `me:secret@h/x@${sha256}`,
    'me:se@cret@ghcr.io/a:1',
  ])('is in no part of the error: %s', (text) => {
    for (const parse of [parseReference, parseHost]) {
      const error = failure(() => parse(text))

      expect(JSON.stringify(error)).not.toMatch(/secret|cret@/)
      expect(error.message).toContain('***@')
    }
  })

  it('is not taken for one where a digest is wrong', () => {
    const error = failure(() => parseReference('localhost:5000/a/b@sha256:abc'))

    expect(error.message).toContain('"localhost:5000/a/b@sha256:abc"')
  })
})

describe('a host', () => {
  it.each([
    ['localhost:5000', 'localhost:5000'],
    ['https://registry.example.com/', 'registry.example.com'],
    ['https://index.docker.io/v1/', 'index.docker.io'],
    ['oci://ghcr.io/acme', 'ghcr.io'],
  ])('%s is %s', (text, host) => {
    expect(parseHost(text)).toBe(host)
  })

  it.each(['', 'a b', 'user:secret@ghcr.io', '../x', 'localhost:0'])('%j is refused', (text) => {
    expect(kindOf(failure(() => parseHost(text)))).toBe('invalid-reference')
  })
})

function failure(work: () => unknown): ChartroomError {
  try {
    work()
  } catch (error) {
    return error as ChartroomError
  }
  throw new Error('It was accepted.')
}

/** The reference that a text is, if it is one; whatever is thrown but Chartroom's own error is a crash. */
function accept(text: string): Reference | undefined {
  try {
    return parseReference(text)
  } catch (error) {
    if (error instanceof ChartroomError && error.kind === 'invalid-reference') return undefined
    throw error
  }
}
