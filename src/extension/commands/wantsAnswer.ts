import { ChartroomError, kindOf } from '../../core/index.ts'
import { hostOfUnknownAuthority } from '../unknownAuthority.ts'

/** Whether a person can do something about a failure at once: log in, trust whoever is not trusted yet, allow to replace. */
export function wantsAnswer(error: unknown): boolean {
  if (error instanceof ChartroomError && error.evidence.realm !== undefined) return true
  if (hostOfUnknownAuthority(error) !== undefined) return true
  const kind = kindOf(error)
  return kind === 'unauthorized' || kind === 'forbidden' || kind === 'target-exists'
}
