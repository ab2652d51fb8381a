import { constructFromEvents, EVENT_ID, parseEvents, SCALAR_STYLE, YAMLException, type Event } from 'js-yaml'
import { messageOf } from '../errors.ts'
import { indentFlow } from './indentFlow.ts'
import { invalidChart, type Place } from './invalidChart.ts'
import { plainValue, yamlSchema } from './yamlSchema.ts'

/** A YAML value as Helm's parser sees it: whole numbers are bigint, others number, keys are always text. */
export type Yaml = null | boolean | bigint | number | string | readonly Yaml[] | YamlMap
export type YamlMap = ReadonlyMap<string, Yaml>

export interface YamlOptions {
  /** More aliases than this are refused; they are the means of "billion laughs". */
  readonly maxAliases: number
  /** More values than this, each counted as often as an alias repeats it, are refused. */
  readonly maxValues?: number
}

/**
 * Reads the first document of a YAML 1.1 text the way yaml.v2, the parser of Helm 3, does: duplicate keys are allowed
 * and the last one wins, merge keys work, unknown tags are ignored, nothing but plain data comes out.
 *
 * @param place names the file in the error
 * @throws ChartroomError `invalid-chart` with the line
 * @see https://github.com/go-yaml/yaml/blob/v2.4.0/decode.go
 */
export function parseYaml(
  bytes: Uint8Array,
  place: Place,
  { maxAliases, maxValues = Infinity }: YamlOptions,
): Yaml {
  const document = firstDocument(decodeText(bytes, place), place)
  requirePrintable(document, place)
  if (isBlank(document)) return null
  const read = (text: string): Yaml => {
    const events = parseEvents(text, { maxDepth: 100 })
    requireKnownEscapes(events, text)
    const [value] = constructFromEvents(events, {
      source: text,
      schema: yamlSchema(),
      json: true,
      maxAliases,
    })
    if (valuesIn(toYaml(value), new Map()) > maxValues)
      throw new Error(`it holds more than ${maxValues} values`)
    return toYaml(value)
  }
  try {
    // These are line breaks of YAML 1.1, too, though they stay what they are; so the lines must be right.
    if (document.search(separators) >= 0) withoutIndentation(document.replace(separators, '\n'), read)
    return withoutIndentation(document, read)
  } catch (cause) {
    const at = cause instanceof YAMLException && cause.mark !== undefined ? cause.mark.line + 1 : undefined
    const why = cause instanceof YAMLException ? cause.reason : messageOf(cause)
    throw invalidChart(place, `this is not valid YAML: ${why}`, { line: at, cause })
  }
}

const separators = /[\u2028\u2029]/g

/** Reads again what js-yaml refuses only because of where the lines in brackets and quotes begin. */
function withoutIndentation(document: string, read: (text: string) => Yaml): Yaml {
  try {
    return read(document)
  } catch (error) {
    const indented = indentFlow(document)
    if (indented === document) throw error
    return read(indented)
  }
}

/** JSON may write a slash as `\/`, and YAML 1.2 takes that over; Helm's parser knows YAML 1.1 only. */
function requireKnownEscapes(events: readonly Event[], text: string): void {
  for (const event of events) {
    if (event.type !== EVENT_ID.SCALAR || event.style !== SCALAR_STYLE.DOUBLE_QUOTED) continue
    for (const [escape] of text.slice(event.valueStart, event.valueEnd).matchAll(/\\./gs)) {
      if (escape === '\\/') throw new Error('a text in quotes has a \\/, write the slash alone')
    }
  }
}

function decodeText(bytes: Uint8Array, place: Place): string {
  try {
    // Drops a byte order mark, as Helm does since 3.3. In YAML 1.1, "next line" is a line break.
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes).replaceAll('\u0085', '\n')
  } catch (cause) {
    throw invalidChart(place, 'this is not text in UTF-8', { cause })
  }
}

/** @see https://yaml.org/spec/1.1/#id868524 for the characters of YAML 1.1 */
function requirePrintable(document: string, place: Place): void {
  const at = document.search(/[^\t\n\r -~\u00a0-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/u)
  if (at < 0) return
  const line = document.slice(0, at).split('\n').length
  throw invalidChart(place, 'this is not valid YAML: control characters are not allowed', { line })
}

/** Helm reads one document and does not look at what follows. */
function firstDocument(text: string, place: Place): string {
  const lines = text.split('\n')
  let started = false
  for (const [index, line] of lines.entries()) {
    const isEnd = /^\.\.\.(?:\s|$)/.test(line)
    if (isEnd && !started) {
      throw invalidChart(place, 'this is not valid YAML: "..." ends what has not begun', { line: index + 1 })
    }
    if (isEnd || /^---(?:\s|$)/.test(line)) {
      if (started) return lines.slice(0, index).join('\n')
      started = true
    } else if (!/^(?:\s*(?:#.*)?|%.*)$/s.test(line)) {
      started = true
    }
  }
  return text
}

function isBlank(text: string): boolean {
  return text.split('\n').every((line) => /^\s*(?:#.*)?$/s.test(line))
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

/** How many values somebody meets who follows every alias. */
function valuesIn(value: Yaml, known: Map<Yaml, number>): number {
  if (typeof value !== 'object' || value === null) return 1
  let count = known.get(value)
  if (count === undefined) {
    count = 1
    for (const item of value.values()) count += valuesIn(item, known)
    known.set(value, count)
  }
  return count
}
