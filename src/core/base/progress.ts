import type { Logger } from './logger.ts'

/** How far a step is. Counts are absolute, so an update may be lost without harm. */
export interface Progress {
  readonly step:
    | 'reading'
    | 'packing'
    | 'storing'
    | 'pushing'
    | 'pulling'
    | 'exporting'
    | 'copying'
    | 'verifying'
    | 'listing'
    /** Until a registry that has had too many requests may be asked again. */
    | 'waiting'
  /** Bytes done; at `listing`, names looked at; at `waiting`, seconds. */
  readonly done: number
  /** The same in all, where known. */
  readonly total?: number
}

/** What every operation that touches disk or network takes. */
export interface OperationOptions {
  /** Aborting it rejects the operation with the signal's reason; nothing half-done keeps its final name. */
  readonly signal?: AbortSignal
  readonly onProgress?: (progress: Progress) => void
  readonly log?: Logger
}

/** Passes bytes on and reports how many have gone by. */
export async function* counted(
  bytes: AsyncIterable<Uint8Array>,
  onBytes: (done: number) => void,
): AsyncGenerator<Uint8Array> {
  let done = 0
  for await (const chunk of bytes) {
    done += chunk.length
    onBytes(done)
    yield chunk
  }
}
