import { describe, expect, it } from 'vitest'
import { checkRealm, checkTrust } from '../../../src/core/registry/realm.ts'

const registry = new URL('https://registry.example.com')

describe('a token server', () => {
  it.each([
    'http://registry.example.com/token',
    'http://auth.example.com/token',
    'https://127.0.0.1/token',
    'https://localhost/token',
    'https://169.254.169.254/token',
    'https://192.168.0.1/token',
    'ftp://registry.example.com/token',
  ])('is not asked at %s', (realm) => {
    expect(() => {
      checkRealm(registry, new URL(realm))
    }).toThrow(expect.objectContaining({ kind: 'refused' }))
  })

  it('on this machine is asked where the registry is on this machine too, under whatever name', () => {
    checkRealm(new URL('http://localhost:5000'), new URL('http://127.0.0.1:5001/token'))
    checkRealm(new URL('http://127.0.0.1:5000'), new URL('http://localhost:5001/token'))
  })

  it('gets the login on the same host, for well-known pairs, and where the person trusts it', () => {
    checkTrust(registry, new URL('https://registry.example.com:8443/token'), [])
    checkTrust(new URL('https://registry-1.docker.io'), new URL('https://auth.docker.io/token'), [])
    checkTrust(new URL('https://registry.gitlab.com'), new URL('https://gitlab.com/jwt/auth'), [])
    checkTrust(registry, new URL('https://sso.example.net/token'), ['SSO.example.net'])
  })

  it.each([
    'https://auth.docker.io/token',
    'https://registry.example.com.evil.com/token',
    'https://example.com/token',
  ])('does not get it at %s', (realm) => {
    expect(() => {
      checkTrust(registry, new URL(realm), ['sso.example.net'])
    }).toThrow(expect.objectContaining({ kind: 'refused' }))
  })
})
