import type { Change } from './changes.ts'
import type { Stress } from './stress.ts'

/** One piece of work, done by a process of its own. */
export type Job = (Change | Stress) & {
  /** The step of the disk, counted from 1, at which the process ends itself: before it, or as soon as it has begun. */
  readonly kill?: { readonly step: number; readonly when: 'before' | 'during' }
  /** A file to write all steps to, serialised. */
  readonly record?: string
}
