import type { Context } from '../context.ts'
import { ChartroomError, kindOf } from '../../core/index.ts'

/**
 * Does the work for one reference after the other. After one that fails the next has its turn; what was done is printed
 * as data at the end, as an array where several references were given.
 *
 * @returns the exit code of the first failure
 * @throws what the work threw, where there is one reference; always, where it was cancelled or is not an error of the core
 */
export async function eachReference(
  references: readonly string[],
  { print }: Context,
  work: (reference: string) => Promise<unknown>,
): Promise<number> {
  const [first, ...more] = references
  if (first !== undefined && more.length === 0) {
    print.data(await work(first))
    return 0
  }
  const done: unknown[] = []
  let exitCode = 0
  try {
    for (const reference of references) {
      try {
        done.push(await work(reference))
      } catch (error) {
        if (!(error instanceof ChartroomError) || kindOf(error) === 'cancelled') throw error
        const code = print.failure(error)
        exitCode = exitCode === 0 ? code : exitCode
      }
    }
  } finally {
    print.data(done)
  }
  return exitCode
}
