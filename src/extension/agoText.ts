import type { Age } from '../core/index.ts'

/**
 * How long ago something was, as it is said in a language: `27 seconds ago`, `vor 2 Stunden`, `now`.
 * @param language of the editor, as `env.language` names it
 */
export function agoText({ count, unit }: Age, language: string): string {
  // Thousands of rows say the same few things.
  const key = `${language} ${count} ${unit}`
  const text = known.get(key) ?? formatterFor(language).format(-count, unit)
  known.set(key, text)
  return text
}

const known = new Map<string, string>()
const formatters = new Map<string, Intl.RelativeTimeFormat>()

function formatterFor(language: string): Intl.RelativeTimeFormat {
  const formatter = formatters.get(language) ?? new Intl.RelativeTimeFormat(language, { numeric: 'auto' })
  formatters.set(language, formatter)
  return formatter
}
