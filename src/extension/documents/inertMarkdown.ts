import { printable } from '../../core/index.ts'

/**
 * Text from a chart as Markdown that shows exactly this text on one line, whatever parser reads it: every character that
 * could mean something is written as a character reference, which never has a structural meaning.
 *
 * @see https://spec.commonmark.org/0.31.2/#entity-and-numeric-character-references
 */
export function markdownText(text: string): string {
  return printable(text)
    .trim()
    .replace(/[!-/:-@[-`{-~]/g, (character) => `&#${character.charCodeAt(0)};`)
}

/**
 * A web address as a link; anything but a whole `https:` address is text. Following it is left to the reader: nothing is
 * loaded.
 */
export function markdownLink(address: string): string {
  const url = URL.canParse(address) ? new URL(address) : undefined
  if (url?.protocol !== 'https:') return markdownText(address)
  return `<${url.href.replace(/[^\w\-.~:/?#@&=%+,;]/g, percentEncoded)}>`
}

/**
 * Text of many lines as a block of code. The fence is longer than any run of its characters in the text, so that no line
 * can end the block.
 *
 * @param language what the text is written in, for its colours
 */
export function markdownCode(text: string, language: string): string {
  const lines = text.split(/\r\n|[\r\n\u2028\u2029]/).map((line) => printable(line.replaceAll('\t', '    ')))
  const runs = text.match(/`+/g) ?? []
  const fence = '`'.repeat(runs.reduce((longest, { length }) => Math.max(longest, length + 1), 3))
  return [`${fence}${language}`, ...lines, fence].join('\n')
}

/** @param rows cells of Markdown, each on one line */
export function markdownTable(head: readonly string[], rows: readonly (readonly string[])[]): string {
  return [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n')
}

function percentEncoded(character: string): string {
  const bytes = [...new TextEncoder().encode(character)]
  return bytes.map((byte) => `%${byte.toString(16).toUpperCase().padStart(2, '0')}`).join('')
}
