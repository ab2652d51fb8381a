import { ChartroomError, kindOf } from '../../core/index.ts'

/** Whether a person can do something about a failure at once: log in, trust who wants the login, allow to replace. */
export function wantsAnswer(error: unknown): boolean {
  if (error instanceof ChartroomError && error.evidence.realm !== undefined) return true
  const kind = kindOf(error)
  return kind === 'unauthorized' || kind === 'forbidden' || kind === 'target-exists'
}
