import { env, l10n } from 'vscode'
import { formatSize, partOfSize } from '../core/index.ts'
import { decimalText } from './numberText.ts'

/** `2.4 KiB`, in the language of the editor. @param bytes a whole number, not negative */
export function sizeText(bytes: number): string {
  return decimalText(formatSize(bytes), env.language)
}

/** How far something is, in bytes, in the unit of the whole: `12.4 of 95.4 MiB`, in the language of the editor. */
export function partOfSizeText(done: number, total: number): string {
  return l10n.t('{0} of {1}', decimalText(partOfSize(done, total), env.language), sizeText(total))
}
