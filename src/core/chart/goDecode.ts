import { formatFloat } from './yamlScalar.ts'
import type { Yaml, YamlMap } from './parseYaml.ts'

/** A value that does not fit its field; the message completes a sentence that names the file. */
export class Misfit extends Error {
  /** The key at the top of the document, to find the line. */
  readonly key: string | undefined

  constructor(problem: string, key?: string) {
    super(problem)
    this.key = key
  }
}

/**
 * Reads a value into a field as Go's JSON decoder does: null changes nothing, lists and structs are filled over what
 * was there before.
 * @param at the field in messages, for example `maintainers`
 * @throws Misfit
 * @see https://pkg.go.dev/encoding/json#Unmarshal and https://github.com/kubernetes-sigs/yaml/blob/v1.2.0/yaml.go
 */
export type Decode<Value> = (value: Yaml, before: Value | undefined, at: string) => Value | undefined

/** Text; numbers and booleans become text. */
export function text(value: Yaml, before: string | undefined, at: string): string | undefined {
  if (value === null) return before
  if (typeof value === 'number') return formatFloat(value)
  if (typeof value !== 'object') return String(value)
  throw new Misfit(`${at} must be text, not ${nameOf(value)}`, at)
}

export function flag(value: Yaml, before: boolean | undefined, at: string): boolean | undefined {
  if (value === null) return before
  if (typeof value === 'boolean') return value
  throw new Misfit(`${at} must be true or false without quotes, not ${nameOf(value)}`, at)
}

/** A list of values that stand for themselves; null is an empty text where text is wanted. */
export function listOf<Item>(decode: Decode<Item>, whenNull: Item): Decode<readonly Item[]> {
  return (value, before, at) => {
    if (value === null) return undefined
    if (!isList(value)) throw new Misfit(`${at} must be a list, not ${nameOf(value)}`, at)
    return value.map((item, index) => {
      const previous = before?.[index]
      if (item === null) return previous ?? whenNull
      return within(at, () => decode(item, previous, 'an entry')) ?? whenNull
    })
  }
}

/** The line of a nested field is not known; that of its list is. */
function within<Value>(list: string, decode: () => Value): Value {
  try {
    return decode()
  } catch (error) {
    if (error instanceof Misfit) throw new Misfit(`${list}: ${error.message}`, list)
    throw error
  }
}

/** Text by name. */
export function textMap(
  value: Yaml,
  before: Readonly<Record<string, string>> | undefined,
  at: string,
): Readonly<Record<string, string>> | undefined {
  if (value === null) return undefined
  if (!isMap(value)) throw new Misfit(`${at} must be a map of names to text, not ${nameOf(value)}`, at)
  const decoded = [...value].map(([key, item]): [string, string] => [key, text(item, '', at) ?? ''])
  // fromEntries makes an own property even of `__proto__`.
  return Object.fromEntries([...Object.entries(before ?? {}), ...decoded])
}

/** Any value, with numbers as JSON has them. */
export function anything(value: Yaml, _before: unknown, at: string): unknown {
  return plainJson(value, at, 10_000)
}

/**
 * A value as plain data, with numbers as JSON has them.
 * @param most values in it; aliases make a small text a huge tree
 * @throws Misfit
 */
export function plainJson(value: Yaml, at: string, most: number): unknown {
  let nodes = 0
  const plain = (item: Yaml): unknown => {
    if (++nodes > most) throw new Misfit(`${at} holds too much`, at)
    if (isList(item)) return item.map(plain)
    if (isMap(item)) return Object.fromEntries([...item].map(([key, inner]) => [key, plain(inner)]))
    if (typeof item === 'bigint') return Number(item)
    if (typeof item === 'number' && !Number.isFinite(item)) throw new Misfit(`${at} holds ${item}`, at)
    return item
  }
  return plain(value)
}

/** How each field of a struct is read. */
export type Fields<Struct> = { readonly [Key in keyof Struct]-?: Decode<NonNullable<Struct[Key]>> }

/**
 * Reads a map into a struct: keys match in any case, unknown ones are dropped, and where two spellings meet, the one
 * that sorts last wins.
 */
export function struct<Struct extends object>(fields: Fields<Struct>): Decode<Partial<Struct>> {
  const decoders = new Map(Object.entries(fields) as [string, Decode<unknown>][])
  const names = new Map([...decoders.keys()].map((name) => [fold(name), name]))
  return (value, before, at) => {
    if (value === null) return before
    if (!isMap(value))
      throw new Misfit(`${at === '' ? 'this' : at} must be a map of keys to values, not ${nameOf(value)}`, at)
    // Nothing but fields of the struct gets in here. Thousands of configs are read in a row, so nothing is made twice.
    const result: Record<string, unknown> = { ...before }
    for (const key of sortedKeys(value)) {
      const item = value.get(key) ?? null
      const name = decoders.has(key) ? key : (names.get(fold(key)) ?? '')
      const decode = decoders.get(name)
      if (decode === undefined) {
        // Go makes JSON of the whole document first, and JSON has no such numbers.
        if (hasNonNumber(item)) throw new Misfit(`${key} holds what is not a number, such as .inf or .nan`)
        continue
      }
      const decoded = decode(item, result[name], name)
      if (decoded !== undefined) result[name] = decoded
      else if (name in result) Reflect.deleteProperty(result, name)
    }
    return result as Partial<Struct>
  }
}

/** Whether there is an infinity, or what is no number at all, anywhere in a value. */
export function hasNonNumber(value: Yaml): boolean {
  const seen = new Set<Yaml>()
  const has = (item: Yaml): boolean => {
    if (typeof item === 'number') return !Number.isFinite(item)
    if (typeof item !== 'object' || item === null || seen.has(item)) return false
    seen.add(item)
    return [...item.values()].some(has)
  }
  return has(value)
}

/** Go compares keys by Unicode's simple folding, which knows a third k and a third s. */
function fold(key: string): string {
  return key.toLowerCase().replaceAll('\u017f', 's')
}

/** In JavaScript's own order, which is Go's for keys that can be two spellings of one field: none has a character beyond U+FFFF. */
function sortedKeys(value: YamlMap): string[] {
  return [...value.keys()].sort()
}

export function isMap(value: Yaml): value is YamlMap {
  return value instanceof Map
}

function isList(value: Yaml): value is readonly Yaml[] {
  return Array.isArray(value)
}

/** What a value is, for messages. */
export function nameOf(value: Yaml): string {
  if (value === null) return 'nothing'
  if (isList(value)) return 'a list'
  if (isMap(value)) return 'a map'
  if (typeof value === 'string') return `the text "${value.slice(0, 60)}"`
  return String(value)
}
