import { ChartroomError } from '../core/index.ts'

/** The registry that failed because its certificate is of an authority that this machine does not know; `undefined` for any other failure. */
export function hostOfUnknownAuthority(error: unknown): string | undefined {
  if (!(error instanceof ChartroomError) || error.evidence.option !== 'caFile') return undefined
  return error.evidence.host
}
