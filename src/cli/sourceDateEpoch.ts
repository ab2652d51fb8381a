import { UsageError } from './usageError.ts'
import type { VerbPath } from './verbs/verb.ts'

/**
 * The time that stands in what is built, as an option of the core; nothing where the environment does not say.
 * @throws UsageError
 * @see https://reproducible-builds.org/specs/source-date-epoch/
 */
export function sourceDateEpoch(verb: VerbPath): { readonly epoch?: number } {
  const text = process.env['SOURCE_DATE_EPOCH']
  if (text === undefined || text === '') return {}
  if (/^\d{1,11}$/.test(text)) return { epoch: Number(text) }
  throw new UsageError(`SOURCE_DATE_EPOCH is a number of seconds since 1970, not "${text}".`, verb)
}
