import {
  defineMappingTag,
  defineScalarTag,
  defineSequenceTag,
  load,
  NOT_RESOLVED,
  Schema,
  YAMLException,
} from 'js-yaml'
import { messageOf } from '../errors.ts'
import { invalidChart, type Place } from './invalidChart.ts'
import { formatFloat, resolvePlain, resolveTagged } from './yamlScalar.ts'

/** A YAML value as Helm's parser sees it: whole numbers are bigint, others number, keys are always text. */
export type Yaml = null | boolean | bigint | number | string | readonly Yaml[] | YamlMap
export type YamlMap = ReadonlyMap<string, Yaml>

export interface YamlOptions {
  /** More aliases than this are refused; they are the means of "billion laughs". */
  readonly maxAliases: number
}

/**
 * Reads the first document of a YAML 1.1 text the way yaml.v2, the parser of Helm 3, does: duplicate keys are allowed
 * and the last one wins, merge keys work, unknown tags are ignored, nothing but plain data comes out.
 *
 * @param place names the file in the error
 * @throws ChartroomError `invalid-chart` with the line
 * @see https://github.com/go-yaml/yaml/blob/v2.4.0/decode.go
 */
export function parseYaml(bytes: Uint8Array, place: Place, { maxAliases }: YamlOptions): Yaml {
  const document = firstDocument(decodeText(bytes, place))
  if (isBlank(document)) return null
  try {
    return toYaml(load(document, { schema, json: true, maxDepth: 100, maxAliases }))
  } catch (cause) {
    const at = cause instanceof YAMLException && cause.mark !== undefined ? cause.mark.line + 1 : undefined
    const why = cause instanceof YAMLException ? cause.reason : messageOf(cause)
    throw invalidChart(place, `this is not valid YAML: ${why}`, { line: at, cause })
  }
}

function decodeText(bytes: Uint8Array, place: Place): string {
  try {
    // Drops a byte order mark, as Helm does since 3.3.
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch (cause) {
    throw invalidChart(place, 'this is not text in UTF-8', { cause })
  }
}

/** Helm reads one document and does not look at what follows. */
function firstDocument(text: string): string {
  const lines = text.split('\n')
  let started = false
  for (const [index, line] of lines.entries()) {
    const isEnd = /^\.\.\.(?:\s|$)/.test(line)
    if (isEnd || /^---(?:\s|$)/.test(line)) {
      if (started) return lines.slice(0, index).join('\n')
      started = !isEnd
    } else if (!/^(?:\s*(?:#.*)?|%.*)$/.test(line)) {
      started = true
    }
  }
  return text
}

function isBlank(text: string): boolean {
  return text.split('\n').every((line) => /^\s*(?:#.*)?$/.test(line))
}

const merge = Symbol('<<')

type Carrier = Map<string, unknown>

const map = {
  create: (): Carrier => new Map<string, unknown>(),
  addPair: (carrier: Carrier, key: unknown, value: unknown): string => {
    if (key === merge) return mergeInto(carrier, value)
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

/** Merged keys obey the order of the document, like any other: what comes later wins. */
function mergeInto(carrier: Carrier, value: unknown): string {
  // In a list of maps the first one wins.
  const sources: readonly unknown[] = Array.isArray(value) ? value.toReversed() : [value]
  for (const source of sources) {
    if (!(source instanceof Map)) return 'a merge key (<<) needs a map or a list of maps'
    for (const [key, item] of source) carrier.set(String(key), item)
  }
  return ''
}

/** A key as text. Go's YAML-to-JSON conversion writes numbers and booleans so. */
function keyText(key: unknown): string | undefined {
  if (typeof key === 'string') return key
  if (typeof key === 'boolean' || typeof key === 'bigint') return String(key)
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

const standard = 'tag:yaml.org,2002:'

/** Tags that nobody knows are ignored, as yaml.v2 does. */
const schema = new Schema([
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
  defineMappingTag(`${standard}map`, map),
  defineMappingTag('', { ...map, matchByTagPrefix: true }),
])

function never(): boolean {
  return false
}

/** Where a merge key is no key, it is the text it looks like. */
function plainValue(value: unknown): unknown {
  return value === merge ? '<<' : value
}

/** What js-yaml returns, as the type that the schema above guarantees. */
function toYaml(value: unknown): Yaml {
  const plain = plainValue(value)
  return isYaml(plain) ? plain : null
}

function isYaml(value: unknown): value is Yaml {
  return (
    value === null ||
    Array.isArray(value) ||
    value instanceof Map ||
    ['boolean', 'bigint', 'number', 'string'].includes(typeof value)
  )
}
