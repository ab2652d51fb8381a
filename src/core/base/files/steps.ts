/** The ways in which the disk is changed. */
export type FileStep =
  | 'makeDirectory'
  | 'create'
  | 'write'
  | 'sync'
  | 'rename'
  | 'link'
  | 'remove'
  | 'removeTree'
  | 'syncDirectory'
  | 'touch'

/** What a change does, where its kind and its path do not say it all. */
export interface StepDetail {
  /** Where a rename or a link comes from. */
  readonly from?: string
  /** What is written behind all that the file has. */
  readonly bytes?: Uint8Array
}

/** Called before each change of the disk; what it throws is what the change fails with. */
export type StepObserver = (step: FileStep, path: string, detail: StepDetail) => void | Promise<void>

let observer: StepObserver | undefined

/** Lets a test see every change before it happens. One observer at a time; returns the way to stop. */
export function observeSteps(next: StepObserver): () => void {
  observer = next
  return () => {
    observer = undefined
  }
}

/** Tells the observer of a change of the disk that is about to be made. */
export async function step(kind: FileStep, path: string, detail: StepDetail = {}): Promise<void> {
  await observer?.(kind, path, detail)
}
