import { ProgressLocation, window, type Progress as Notification } from 'vscode'
import { formatSize, formatSizeOf, type OperationOptions, type Progress } from '../../core/index.ts'
import type { App } from '../app.ts'
import { Stopped } from './stopped.ts'

/**
 * Milliseconds that an operation may take before it is worth a notification. Too many of them at once, and the editor
 * hides even those that matter.
 */
const patience = 400

/** Milliseconds between two updates of a notification; more often cannot be read. */
const pace = 100

/**
 * Runs an operation of the core and, where it takes a while, shows how far it is, with a Cancel button.
 *
 * @param title what is being done, for example "Pushing mychart 0.1.0"
 * @throws Stopped where it was cancelled
 */
export async function withProgress<Value>(
  app: App,
  title: string,
  work: (options: OperationOptions) => Promise<Value>,
): Promise<Value> {
  const controller = new AbortController()
  const { signal } = controller
  const display = new Display(title)
  const onProgress = (progress: Progress): void => {
    display.show(progress)
  }
  const running = work({ signal, onProgress, log: app.log }).catch((error: unknown) => {
    // However the operation noticed, a person stopped it.
    signal.throwIfAborted()
    throw error
  })
  if (await endsWithin(patience, running)) return await running
  const options = { location: ProgressLocation.Notification, cancellable: true }
  return await window.withProgress(options, async (notification, token) => {
    const listening = token.onCancellationRequested(() => {
      controller.abort(new Stopped())
    })
    display.open(notification)
    try {
      return await running
    } finally {
      listening.dispose()
    }
  })
}

/** One line in a notification, which may open late. */
class Display {
  readonly #title: string
  #notification: Notification<{ message?: string; increment?: number }> | undefined
  #latest: Progress | undefined
  #shownAt = 0
  #percent = 0

  constructor(title: string) {
    this.#title = title
  }

  open(notification: Notification<{ message?: string; increment?: number }>): void {
    this.#notification = notification
    notification.report({ message: this.#title })
    if (this.#latest !== undefined) this.show(this.#latest)
  }

  show(progress: Progress): void {
    this.#latest = progress
    const now = Date.now()
    if (this.#notification === undefined) return
    if (now - this.#shownAt < pace && progress.done !== progress.total) return
    this.#shownAt = now
    const { done, total } = progress
    const percent = total === undefined ? 0 : (100 * done) / Math.max(total, 1)
    const size = total === undefined ? formatSize(done) : formatSizeOf(done, total)
    this.#notification.report({
      message: `${this.#title} — ${size}`,
      increment: Math.max(0, percent - this.#percent),
    })
    this.#percent = Math.max(this.#percent, percent)
  }
}

async function endsWithin(milliseconds: number, work: Promise<unknown>): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<boolean>((resolve) => {
    timer = setTimeout(resolve, milliseconds, false)
  })
  const end = (): boolean => true
  return await Promise.race([work.then(end, end), late]).finally(() => {
    clearTimeout(timer)
  })
}
