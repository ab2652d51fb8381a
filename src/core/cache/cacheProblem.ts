import { ChartroomError, messageOf, type ErrorKind } from '../base/errors.ts'
import { fileError } from '../base/fileError.ts'

export interface ChartProblem {
  readonly kind: ErrorKind
  /** A sentence that says what is wrong. */
  readonly message: string
  /** A sentence that says what to do. */
  readonly advice?: string
}

/** What is wrong with an entry of that name. */
export function problemOf(error: unknown, name: string): ChartProblem {
  const known = fileError(error, `read ${name}`)
  if (!(known instanceof ChartroomError)) {
    return { kind: 'store-corrupt', message: `${name} could not be read: ${messageOf(error)}.` }
  }
  const { kind, message } = known
  return { kind, message, advice: known.advice ?? adviceFor(kind) }
}

function adviceFor(kind: ErrorKind): string {
  return kind === 'not-a-chart' || kind === 'invalid-chart' || kind === 'archive-unsafe'
    ? 'Remove it from the cache.'
    : 'Pull or save it again, or remove it from the cache.'
}
