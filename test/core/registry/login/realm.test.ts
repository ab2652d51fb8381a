import { describe, expect, it } from 'vitest'
import { checkRealm, checkTrust, type RealmAsked } from '../../../../src/core/registry/login/realm.ts'

const registry = 'https://registry.example.com'

function asked(at: string, realm: string, ...trusted: string[]): RealmAsked {
  const url = new URL(at)
  return { host: url.host, registry: url, realm: new URL(realm), trusted }
}

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
      checkRealm(asked(registry, realm))
    }).toThrow(expect.objectContaining({ kind: 'refused' }))
  })

  it('on this machine is asked where the registry is on this machine too, under whatever name', () => {
    checkRealm(asked('http://localhost:5000', 'http://127.0.0.1:5001/token'))
    checkRealm(asked('http://127.0.0.1:5000', 'http://localhost:5001/token'))
  })

  it('in a private network is asked where the person trusts it, though never without HTTPS', () => {
    checkRealm(asked(registry, 'https://10.0.0.5/token', '10.0.0.5'))

    expect(() => {
      checkRealm(asked(registry, 'http://10.0.0.5/token', '10.0.0.5'))
    }).toThrow(expect.objectContaining({ kind: 'refused' }))
  })

  it('gets the login on the same host, for well-known pairs, and where the person trusts it', () => {
    checkTrust(asked(registry, 'https://registry.example.com:8443/token'))
    checkTrust(asked('https://registry-1.docker.io', 'https://auth.docker.io/token'))
    checkTrust(asked('https://registry.gitlab.com', 'https://gitlab.com/jwt/auth'))
    checkTrust(asked(registry, 'https://sso.example.net/token', 'SSO.example.net'))
  })

  it.each([
    'https://auth.docker.io/token',
    'https://registry.example.com.evil.com/token',
    'https://evil-registry.example.com/token',
    'https://example.com/token',
    'https://sso.example.net.evil.com/token',
    'https://my-sso.example.net/token',
  ])('does not get it at %s, and the error names both', (realm) => {
    expect(() => {
      checkTrust(asked(registry, realm, 'sso.example.net'))
    }).toThrow(
      expect.objectContaining({
        kind: 'refused',
        evidence: expect.objectContaining({
          host: 'registry.example.com',
          realm: new URL(realm).host,
        }) as unknown,
      }),
    )
  })
})
