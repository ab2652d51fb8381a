import { describe, expect, it } from 'vitest'
import { checkedHop, isLocal, isLoopback } from '../../../src/core/registry/origin.ts'

describe('a place that a registry sends a request to', () => {
  const registry = new URL('https://registry.example.com/v2/a/blobs/uploads/1')

  it.each([
    ['https://registry.example.com:443/x?_state=a%3D%3D', 'https://registry.example.com/x?_state=a%3D%3D'],
    ['https://storage.example.net/x#part', 'https://storage.example.net/x'],
    ['https://user:password@storage.example.net/x', 'https://storage.example.net/x'],
    ['//storage.example.net/x', 'https://storage.example.net/x'],
    ['../x', 'https://registry.example.com/v2/a/blobs/x'],
  ])('may be %s', (to, expected) => {
    expect(checkedHop(registry, new URL(to, registry), 'a redirect').href).toBe(expected)
  })

  it.each([
    'http://registry.example.com/x',
    'https://10.0.0.1/x',
    'https://169.254.169.254/latest/meta-data',
    'https://localhost/x',
    'https://[::1]/x',
    'https://[::ffff:127.0.0.1]/x',
    'https://[fd00::1]/x',
    'https://localhost./x',
    'https://foo.localhost./x',
    'https://2130706433/x',
    'file:///etc/passwd',
  ])('may not be %s', (to) => {
    expect(() => checkedHop(registry, new URL(to), 'a redirect')).toThrow(
      expect.objectContaining({ kind: 'refused' }),
    )
  })

  it('says what a downgrade is often caused by', () => {
    expect(() => checkedHop(registry, new URL('http://registry.example.com/x'), 'a redirect')).toThrow(
      expect.objectContaining({
        message:
          'registry.example.com is not followed: a redirect leads from HTTPS to plain HTTP at registry.example.com.',
        advice: 'If the registry is behind a proxy, the proxy has to pass X-Forwarded-Proto on.',
      }),
    )
  })

  it('may be local where the registry is', () => {
    expect(
      checkedHop(new URL('http://localhost:5000/'), new URL('http://127.0.0.1:9000/x'), 'a redirect').port,
    ).toBe('9000')
  })
})

describe('a host', () => {
  it.each([
    'localhost',
    'localhost.',
    'registry.localhost',
    'registry.localhost.',
    '127.0.0.1',
    '127.8.9.10',
    '[::1]',
  ])('%s is a loopback host', (host) => {
    expect(isLoopback(new URL(`http://${host}:5000`))).toBe(true)
  })

  it.each([
    'localhost.example.com',
    'notlocalhost',
    '127.example.com',
    'example.com',
    '10.0.0.1',
    '128.0.0.1',
  ])('%s is none', (host) => {
    expect(isLoopback(new URL(`http://${host}:5000`))).toBe(false)
  })

  it('with a private address is local, one with a name is not', () => {
    expect(['10.1.2.3', '172.31.0.1', '192.168.1.1', '100.64.0.1', '0.0.0.0'].map(local)).toEqual(
      Array(5).fill(true),
    )
    expect(['172.32.0.1', '11.0.0.1', 'intranet', '[2001:db8::1]', '100.128.0.1'].map(local)).toEqual(
      Array(5).fill(false),
    )
  })

  it.each([
    '192.0.0.192',
    '198.18.0.1',
    '198.19.255.255',
    '224.0.0.1',
    '240.0.0.1',
    '255.255.255.255',
    '[::]',
    '[::7f00:1]',
    '[::ffff:10.0.0.1]',
    '[64:ff9b::7f00:1]',
    '[64:ff9b:1::a00:1]',
    '[2002:7f00:1::]',
    '[fe80::1]',
    '[fec0::1]',
    '[ff02::1]',
  ])('with the address %s is local', (host) => {
    expect(local(host)).toBe(true)
  })

  it.each(['192.0.1.1', '198.20.0.1', '223.255.255.255', '[2606:4700::1111]', '[::ffff:8.8.8.8]'])(
    'with the address %s is not',
    (host) => {
      expect(local(host)).toBe(false)
    },
  )
})

function local(host: string): boolean {
  return isLocal(new URL(`https://${host}`))
}
