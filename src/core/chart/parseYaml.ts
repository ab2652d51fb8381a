import { CHOMPING_MODE, constructFromEvents, EVENT_ID, parseEvents, YAMLException, type Event } from 'js-yaml'
import { messageOf } from '../base/errors.ts'
import { invalidChart, type Place } from './invalidChart.ts'
import { requireYaml11 } from './requireYaml11.ts'
import { isAmbiguous, toYaml12 } from './toYaml12.ts'
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
    requireYaml11(events, text)
    const [value] = constructFromEvents(
      events.map((event) => endingWith(text, event)),
      {
        source: text,
        schema: yamlSchema(),
        json: true,
        maxAliases,
      },
    )
    if (valuesIn(toYaml(value), new Map()) > maxValues)
      throw new Error(`it holds more than ${maxValues} values`)
    return toYaml(value)
  }
  try {
    // These are line breaks of YAML 1.1, too, though they stay what they are; so the lines must be right.
    if (document.search(separators) >= 0) asLibyaml(document.replace(separators, '\n'), read)
    return asLibyaml(document, read)
  } catch (cause) {
    const at = cause instanceof YAMLException && cause.mark !== undefined ? cause.mark.line + 1 : undefined
    const why = cause instanceof YAMLException ? cause.reason : messageOf(cause)
    throw invalidChart(place, `this is not valid YAML: ${why}`, { line: at, cause })
  }
}

const separators = /[\u2028\u2029]/g

/** Reads again what js-yaml refuses only because it goes by YAML 1.2, and rewrites first what it might misread. */
function asLibyaml(document: string, read: (text: string) => Yaml): Yaml {
  if (isAmbiguous(document)) return firstNode(toYaml12(document), read)
  try {
    return firstNode(document, read)
  } catch (error) {
    const rewritten = toYaml12(document)
    if (rewritten === document) throw error
    return firstNode(rewritten, read)
  }
}

/**
 * A first map or list that is indented ends where a line begins further left, one in brackets with its last bracket, and Helm does
 * not look at what follows.
 */
function firstNode(text: string, read: (text: string) => Yaml): Yaml {
  try {
    return read(text)
  } catch (error) {
    if (!(error instanceof YAMLException) || !error.reason.startsWith('end of the stream')) throw error
    const { position = 0 } = error.mark ?? {}
    const node = text.slice(0, position)
    const [, indentation] = /\n( *)$/.exec(node) ?? []
    const isOver =
      bracketFirst.test(node) || (indentation !== undefined && indentation.length < indentationOf(node))
    // libyaml does look at the first word that follows, and in the same line at a colon behind it.
    const [line = ''] = text.slice(position).split('\n', 1)
    const follows = indentation === undefined ? /^[^\s@`%"'!|>?*&:-][^:]*$/ : /^[^\s@`%"'!|>?*&:]/
    if (!isOver || !follows.test(line)) throw error
    const value = read(node)
    if (typeof value !== 'object' || value === null) throw error
    return value
  }
}

/** Comments, directives, tags and anchors may stand before the bracket. */
const bracketFirst = /^(?:\s|#.*\n|%.*\n|---(?=\s)|[&!]\S*(?=\s))*[[{]/

function indentationOf(node: string): number {
  const first = node.split('\n').find((line) => !/^(?:\s*(?:#.*)?|%.*|---\s*)$/s.test(line))
  return first?.search(/[^ ]/) ?? 0
}

/** A block of text ends with a line break only if it has one, even at the end of the document. */
function endingWith(text: string, event: Event): Event {
  const isOpen = event.type === EVENT_ID.SCALAR && event.valueEnd === text.length && !text.endsWith('\n')
  return isOpen ? { ...event, chomping: CHOMPING_MODE.STRIP } : event
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
      if (started) return `${lines.slice(0, index).join('\n')}\n`
      started = true
    } else if (!started && line.startsWith('%')) {
      requireDirective(line, place, index + 1)
    } else if (!/^\s*(?:#.*)?$/s.test(line)) {
      started = true
    }
  }
  return text
}

function requireDirective(directive: string, place: Place, line: number): void {
  if (/^%(?:YAML\s+1\.1\s*(?:#.*)?|TAG\s.*)$/s.test(directive)) return
  throw invalidChart(place, 'this is not valid YAML: the only directives are %YAML 1.1 and %TAG', { line })
}

function isBlank(text: string): boolean {
  return text.split('\n').every((line) => /^ *\r?(?:#.*)?$/s.test(line))
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
