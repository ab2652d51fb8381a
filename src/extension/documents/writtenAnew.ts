import { markdownCode, markdownTable } from './inertMarkdown.ts'
import { markdownLine } from './markdownLine.ts'

/** Quotations in quotations, and lists in lists, deeper than this are not told apart. */
const deepest = 4

/**
 * Markdown of a stranger, for example a README, written anew so that it can be shown as it reads: headings, lists, tables,
 * quotations, code, emphasis and links to `https:`. Whatever is none of these comes out as the text that it is, so no image is
 * loaded, no HTML and no command gets in, whichever parser reads it.
 *
 * @param level of the highest heading that comes out
 */
export function writtenAnew(markdown: string, level: number): string {
  return blocks(markdown.split(/\r\n|[\r\n\u2028\u2029]/), level, 0).join('\n\n')
}

/** A block that begins at a line: its Markdown, and how many lines it has. */
type Block = readonly [written: string, length: number]

/** Where in a text a block is looked for, and how deep that text stands in others. */
interface Place {
  readonly lines: readonly string[]
  readonly at: number
  readonly level: number
  readonly depth: number
}

function blocks(lines: readonly string[], level: number, depth: number): string[] {
  const written: string[] = []
  let at = 0
  while (at < lines.length) {
    const [block, length] = blockAt({ lines, at, level, depth })
    if (block !== '') written.push(block)
    at += length
  }
  return written
}

function blockAt(place: Place): Block {
  if (lineAt(place) === '') return ['', 1]
  return (
    fencedCode(place) ??
    indentedCode(place) ??
    heading(place) ??
    rule(place) ??
    table(place) ??
    quotation(place) ??
    list(place) ??
    paragraph(place)
  )
}

/** Indented as far as it likes, because it may belong to an item of a list. */
const fenceLine = /^(?<space>\s*)(?<fence>`{3,}|~{3,}) *(?<language>[\w+-]*)[^`]*$/

function fencedCode({ lines, at }: Place): Block | undefined {
  const { space = '', fence, language = '' } = fenceLine.exec(lines[at] ?? '')?.groups ?? {}
  if (fence === undefined) return undefined
  const inside = linesWhile(lines, at + 1, (line) => !isEnd(line.trim(), fence))
  const code = inside.map((line) => (line.startsWith(space) ? line.slice(space.length) : line))
  return [
    markdownCode(code.join('\n'), coloured.has(language.toLowerCase()) ? language : ''),
    inside.length + 2,
  ]
}

/** Languages that are shown in colours. Of others the editor, or an extension of it, makes pictures and formulas: `mermaid`, `math`. */
const coloured: ReadonlySet<string> = new Set(
  (
    'yaml yml json jsonc json5 toml ini properties sh bash zsh shell console shell-session powershell ps1 bat diff ' +
    'dockerfile docker makefile hcl terraform tf go gotemplate helm tpl python py ruby javascript js typescript ts ' +
    'java rust lua perl php c cpp csharp css html xml sql graphql nginx http markdown md text txt plaintext'
  ).split(' '),
)

function isEnd(text: string, fence: string): boolean {
  return text.length >= fence.length && text === fence.charAt(0).repeat(text.length)
}

function indentedCode({ lines, at }: Place): Block | undefined {
  const indent = /^(?: {4}|\t)/
  const inside = linesWhile(lines, at, (line) => indent.test(line))
  if (inside.length === 0) return undefined
  return [markdownCode(inside.map((line) => line.replace(indent, '')).join('\n'), ''), inside.length]
}

function heading({ lines, at, level }: Place): Block | undefined {
  const line = lines[at] ?? ''
  const [, marks, text = ''] = /^ {0,3}(#{1,6})(?: +(.*?))?(?: +#+)? *$/.exec(line) ?? []
  if (marks !== undefined) return [headingOf(text, level + marks.length - 1), 1]
  const [, underline] = /^ {0,3}(=+|--+) *$/.exec(lines[at + 1] ?? '') ?? []
  if (underline === undefined || startsBlock(line)) return undefined
  return [headingOf(line, level + (underline.startsWith('=') ? 0 : 1)), 2]
}

function headingOf(text: string, level: number): string {
  const words = markdownLine(text).trim()
  return words === '' ? '' : `${'#'.repeat(Math.min(level, 6))} ${words}`
}

const ruleLine = /^ {0,3}([-*_])(?: *\1){2,} *$/

function rule({ lines, at }: Place): Block | undefined {
  return ruleLine.test(lines[at] ?? '') ? ['---', 1] : undefined
}

function table({ lines, at }: Place): Block | undefined {
  const delimiters = lines[at + 1] ?? ''
  if (!delimiters.includes('|') || !/^[ |]*:?-[-: |]*$/.test(delimiters)) return undefined
  const taken = linesWhile(lines, at, (line) => line.includes('|'))
  const [titles = [], , ...rows] = taken.map(cellsOf)
  if (taken.length < 2) return undefined
  return [
    markdownTable(
      titles,
      rows.map((cells) => titles.map((_, column) => cells[column] ?? '')),
    ),
    taken.length,
  ]
}

function cellsOf(line: string): string[] {
  const inside = line.trim().replace(/^\|/, '').replace(/\|$/, '')
  return inside.split(/(?<!\\)\|/).map((cell) => markdownLine(cell).trim())
}

function quotation({ lines, at, level, depth }: Place): Block | undefined {
  const mark = /^ {0,3}> ?/
  const taken = linesWhile(lines, at, (line) => mark.test(line))
  if (taken.length === 0 || depth >= deepest) return undefined
  const inside = taken.map((line) => line.replace(mark, ''))
  const written = blocks(inside, level, depth + 1).join('\n\n')
  return [written.replaceAll(/^/gm, '> '), taken.length]
}

const item = /^(?<space>\s*)(?<mark>[-*+]|\d{1,3}[.)]) +(?<text>.*)$/

/** The items of a list, each with the lines that go on under it, indented anew by how they stand in one another. */
function list({ lines, at }: Place): Block | undefined {
  if (!item.test(lines[at] ?? '')) return undefined
  const taken = linesWhile(
    lines,
    at,
    (line) => !fenceLine.test(line) && (item.test(line) || /^\s+\S/.test(line)),
  )
  const written: string[] = []
  const indents: number[] = []
  for (const line of taken) {
    const { space = '', mark, text = '' } = item.exec(line)?.groups ?? {}
    if (mark === undefined) {
      written.push(`${written.pop() ?? ''} ${markdownLine(line).trim()}`)
      continue
    }
    const indent = space.replaceAll('\t', '    ').length
    while (indent <= (indents.at(-1) ?? -1)) indents.pop()
    indents.push(indent)
    const margin = '    '.repeat(Math.min(indents.length - 1, deepest))
    written.push(`${margin}${/\d/.test(mark) ? mark : '-'} ${markdownLine(text).trim()}`)
  }
  return [written.join('\n'), taken.length]
}

function paragraph({ lines, at }: Place): Block {
  const others = linesWhile(lines, at + 1, (line) => line.trim() !== '' && !startsBlock(line))
  const written = [lines[at] ?? '', ...others].map((line) => markdownLine(line).trim())
  return [written.filter((line) => line !== '').join('\n'), others.length + 1]
}

function startsBlock(line: string): boolean {
  const isOther = /^ {0,3}(?:#{1,6}(?: |$)|>)/.test(line)
  return isOther || [fenceLine, item, ruleLine].some((start) => start.test(line))
}

function lineAt({ lines, at }: Place): string {
  return (lines[at] ?? '').trim()
}

function linesWhile(
  lines: readonly string[],
  from: number,
  goesOn: (line: string) => boolean,
): readonly string[] {
  let end = from
  while (end < lines.length && goesOn(lines[end] ?? '')) end += 1
  return lines.slice(from, end)
}
