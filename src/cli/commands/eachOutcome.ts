import type { Context } from '../context.ts'
import { ChartroomError, type ChartOutcome } from '../../core/index.ts'

/**
 * Prints what becomes of charts that are worked on at the same time, in the order of their references: each as soon as it and
 * all before it are through. What was done is printed as data at the end, as an array where several references were given.
 *
 * @param work tells each outcome, in whatever order
 * @param show prints what came of one chart, and returns its data
 * @returns the exit code of the first failure
 * @throws what happened to the chart, where there is one; always, where it was cancelled or is not an error of the core
 */
export async function eachOutcome<Value>(
  references: readonly string[],
  { print }: Context,
  work: (tell: (outcome: ChartOutcome<Value>) => void) => Promise<unknown>,
  show: (value: Value) => unknown,
): Promise<number> {
  const isSingle = references.length === 1
  const waiting: ChartOutcome<Value>[] = []
  const done: unknown[] = []
  const unexpected: unknown[] = []
  let exitCode = 0
  let told = 0
  const tell = ({ reference, value, error }: ChartOutcome<Value>): void => {
    if (value !== undefined) done.push(show(value))
    else if (isSingle || !(error instanceof ChartroomError)) unexpected.push(error)
    else {
      const code = print.failure(naming(reference, error))
      exitCode = exitCode === 0 ? code : exitCode
    }
  }
  try {
    await work((outcome) => {
      waiting[outcome.position] = outcome
      for (let next = waiting[told]; next !== undefined; next = waiting[++told]) tell(next)
    })
  } finally {
    // Where a signal has ended some, others behind them may be through.
    waiting.slice(told).forEach(tell)
    if (!isSingle) print.data(done)
  }
  if (unexpected.length > 0) throw unexpected[0]
  if (isSingle) print.data(done[0])
  return exitCode
}

/** Among several charts an error has to say which one it is about. */
function naming(reference: string, error: ChartroomError): ChartroomError {
  if (error.message.includes(reference)) return error
  const { kind, message, advice, evidence, cause } = error
  const named = { ...evidence, reference, message: `${reference}: ${message}`, cause }
  return new ChartroomError(kind, { ...named, ...(advice === undefined ? {} : { advice }) })
}
