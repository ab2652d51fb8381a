import type { ListedChart } from './cacheNodes.ts'

/**
 * The charts that a person means by a few words: each has to occur in the reference, the name, a version or the
 * description, in any case; for what cannot be read, or has not been read yet, in its reference.
 *
 * @param text empty for all
 */
export function matchingCharts(charts: readonly ListedChart[], text: string): readonly ListedChart[] {
  const words = wordsOf(text)
  if (words.length === 0) return charts
  return charts.filter((chart) => {
    const searched = searchedText(chart).toLowerCase()
    return words.every((word) => searched.includes(word))
  })
}

function wordsOf(text: string): string[] {
  return text
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== '')
}

function searchedText(chart: ListedChart): string {
  if ('isUnread' in chart || chart.problem !== undefined) return chart.reference
  const { reference, name, version, appVersion = '', description = '' } = chart
  return [reference, name, version, appVersion, description].join('\n')
}
