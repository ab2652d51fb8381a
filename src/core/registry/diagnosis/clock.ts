import { header, type HttpHeaders } from '../transport/transport.ts'
import type { Found } from './steps.ts'

/** Seconds that two clocks may differ before certificates and tokens suffer; a `Date` is whole seconds. */
const tolerated = 60

/**
 * Compares this machine's clock with the registry's.
 * @param received when the answer came, in milliseconds since 1970 by this machine's clock
 * @returns `undefined` where the registry does not say what time it is
 */
export function compareClocks(headers: HttpHeaders, received: number): Found<true> | undefined {
  const date = Date.parse(header({ headers }, 'date') ?? '')
  if (Number.isNaN(date)) return undefined
  const secondsAhead = Math.round((received - date) / 1000)
  const facts = { secondsAhead }
  if (Math.abs(secondsAhead) <= tolerated) return { summary: 'in step with the registry', facts, value: true }
  return {
    summary: `this machine is ${Math.abs(secondsAhead)} s ${secondsAhead > 0 ? 'ahead of' : 'behind'} the registry`,
    facts,
    value: true,
    warning: { advice: 'Set the clock that is wrong: certificates and tokens are good for a time only.' },
  }
}
