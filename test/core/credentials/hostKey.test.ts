import { describe, expect, it } from 'vitest'
import { keyOf, keysFor, means } from '../../../src/core/credentials/hostKey.ts'

describe('a key of a credentials file', () => {
  it.each([
    'localhost:5001',
    'http://localhost:5001',
    'https://localhost:5001',
    'oci://localhost:5001',
    'LOCALHOST:5001',
    'localhost:5001/',
    'localhost:5001/some/path',
    'https://localhost:5001/v2/',
  ])('%s means the host localhost:5001', (key) => {
    expect(means(key, 'localhost:5001')).toBe(true)
  })

  it.each([
    'localhost',
    'localhost:50011',
    'localhost:5001.evil.org',
    'evil.localhost:5001',
    'user@localhost:5001',
    'localhost:5001@evil.org',
    'https://evil.org/localhost:5001',
    'evil.org#localhost:5001',
    '',
  ])('%s does not mean the host localhost:5001', (key) => {
    expect(means(key, 'localhost:5001')).toBe(false)
  })

  it.each([
    ['r.example.com', true],
    ['r.example.com:5000', false],
    ['https://r.example.com', true],
    ['https://r.example.com/v1/', true],
    ['http://r.example.com/', true],
    ['r.example.com/team', true],
    ['R.Example.COM', true],
  ])('%s means r.example.com: %s', (key, expected) => {
    expect(means(key, 'r.example.com')).toBe(expected)
  })

  it.each(['azurecr.io.evil.com', 'notazurecr.io', 'x.azurecr.io'])(
    '%s looks like azurecr.io and is not',
    (key) => {
      expect(means(key, 'azurecr.io')).toBe(false)
    },
  )

  it.each(['docker.io', 'index.docker.io', 'registry-1.docker.io', 'https://index.docker.io/v1/'])(
    'is the one of Docker Hub for %s',
    (name) => {
      expect(keyOf(name)).toBe('https://index.docker.io/v1/')
      expect(means('https://index.docker.io/v1/', name)).toBe(true)
    },
  )

  it('is found in its usual spelling before any other', () => {
    const keys = ['https://ghcr.io', 'other.org', 'GHCR.io', 'ghcr.io']

    expect(keysFor(keys, 'ghcr.io')).toEqual(['ghcr.io', 'https://ghcr.io', 'GHCR.io'])
  })

  it.each([
    [
      'team/shop/cart',
      ['quay.io/team/shop', 'quay.io/team', 'quay.io', 'quay.io/other', 'https://quay.io/v1/'],
    ],
    [
      'team/shopping',
      ['quay.io/team', 'quay.io', 'quay.io/other', 'quay.io/team/shop', 'https://quay.io/v1/'],
    ],
    ['v1', ['quay.io', 'quay.io/other', 'quay.io/team', 'quay.io/team/shop', 'https://quay.io/v1/']],
    [undefined, ['quay.io', 'quay.io/other', 'quay.io/team', 'quay.io/team/shop', 'https://quay.io/v1/']],
  ])('that names most of a repository is found first: %s', (repository, expected) => {
    const keys = ['quay.io/other', 'quay.io/team', 'quay.io/team/shop', 'https://quay.io/v1/', 'quay.io']

    expect(keysFor(keys, 'quay.io', repository)).toEqual(expected)
  })
})
