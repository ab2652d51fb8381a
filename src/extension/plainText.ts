import { printable } from '../core/index.ts'

/**
 * Text of strangers for a notification or the label of a choice, where the editor makes links of `[…](…)` and icons of
 * `$(…)`: both stay text, because something invisible stands between their parts.
 */
export function plainText(text: string): string {
  return printable(text).replaceAll('](', ']\u200b(').replaceAll('$(', '$\u200b(')
}
