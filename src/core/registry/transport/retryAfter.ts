/**
 * Reads `Retry-After`.
 * @returns milliseconds from `now`; `undefined` where the value is missing or neither seconds nor a date
 * @see https://www.rfc-editor.org/rfc/rfc9110#section-10.2.3
 */
export function parseRetryAfter(value: string | undefined, now: number): number | undefined {
  if (value === undefined) return undefined
  if (/^\d+$/.test(value.trim())) return Number(value) * 1000
  const date = Date.parse(value)
  return Number.isNaN(date) ? undefined : Math.max(0, date - now)
}

/** The longest wait that a registry can ask for, in milliseconds; above it an operation fails and says when to come back. */
export const longestWait = 120_000
