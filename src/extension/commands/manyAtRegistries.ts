import { kindOf, type ChartOptions, type ChartOutcome } from '../../core/index.ts'
import { withProgress, type View } from '../adapters/progress.ts'
import type { App } from '../app.ts'
import { tryEach, type Tried } from './tryEach.ts'
import { wantsAnswer } from './wantsAnswer.ts'

export interface Together<Value> {
  /** What is being done, for example "Pulling 3 charts". */
  readonly title: string
  /** That shows that something is under way. */
  readonly view?: View
  /** Does it to all of them. */
  readonly all: (
    options: ChartOptions & { readonly onOutcome: (outcome: ChartOutcome<Value>) => void },
  ) => Promise<unknown>
  /** Does it to one of them, and asks what has to be asked. */
  readonly one: (reference: string) => Promise<Value>
  /** Hears of each that came through with the others. */
  readonly onDone: (value: Value) => void
}

/**
 * Does the same to several charts at their registries at the same time, with one progress and one Cancel. Those that then want a
 * login, somebody trusted with it, or to replace another chart, come one after the other, with their questions.
 */
export async function manyAtRegistries<Value>(
  app: App,
  { title, view, all, one, onDone }: Together<Value>,
): Promise<Tried<Value>> {
  const done: Value[] = []
  const failures: unknown[] = []
  const unanswered: string[] = []
  const onOutcome = ({ reference, value, error }: ChartOutcome<Value>): void => {
    if (value === undefined) {
      if (wantsAnswer(error)) unanswered.push(reference)
      else failures.push(error)
    } else {
      done.push(value)
      onDone(value)
    }
  }
  try {
    await withProgress(app, title, async (options) => await all({ ...options, onOutcome }), view)
  } catch (error) {
    if (kindOf(error) === 'cancelled') return { done, failures, stopped: error }
    throw error
  }
  const answered = await tryEach(unanswered, one)
  return {
    ...answered,
    done: [...done, ...answered.done],
    failures: [...failures, ...answered.failures],
  }
}
