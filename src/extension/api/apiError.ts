import type { ApiError } from './contract.ts'

/** An error of any origin as the contract promises it; what should not happen has the kind that the command line gives it. */
export function apiError(error: unknown): ApiError {
  if (error instanceof Error && 'kind' in error && typeof error.kind === 'string') return error as ApiError
  return new UnexpectedError(error instanceof Error ? error.message : String(error), { cause: error })
}

class UnexpectedError extends Error implements ApiError {
  readonly kind = 'unexpected'
}
