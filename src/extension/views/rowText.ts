import { printable } from '../../core/index.ts'

/** Characters; no row is wider, and a stranger's text may have a million. */
const longest = 200

/** Text of strangers for a row of a tree. */
export function rowText(text: string): string {
  return printable(text.length > longest ? `${text.slice(0, longest)}…` : text)
}
