import { COLLECTION_STYLE, EVENT_ID, SCALAR_STYLE, YAMLException, type Event } from 'js-yaml'

/**
 * Refuses what js-yaml reads by YAML 1.2 and libyaml, the parser of Helm 3, does not read.
 *
 * @throws YAMLException
 * @see https://github.com/go-yaml/yaml/blob/v2.4.0/scannerc.go
 */
export function requireYaml11(events: readonly Event[], text: string): void {
  /** Whether each collection that is open is in brackets. */
  const open: boolean[] = []
  for (const event of events) {
    if (event.type === EVENT_ID.POP) open.pop()
    else if (event.type === EVENT_ID.DOCUMENT) open.push(false)
    else requireProperties(event, text)
    if (event.type === EVENT_ID.SEQUENCE || event.type === EVENT_ID.MAPPING)
      open.push(event.style === COLLECTION_STYLE.FLOW)
    if (event.type === EVENT_ID.MAPPING && event.style === COLLECTION_STYLE.BLOCK)
      requireOwnLine(event.start, text)
    if (event.type === EVENT_ID.SCALAR) requireScalar(event, text, open.at(-1) === true)
  }
}

/** No map begins in the line of its key, not even behind an anchor. */
function requireOwnLine(start: number, text: string): void {
  const line = text.slice(text.lastIndexOf('\n', start - 1) + 1, start)
  if (start > 0 && !/^(?:[-?:]\s|[&!]\S*\s|\s)*$/.test(line))
    YAMLException.throwAt(text, start, 'a map must not begin in the line of its key')
}

type Node = Exclude<Event, { readonly type: typeof EVENT_ID.POP | typeof EVENT_ID.DOCUMENT }>
type Scalar = Extract<Event, { readonly type: typeof EVENT_ID.SCALAR }>

function requireProperties(node: Node, text: string): void {
  const { anchorStart, anchorEnd } = node
  if (anchorStart >= 0 && !/^[\w-]+$/.test(text.slice(anchorStart, anchorEnd)))
    YAMLException.throwAt(text, anchorStart, 'the name of an anchor has only letters, digits, "_" and "-"')
  if (node.type === EVENT_ID.ALIAS || node.tagStart < 0) return
  const { tagStart, tagEnd } = node
  if (/\S/.test(text.charAt(tagEnd)) || /#|<>/.test(text.slice(tagStart, tagEnd)))
    YAMLException.throwAt(text, tagStart, 'a tag must end with a space, and "#" is no part of one')
}

function requireScalar({ style, valueStart, valueEnd }: Scalar, text: string, isInBrackets: boolean): void {
  if (valueStart < 0) return
  const source = text.slice(valueStart, valueEnd)
  if (style === SCALAR_STYLE.DOUBLE_QUOTED) {
    // JSON may write a slash so, and YAML 1.2 takes that over.
    const slash = [...source.matchAll(/\\./gs)].find(([escape]) => escape === '\\/')
    if (slash !== undefined)
      YAMLException.throwAt(
        text,
        valueStart + slash.index,
        'a text in quotes has a \\/, write the slash alone',
      )
  }
  if (style === SCALAR_STYLE.PLAIN && isInBrackets && /^:|\?/.test(source))
    YAMLException.throwAt(
      text,
      valueStart,
      'in brackets, a text with a question mark or a colon needs quotes',
    )
}
