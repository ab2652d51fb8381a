import { kindOf } from '../base/errors.ts'
import { inParallel } from '../base/inParallel.ts'
import { parseReference } from '../oci/reference.ts'
import type { OperationOptions, Progress } from '../base/progress.ts'

/** What became of one of many charts: it came through, or the error says why it did not. */
export type ChartOutcome<Value> = {
  /** As it was asked for. */
  readonly reference: string
  /** Where it stands among all that were asked for. */
  readonly position: number
} & (
  | { readonly value: Value; readonly error?: undefined }
  | { readonly value?: undefined; readonly error: unknown }
)

export interface ManyOptions<Value> {
  /** Called for each chart as soon as it is through, in whatever order that is; also before a signal ends the others. */
  readonly onOutcome?: (outcome: ChartOutcome<Value>) => void
}

/** How many charts travel to or from one registry at the same time. */
const atOnce = 4

/**
 * Does the same to many charts, a few at a time at each registry, so that a slow one holds up no other. A chart that fails
 * keeps no other from its turn. Progress is that of all charts together.
 *
 * @returns what became of each, in their order
 * @throws the reason of an aborted signal, once all work has ended
 */
export async function atRegistries<Value>(
  references: readonly string[],
  { onProgress, onOutcome, ...options }: OperationOptions & ManyOptions<Value>,
  work: (reference: string, options: OperationOptions) => Promise<Value>,
): Promise<readonly ChartOutcome<Value>[]> {
  const { signal } = options
  const outcomes: ChartOutcome<Value>[] = []
  const isStopped = (): boolean => signal?.aborted === true
  const report = sumOf(references.length, onProgress)
  const one = async (position: number, reference: string): Promise<void> => {
    if (isStopped()) return
    const outcome = await attempt(async () => {
      return await work(reference, {
        ...options,
        onProgress: (progress) => {
          report(position, progress)
        },
      })
    })
    // What fails after a signal has been stopped by it, however it noticed.
    if (isStopped() && outcome.error !== undefined) return
    outcomes[position] = { reference, position, ...outcome }
    onOutcome?.(outcomes[position])
  }
  const byHost = new Map<string, [number, string][]>()
  for (const chart of references.entries()) {
    const host = hostOf(chart[1])
    byHost.set(host, [...(byHost.get(host) ?? []), chart])
  }
  await Promise.all(
    [...byHost.values()].map(async (charts) => {
      await inParallel(charts, atOnce, async ([position, reference]) => {
        await one(position, reference)
      })
    }),
  )
  signal?.throwIfAborted()
  return outcomes
}

type Attempt<Value> =
  | { readonly value: Value; readonly error?: undefined }
  | { readonly value?: undefined; readonly error: unknown }

async function attempt<Value>(work: () => Promise<Value>): Promise<Attempt<Value>> {
  try {
    return { value: await work() }
  } catch (error) {
    return { error }
  }
}

/** What is no reference fails in its turn, wherever that is. */
function hostOf(reference: string): string {
  try {
    return parseReference(reference).host.toLowerCase()
  } catch (error) {
    if (kindOf(error) === 'invalid-reference') return ''
    throw error
  }
}

/** Adds up the bytes that several charts report. How many there are in all is known when all have begun. */
function sumOf(
  count: number,
  onProgress: OperationOptions['onProgress'],
): (position: number, progress: Progress) => void {
  const latest = new Map<number, Progress>()
  return (position, progress) => {
    // These are seconds.
    if (progress.step === 'waiting') {
      onProgress?.(progress)
      return
    }
    latest.set(position, progress)
    const all = [...latest.values()]
    const done = all.reduce((sum, each) => sum + each.done, 0)
    const total = all.reduce<number>((sum, each) => sum + (each.total ?? Number.NaN), 0)
    const isKnown = latest.size === count && !Number.isNaN(total)
    onProgress?.({ step: progress.step, done, ...(isKnown ? { total } : {}) })
  }
}
