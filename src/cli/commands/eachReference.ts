import type { Context } from '../context.ts'
import { ChartroomError, kindOf } from '../../core/index.ts'
import { eachOutcome } from './eachOutcome.ts'

/**
 * Does the work for one reference after the other. After one that fails the next has its turn; what was done is printed
 * as `eachOutcome` does.
 *
 * @returns the exit code of the first failure
 * @throws what the work threw, where there is one reference; always, where it was cancelled or is not an error of the core
 */
export async function eachReference(
  references: readonly string[],
  context: Context,
  work: (reference: string) => Promise<unknown>,
): Promise<number> {
  return await eachOutcome<unknown>(
    references,
    context,
    async (tell) => {
      for (const [position, reference] of references.entries()) {
        try {
          tell({ reference, position, value: await work(reference) })
        } catch (error) {
          if (!(error instanceof ChartroomError) || kindOf(error) === 'cancelled') throw error
          tell({ reference, position, error })
        }
      }
    },
    (value) => value,
  )
}
