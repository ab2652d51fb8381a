import { bytewise } from '../base/bytewise.ts'

/**
 * JSON with the bytes of Go's encoder, because digests are made of bytes: compact, without keys that are `undefined`,
 * and with the escapes that Go used up to 1.21.
 * @see https://pkg.go.dev/encoding/json#Marshal
 */
export function goJson(value: unknown): string {
  if (value instanceof GoMap) return object(value.entries)
  if (Array.isArray(value)) return `[${value.map(goJson).join(',')}]`
  if (typeof value === 'object' && value !== null) return object(Object.entries(value))
  return typeof value === 'string' ? text(value) : JSON.stringify(value)
}

/** Marks an object as a map of Go, which is written in the bytewise order of its keys; so is every map inside it. */
export function goMap(values: object): unknown {
  return new GoMap(values)
}

class GoMap {
  readonly entries: readonly (readonly [string, unknown])[]

  constructor(values: object) {
    const entries = Object.entries(values).map(([key, value]) => [key, inside(value)] as const)
    this.entries = bytewise(entries, ([key]) => key)
  }
}

function inside(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(inside)
  return typeof value === 'object' && value !== null ? new GoMap(value) : value
}

function object(entries: readonly (readonly [string, unknown])[]): string {
  const members = entries.filter(([, value]) => value !== undefined)
  return `{${members.map(([key, value]) => `${text(key)}:${goJson(value)}`).join(',')}}`
}

function text(value: string): string {
  // The way through a buffer puts U+FFFD in the place of half surrogate pairs, as Go does.
  return JSON.stringify(Buffer.from(value).toString()).replace(
    /\\.|[<>&\u2028\u2029]/g,
    (found) => escapes[found] ?? found,
  )
}

/** What a browser could take for markup, and what Go has no short form for. */
const escapes: Readonly<Record<string, string>> = {
  '<': String.raw`\u003c`,
  '>': String.raw`\u003e`,
  '&': String.raw`\u0026`,
  '\u2028': String.raw`\u2028`,
  '\u2029': String.raw`\u2029`,
  [String.raw`\b`]: String.raw`\u0008`,
  [String.raw`\f`]: String.raw`\u000c`,
}
