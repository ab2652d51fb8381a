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
