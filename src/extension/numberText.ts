/**
 * A number of things as it is written in a language: `10,000`, `10.000`.
 * @param language of the editor, as `env.language` names it
 */
export function numberText(count: number, language: string): string {
  // Most numbers are small, and the first formatter takes as long as a hundred rows.
  return count < 1000 ? String(count) : formatterFor(language).format(count)
}

const formatters = new Map<string, Intl.NumberFormat>()

function formatterFor(language: string): Intl.NumberFormat {
  const formatter = formatters.get(language) ?? new Intl.NumberFormat(language)
  formatters.set(language, formatter)
  return formatter
}

/**
 * A decimal number, as the core writes it, in a language: `2.4 KiB`, `2,4 KiB`.
 * @param text with one decimal point at the most, and nothing in thousands
 * @param language of the editor
 */
export function decimalText(text: string, language: string): string {
  return text.replace('.', decimalMark(language))
}

/** What costs a formatter is known beforehand for most. */
const decimalMarks = new Map([['en', '.']])

function decimalMark(language: string): string {
  const known = decimalMarks.get(language)
  if (known !== undefined) return known
  const parts = formatterFor(language).formatToParts(0.5)
  const mark = parts.find(({ type }) => type === 'decimal')?.value ?? '.'
  decimalMarks.set(language, mark)
  return mark
}
