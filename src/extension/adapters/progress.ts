import { ProgressLocation, window } from 'vscode'
import { formatSize, formatSizeOf, type OperationOptions, type Progress } from '../../core/index.ts'
import type { App } from '../app.ts'
import { signalOf, Stopped, type Remains } from './cancellation.ts'

/** Milliseconds between two updates of a notification; more often cannot be read. */
const pace = 100

/**
 * Runs an operation of the core under a notification with a Cancel button.
 *
 * @param title what is being done, for example "Pushing mychart 0.1.0"
 * @param remains what a person is told when it is cancelled: what stays behind. Nothing is said where nothing stays.
 * @throws Stopped where it was cancelled
 */
export async function withProgress<Value>(
  app: App,
  title: string,
  work: (options: OperationOptions) => Promise<Value>,
  remains?: Remains,
): Promise<Value> {
  const options = { location: ProgressLocation.Notification, cancellable: true }
  return await window.withProgress(options, async (notification, token) => {
    const cancellation = signalOf(token, () => new Stopped(remains))
    const { signal } = cancellation
    let shownAt = 0
    let shown = 0
    notification.report({ message: title })
    const onProgress = (progress: Progress): void => {
      const now = Date.now()
      if (now - shownAt < pace && progress.done !== progress.total) return
      shownAt = now
      const percent = progress.total === undefined ? 0 : (100 * progress.done) / Math.max(progress.total, 1)
      notification.report({ message: progressText(title, progress), increment: Math.max(0, percent - shown) })
      shown = Math.max(shown, percent)
    }
    try {
      return await work({ signal, onProgress, log: app.log })
    } catch (error) {
      // However the operation noticed, a person stopped it.
      signal.throwIfAborted()
      throw error
    } finally {
      cancellation.dispose()
    }
  })
}

function progressText(title: string, { done, total }: Progress): string {
  return `${title} — ${total === undefined ? formatSize(done) : formatSizeOf(done, total)}`
}
