import { describe, expect, it } from 'vitest'
import { decodeConfig, encodeConfig } from '../../../src/core/chart/configBlob.ts'
import { digestOf } from '../../../src/core/oci/digest.ts'

describe('the config blob of a chart', () => {
  it('is the 117 bytes of the Helm guide', () => {
    const blob = encodeConfig({
      name: 'mychart',
      version: '0.1.0',
      description: 'A Helm chart for Kubernetes',
      apiVersion: 'v1',
      appVersion: '1.0',
    })

    expect(blob).toHaveLength(117)
    expect(digestOf(blob)).toBe('sha256:8ec7c0f2f6860037c19b54c3cfbab48d9b4b21b485a93d87b64690fdb68c2111')
  })

  it('escapes markup and sorts annotations as Go does', () => {
    const blob = encodeConfig({
      name: 'mychart',
      version: '0.1.0',
      description: 'A Helm <chart> & "more" for Kubernetes',
      keywords: ['a', 'b'],
      maintainers: [{ name: 'Jo', email: 'jo@x.y' }, { name: 'NoMail' }],
      apiVersion: 'v2',
      appVersion: '1.0',
      annotations: { z: '1', a: 'true' },
      dependencies: [{ name: 'sub', version: '0.1.0', repository: '' }],
      type: 'application',
    })

    expect(blob.toString()).toContain(String.raw`\u003cchart\u003e \u0026 \"more\"`)
    expect(blob).toHaveLength(353)
    expect(digestOf(blob)).toBe('sha256:649fb5f15a3ff8b48cf67d35a53b30b7c1e64f2858010baf6759fc344397efc8')
  })

  it('always has name and repository of a dependency, even empty ones', () => {
    const blob = encodeConfig({ name: 'c', version: '1', apiVersion: 'v2', dependencies: [{ name: 'x' }] })

    expect(blob.toString()).toContain('"dependencies":[{"name":"x","repository":""}]')
  })

  it('leaves out what is empty', () => {
    const blob = encodeConfig({
      name: 'c',
      version: '1',
      apiVersion: 'v2',
      description: '',
      keywords: [],
      annotations: {},
      deprecated: false,
      maintainers: [{}],
    })

    expect(blob.toString()).toBe('{"name":"c","version":"1","maintainers":[{}],"apiVersion":"v2"}')
  })

  it('sorts map keys by their bytes, numbers and astral characters included', () => {
    const annotations = { '10': 'a', '9': 'b', '\u{1f680}': 'c', '\ufffd': 'd' }

    const blob = encodeConfig({ name: 'c', version: '1', apiVersion: 'v2', annotations })

    expect(blob.toString()).toContain('"annotations":{"10":"a","9":"b","\ufffd":"d","\u{1f680}":"c"}')
  })

  it('writes numbers inside import-values as Go does', () => {
    const dependencies = [{ name: 'x', 'import-values': [{ b: 1, a: [1e21, 1e-7] }, 'data'] }]

    const blob = encodeConfig({ name: 'c', version: '1', apiVersion: 'v2', dependencies })

    expect(blob.toString()).toContain('"import-values":[{"a":[1e+21,1e-7],"b":1},"data"]')
  })

  it('comes back as the same bytes after reading', () => {
    const metadata = {
      name: 'c',
      version: '1',
      apiVersion: 'v2',
      annotations: { constructor: 'x', __proto__x: 'y' },
      dependencies: [{ name: 'x', repository: '', enabled: true, tags: ['t'] }],
    }

    const decoded = decodeConfig(encodeConfig(metadata), 'c:1')

    expect(encodeConfig(decoded)).toEqual(encodeConfig(metadata))
  })
})

describe('reading a config blob', () => {
  it.each([
    ['not JSON', '{', 'The config of a/b:1 is not that of a chart: it is not JSON.'],
    [
      'a list',
      '[]',
      'The config of a/b:1 is not that of a chart: this must be a map of keys to values, not a list.',
    ],
    ['no name', '{"version":"1"}', 'The config of a/b:1 is not that of a chart: it has no name.'],
    ['no version', '{"name":"x"}', 'The config of a/b:1 is not that of a chart: it has no version.'],
    [
      'a wrong type',
      '{"name":["x"]}',
      'The config of a/b:1 is not that of a chart: name must be text, not a list.',
    ],
  ])('refuses %s', (_what, json, message) => {
    expect(() => decodeConfig(Buffer.from(json), 'a/b:1')).toThrow(message)
  })

  it('keeps a hostile key from reaching the prototype of anything', () => {
    const json =
      '{"name":"x","version":"1","annotations":{"__proto__":"polluted"},"__proto__":{"polluted":true}}'

    const metadata = decodeConfig(Buffer.from(json), 'x')

    expect(Object.entries(metadata.annotations ?? {})).toEqual([['__proto__', 'polluted']])
    expect('polluted' in {}).toBe(false)
    expect('polluted' in metadata).toBe(false)
  })
})
