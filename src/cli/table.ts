/**
 * Lays out rows as Helm does: cells padded with spaces to the width of their column, the last one too, columns joined
 * by one tab. A cell wider than `maxWidth` is cut and ends in three dots.
 *
 * @param maxWidth in terminal columns, four at least
 * @returns one line a row, without line ends
 * @see https://github.com/gosuri/uitable, which Helm prints its lists with
 */
export function formatTable(rows: readonly (readonly string[])[], maxWidth: number): string[] {
  const cells = rows.map((row) => row.map((cell) => shortened(cell, maxWidth)))
  const widths = (rows[0] ?? []).map((_, column) =>
    cells.reduce((widest, row) => Math.max(widest, widthOf(row[column] ?? '')), 0),
  )
  return cells.map((row) => row.map((cell, column) => padded(cell, widths[column] ?? 0)).join('\t'))
}

/** How many columns of a terminal a text takes: two for wide characters, none for marks that combine with others. */
export function widthOf(text: string): number {
  if (plain.test(text)) return text.length
  let width = 0
  for (const character of text) width += characterWidth(character)
  return width
}

/** A text within a width; where it is cut it ends in three dots. */
export function shortened(text: string, maxWidth: number): string {
  if (widthOf(text) <= maxWidth) return text
  let kept = ''
  let width = 0
  for (const character of text) {
    width += characterWidth(character)
    if (width > maxWidth - 3) break
    kept += character
  }
  return `${kept}...`
}

function padded(text: string, width: number): string {
  return text + ' '.repeat(width - widthOf(text))
}

const plain = /^[ -~]*$/
const noWidth = /^[\p{Mn}\p{Me}\p{Cf}\p{Cc}]$/u
const wide =
  /^[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\ua960-\ua97c\uac00-\ud7a3\uf900-\ufaff\ufe10-\ufe19\ufe30-\ufe6f\uff01-\uff60\uffe0-\uffe6\u{16fe0}-\u{18aff}\u{1b000}-\u{1b2ff}\u{20000}-\u{3fffd}\p{Emoji_Presentation}]$/u

function characterWidth(character: string): number {
  if (noWidth.test(character)) return 0
  return wide.test(character) ? 2 : 1
}
