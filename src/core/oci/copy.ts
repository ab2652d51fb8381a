import type { OperationOptions, Progress } from '../base/progress.ts'
import { counted } from '../base/progress.ts'
import { ChartroomError, kindOf } from '../base/errors.ts'
import { inParallel } from '../base/inParallel.ts'
import type { Descriptor } from './descriptor.ts'
import { isIndex, parseManifest, type RawManifest } from './manifest.ts'
import type { ReadableTarget, Target } from './target.ts'

export interface CopyOptions extends OperationOptions {
  readonly step: Progress['step']
  /** Names what is copied in errors, for example the reference. */
  readonly what: string
  /** A last look when every blob is there: what it throws keeps the manifest from getting its name. */
  readonly beforeTag?: (signal: AbortSignal | undefined) => Promise<void>
}

/**
 * Copies a manifest and everything it needs, children first, so that the name never stands for something incomplete.
 * Blobs that the destination has are not sent.
 *
 * @throws what either side throws; `integrity` where the content is not what the manifest says
 */
export async function copy(
  source: ReadableTarget,
  destination: Target,
  manifest: RawManifest,
  name: string,
  options: CopyOptions,
): Promise<void> {
  const blobs = blobsOf(manifest, options.what)
  const total = blobs.reduce((sum, blob) => sum + blob.size, 0)
  const done = new Map<Descriptor, number>()
  const report = (blob: Descriptor, bytes: number): void => {
    done.set(blob, bytes)
    options.onProgress?.({
      step: options.step,
      done: [...done.values()].reduce((sum, size) => sum + size, 0),
      total,
    })
  }
  const send = async (blob: Descriptor, signal: AbortSignal): Promise<void> => {
    const inner = { ...options, signal }
    report(blob, 0)
    if (!(await destination.exists(blob, inner))) {
      await whole(async (onResume) => {
        const open = async (): Promise<AsyncIterable<Uint8Array>> =>
          counted(await source.fetch(blob, { ...inner, onResume }), (bytes) => {
            report(blob, bytes)
          })
        await destination.push(blob, open, inner)
      })
    }
    report(blob, blob.size)
  }
  await inParallel(blobs, atOnce, send, options.signal)
  await options.beforeTag?.(options.signal)
  options.signal?.throwIfAborted()
  await destination.tag(manifest, name, options)
}

/** How many blobs travel at a time; registries dislike clients that ask for more. */
const atOnce = 3

/** Does the work once more where content that came in several parts does not fit together. */
async function whole(work: (onResume: () => void) => Promise<void>): Promise<void> {
  const parts = { count: 1 }
  const onResume = (): void => {
    parts.count += 1
  }
  try {
    await work(onResume)
  } catch (error) {
    if (parts.count === 1 || kindOf(error) !== 'integrity') throw error
    await work(onResume)
  }
}

/** Config and layers of a manifest, each digest once. */
function blobsOf(manifest: RawManifest, what: string): Descriptor[] {
  const parsed = parseManifest(manifest, what)
  if (isIndex(parsed)) {
    throw new ChartroomError('not-a-chart', { message: `${what} is an image index, not a single manifest.` })
  }
  return [...new Map([parsed.config, ...parsed.layers].map((blob) => [blob.digest, blob])).values()]
}
