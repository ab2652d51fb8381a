import { printable } from '../../core/index.ts'
import { markdownLink, markdownText } from './inertMarkdown.ts'

/** Characters; what is longer, or nested deeper, is text: nobody writes it, and looking for marks in it takes long. */
const longest = 2000
const deepest = 3

/** Each alternative with the name of what it is; what none of them matches is text. */
const marks = new RegExp(
  [
    '(?<code>(?<fence>`+)(?!`)(?<inCode>.*?[^`])\\k<fence>(?!`))',
    '\\[!\\[(?<badge>[^\\]]*)\\]\\([^)]*\\)\\]\\(\\s*<?(?<badgeTarget>[^)\\s>]*)[^)]*\\)',
    '!\\[(?<image>[^\\]]*)\\]\\([^)]*\\)',
    '\\[(?<label>[^\\]]+)\\]\\(\\s*<?(?<target>[^)\\s>]*)[^)]*\\)',
    '<?(?<address>https://[^\\s<>()\\[\\]`"\'|*]*[^\\s<>()\\[\\]`"\'|*.,;:!?])>?',
    '(?<strongMark>\\*\\*|__)(?=\\S)(?<strong>.*?\\S)\\k<strongMark>',
    '(?<![\\w*])(?<emphasisMark>[*_])(?=[^\\s*_])(?<emphasis>[^*_]*[^\\s*_])\\k<emphasisMark>(?![\\w*])',
    '(?<break><br ?/?>)',
    '(?<comment><!--.*?-->)',
    '\\\\(?<escaped>[!-/:-@\\[-`{-~])',
  ].join('|'),
  'gi',
)

/**
 * A line of a stranger's Markdown, written anew: code, emphasis and links to `https:` keep their meaning, all else is the text
 * that it is. No image is loaded: what stands in for it is shown. What comes out is on one line.
 */
export function markdownLine(line: string, depth = 0): string {
  if (line.length > longest || depth > deepest) return markdownText(line)
  let written = ''
  let position = 0
  for (const match of line.matchAll(marks)) {
    written += spaced(line.slice(position, match.index)) + markOf(match.groups ?? {}, depth)
    position = match.index + match[0].length
  }
  return written + spaced(line.slice(position))
}

function markOf(groups: Readonly<Record<string, string | undefined>>, depth: number): string {
  const { inCode, badge, badgeTarget, image, label, target, address, strong, emphasis, escaped } = groups
  if (inCode !== undefined) return codeSpan(inCode)
  if (badge !== undefined) return labelled(badge, badgeTarget ?? '')
  if (image !== undefined) return spaced(image)
  if (label !== undefined) return labelled(label, target ?? '')
  if (address !== undefined) return markdownLink(address)
  if (strong !== undefined) return marked('**', strong, depth)
  if (emphasis !== undefined) return marked('*', emphasis, depth)
  if (escaped !== undefined) return markdownText(escaped)
  // A line break, or a comment.
  return ' '
}

/** Where a link leads is written out: its label is a stranger's word. */
function labelled(label: string, target: string): string {
  if (label === target) return markdownLink(target)
  return `${spaced(label)} &#40;${markdownLink(target)}&#41;`
}

function marked(mark: string, inside: string, depth: number): string {
  const written = markdownLine(inside, depth + 1).trim()
  return written === '' ? '' : `${mark}${written}${mark}`
}

/** What would end a span of code, or the cell of a table around it, is text instead. */
function codeSpan(text: string): string {
  const code = printable(text).trim()
  return code === '' || /[`|\\]/.test(code) ? markdownText(code) : `\`${code}\``
}

/** The text, with the spaces at its ends, which separate it from what stands beside it. */
function spaced(text: string): string {
  const inside = markdownText(text)
  if (inside === '') return text === '' ? '' : ' '
  return `${/^\s/.test(text) ? ' ' : ''}${inside}${/\s$/.test(text) ? ' ' : ''}`
}
