import { expect, it } from 'vitest'
import { agoText } from '../../src/extension/agoText.ts'

it.each([
  [{ count: 0, unit: 'second' }, 'en', 'now'],
  [{ count: 1, unit: 'second' }, 'en', '1 second ago'],
  [{ count: 27, unit: 'second' }, 'en', '27 seconds ago'],
  [{ count: 1, unit: 'hour' }, 'en', '1 hour ago'],
  [{ count: 3, unit: 'week' }, 'en', '3 weeks ago'],
  [{ count: 27, unit: 'second' }, 'de', 'vor 27 Sekunden'],
  [{ count: 2, unit: 'month' }, 'fr', 'il y a 2 mois'],
  [{ count: 5, unit: 'year' }, 'ja', '5 年前'],
] as const)('says %j in %s as %s', (age, language, text) => {
  expect(agoText(age, language)).toBe(text)
})
