import { describe, expect, it } from 'vitest'
import { hostSchema, type HostRule } from '../../src/core/registry/hosts/hostSchema.ts'
import { manifest, manifestTexts } from './manifest.ts'

const { contributes } = await manifest()
const texts = await manifestTexts()
const offered =
  contributes.configuration.properties['chartroom.registries']?.additionalProperties?.properties ?? {}

describe('what the editor offers for a host in chartroom.registries', () => {
  it('is every key that Chartroom reads, and no other', () => {
    expect(Object.keys(offered).toSorted()).toEqual(Object.keys(hostSchema).toSorted())
  })

  it.each(Object.entries(hostSchema))('%s takes what Chartroom reads', (key, rule) => {
    const { type, enum: choices, minimum, maximum, items } = offered[key] ?? { type: 'none' }

    expect({ type, choices, minimum, maximum, items }).toEqual(schemaOf(rule))
  })

  it.each(Object.entries(offered))('%s is described', (key, { description }) => {
    expect(description).toBe(`%setting.registries.${key}%`)
    expect(texts[`setting.registries.${key}`]).toMatch(/^[A-Z].*\.$/)
  })
})

function schemaOf(rule: HostRule): Record<string, unknown> {
  switch (rule.kind) {
    case 'switch':
      return { type: 'boolean' }
    case 'count':
      return { type: 'integer', minimum: 1, maximum: rule.most }
    case 'path':
      return { type: 'string' }
    case 'words':
    case 'repositories':
      return { type: 'array', items: { type: 'string' } }
    case 'choice':
      return { type: 'string', choices: rule.of }
  }
}
