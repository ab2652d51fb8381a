import { defineMappingTag, defineScalarTag, defineSequenceTag, NOT_RESOLVED, Schema } from 'js-yaml'
import { formatFloat, resolvePlain, resolveTagged } from './yamlScalar.ts'

const standard = 'tag:yaml.org,2002:'

/**
 * The types of YAML 1.1 as yaml.v2 has them, for one document. Maps become `Map` with keys of text; tags that nobody knows are
 * ignored.
 */
export function yamlSchema(): Schema {
  const map = mapTag()
  return new Schema([
    ...scalars,
    defineMappingTag(`${standard}map`, map),
    defineMappingTag('', { ...map, matchByTagPrefix: true }),
  ])
}

/** Where a merge key is no key, it is the text it looks like. */
export function plainValue(value: unknown): unknown {
  return value === merge ? '<<' : value
}

const merge = Symbol('<<')

type Carrier = Map<string, unknown>

/** More merged keys than this, all together, are refused: with aliases, a small text makes any number of them. */
const maxMerged = 10_000

function mapTag() {
  let merged = 0
  return {
    create: (): Carrier => new Map<string, unknown>(),
    addPair: (carrier: Carrier, key: unknown, value: unknown): string => {
      if (key === merge) {
        const sources: readonly unknown[] = Array.isArray(value) ? value : [value]
        merged += sources.reduce<number>((sum, source) => sum + (source instanceof Map ? source.size : 0), 0)
        return merged > maxMerged ? 'the merge keys (<<) bring in too much' : mergeInto(carrier, sources)
      }
      const name = keyText(key)
      if (name === undefined) return 'a key must be text, a number, true or false'
      carrier.set(name, plainValue(value))
      return ''
    },
    // Duplicates are allowed, so nothing is ever there already.
    has: (): boolean => false,
    keys: (carrier: Carrier) => carrier.keys(),
    get: (carrier: Carrier, key: unknown): unknown => carrier.get(String(key)),
    // Having this, js-yaml refuses a map that contains itself.
    finalize: (carrier: Carrier): Carrier => carrier,
    identify: never,
  }
}

/** Merged keys obey the order of the document, like any other: what comes later wins. */
function mergeInto(carrier: Carrier, sources: readonly unknown[]): string {
  // In a list of maps the first one wins.
  for (const source of sources.toReversed()) {
    if (!(source instanceof Map)) return 'a merge key (<<) needs a map or a list of maps'
    for (const [key, item] of source) carrier.set(String(key), item)
  }
  return ''
}

/** A key as text. Go's YAML-to-JSON conversion writes numbers and booleans so. */
function keyText(key: unknown): string | undefined {
  if (typeof key === 'string') return key
  if (typeof key === 'boolean') return String(key)
  if (typeof key === 'bigint') return key < 2n ** 63n ? String(key) : undefined
  if (typeof key !== 'number') return undefined
  if (Number.isNaN(key)) return '.nan'
  return Number.isFinite(key) ? formatFloat(key) : key < 0 ? '-.inf' : '.inf'
}

const sequence = {
  create: (): unknown[] => [],
  addItem: (carrier: unknown[], item: unknown): void => {
    carrier.push(plainValue(item))
  },
  finalize: (carrier: unknown[]): unknown[] => carrier,
  identify: never,
}

function never(): boolean {
  return false
}

const scalars = [
  defineScalarTag(`${standard}str`, { resolve: (source) => source, identify: never }),
  defineScalarTag('plain', {
    implicit: true,
    resolve: (source) => (source === '<<' ? merge : resolvePlain(source)),
    identify: never,
  }),
  defineScalarTag('', {
    matchByTagPrefix: true,
    resolve: (source, _isExplicit, tag) => {
      const value = tag.startsWith(standard) ? resolveTagged(source, tag.slice(standard.length)) : source
      return value === undefined ? NOT_RESOLVED : value
    },
    identify: never,
  }),
  defineSequenceTag(`${standard}seq`, sequence),
  defineSequenceTag('', { ...sequence, matchByTagPrefix: true }),
]
