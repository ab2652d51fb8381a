/** How a JSON text is laid out. */
export interface JsonStyle {
  /** Of one level; empty where everything stands in one line. */
  readonly indentation: string
  readonly lineEnd: string
}

interface Member {
  readonly key: string
  /** Where its key begins, its value begins, and its value ends. */
  readonly start: number
  readonly value: number
  readonly end: number
}

interface JsonObject {
  /** Where its braces stand. */
  readonly open: number
  readonly close: number
  readonly members: readonly Member[]
}

/**
 * Gives a member of an object another value, or the object a new member, and leaves every other byte of the text as it is:
 * order, white space, numbers and escapes that a parser would write in another way.
 *
 * @param text valid JSON, an object
 * @param path of the object within the text
 * @param before says of the keys that are there whether a new one goes before them; unless given, it goes to the end
 */
export function withMember(
  text: string,
  path: readonly string[],
  key: string,
  value: unknown,
  style: JsonStyle,
  before: (key: string) => boolean = () => false,
): string {
  const object = objectAt(text, path)
  const { members } = object
  const same = members.findLast((member) => member.key === key)
  if (same !== undefined)
    return spliced(text, same.value, same.end, printed(value, gapBefore(text, same.start), style))
  const next = members.findIndex((member) => before(member.key))
  const neighbour = next < 0 ? members.at(-1) : members[next]
  if (neighbour === undefined) return withFirst(text, object, key, value, style)
  const gap = gapBefore(text, neighbour.start)
  const colon = text.slice(skip(string, text, neighbour.start), neighbour.value)
  const member = `${JSON.stringify(key)}${colon}${printed(value, gap, style)}`
  return next < 0
    ? spliced(text, neighbour.end, neighbour.end, `,${gap}${member}`)
    : spliced(text, neighbour.start, neighbour.start, `${member},${gap}`)
}

/** Takes members out of an object and leaves every other byte of the text as it is. */
export function withoutMembers(text: string, path: readonly string[], keys: readonly string[]): string {
  const { open, close, members } = objectAt(text, path)
  const position = members.findLastIndex(({ key }) => keys.includes(key))
  const [member, last, next] = [members[position], members[position - 1], members[position + 1]]
  if (member === undefined) return text
  const rest =
    next !== undefined
      ? spliced(text, member.start, next.start, '')
      : last !== undefined
        ? spliced(text, last.end, member.end, '')
        : spliced(text, open + 1, close, '')
  return withoutMembers(rest, path, keys)
}

function withFirst(
  text: string,
  { open, close }: JsonObject,
  key: string,
  value: unknown,
  style: JsonStyle,
): string {
  const { indentation, lineEnd } = style
  if (indentation === '')
    return spliced(text, open + 1, close, `${JSON.stringify(key)}:${JSON.stringify(value)}`)
  const line = text.slice(text.lastIndexOf('\n', open) + 1, open)
  const outer = lineEnd + (/^[ \t]*/.exec(line)?.[0] ?? '')
  const gap = outer + indentation
  return spliced(text, open + 1, close, `${gap}${JSON.stringify(key)}: ${printed(value, gap, style)}${outer}`)
}

/** A value, indented like the members around it; in one line where they are. */
function printed(value: unknown, gap: string, { indentation, lineEnd }: JsonStyle): string {
  if (!gap.includes('\n')) return JSON.stringify(value)
  const inner = gap.slice(gap.lastIndexOf('\n') + 1)
  return JSON.stringify(value, undefined, indentation).replaceAll('\n', lineEnd + inner)
}

/** The white space in front of a member. */
function gapBefore(text: string, start: number): string {
  let first = start
  while (' \t\r\n'.includes(text[first - 1] ?? '-')) first--
  return text.slice(first, start)
}

function spliced(text: string, start: number, end: number, inserted: string): string {
  return text.slice(0, start) + inserted + text.slice(end)
}

/** Where an object stands in the text. Of a key that comes up twice the last one counts, as for every parser. */
function objectAt(text: string, path: readonly string[]): JsonObject {
  let object = readObject(text, text.indexOf('{'))
  for (const key of path) {
    const member = object.members.findLast((each) => each.key === key)
    object = readObject(text, member?.value ?? -1)
  }
  return object
}

const white = /[ \t\r\n]*/y
const string = /"[^"\\]*(?:\\.[^"\\]*)*"/y
const scalar = /[^\s,\]}]+/y

/** @param open where its brace stands */
function readObject(text: string, open: number): JsonObject {
  const members: Member[] = []
  let position = skip(white, text, open + 1)
  while (text[position] === '"') {
    const start = position
    const afterKey = skip(string, text, start)
    const value = skip(white, text, skip(white, text, afterKey) + 1)
    const end = endOfValue(text, value)
    members.push({ key: JSON.parse(text.slice(start, afterKey)) as string, start, value, end })
    position = skip(white, text, end)
    if (text[position] === ',') position = skip(white, text, position + 1)
  }
  return { open, close: position, members }
}

function endOfValue(text: string, start: number): number {
  let depth = 0
  let position = start
  do {
    position = skip(white, text, position)
    const letter = text[position]
    if (letter === '"') position = skip(string, text, position)
    else if (letter === '{' || letter === '[') [depth, position] = [depth + 1, position + 1]
    else if (letter === '}' || letter === ']') [depth, position] = [depth - 1, position + 1]
    else if (letter === ',' || letter === ':') position += 1
    else position = skip(scalar, text, position)
  } while (depth > 0)
  return position
}

/** The position behind a match that begins at `position`. */
function skip(pattern: RegExp, text: string, position: number): number {
  pattern.lastIndex = position
  return pattern.test(text) ? pattern.lastIndex : position + 1
}
