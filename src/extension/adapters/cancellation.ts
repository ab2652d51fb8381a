import type { CancellationToken } from 'vscode'

/** Why an operation ended early, and what a person should know that stays behind. */
export class Stopped extends Error {
  override readonly name = 'AbortError'
  /** A sentence; empty where nothing stays. */
  readonly remains: string

  constructor(remains = '') {
    super('Stopped.')
    this.remains = remains
  }
}

/** A signal that is aborted when the token is cancelled. */
export function signalOf(
  token: CancellationToken,
  reason: () => Error,
): { signal: AbortSignal; dispose(): void } {
  const controller = new AbortController()
  if (token.isCancellationRequested) controller.abort(reason())
  const listener = token.onCancellationRequested(() => {
    controller.abort(reason())
  })
  return {
    signal: controller.signal,
    dispose: () => {
      listener.dispose()
    },
  }
}
