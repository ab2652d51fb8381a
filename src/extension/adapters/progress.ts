import { l10n, ProgressLocation, window, type Progress as Notification } from 'vscode'
import type { ChartOptions, Progress } from '../../core/index.ts'
import type { App } from '../app.ts'
import { countText } from '../counts.ts'
import { endsWithin } from '../endsWithin.ts'
import { plainText } from '../plainText.ts'
import { partOfSizeText, sizeText } from '../sizes.ts'
import { limits } from './settings.ts'
import { Stopped } from './stopped.ts'

/** The view that shows that something is under way. */
export type View = 'chartroom.cache' | 'chartroom.registries'

/**
 * Milliseconds that an operation may take before it is worth a notification. Too many of them at once, and the editor
 * hides even those that matter.
 */
const patience = 1000

/** Milliseconds between two updates of a notification; more often cannot be read. */
const pace = 100

/**
 * Runs an operation of the core. At first its view shows that something is under way; what takes a while goes on in a
 * notification that says how far it is and has a Cancel button.
 *
 * @param title what is being done, for example "Pushing mychart 0.1.0"
 * @throws Stopped where it was cancelled
 */
export async function withProgress<Value>(
  app: App,
  title: string,
  work: (options: ChartOptions) => Promise<Value>,
  view: View = 'chartroom.cache',
): Promise<Value> {
  const controller = new AbortController()
  const { signal } = controller
  const display = new Display(title)
  const onProgress = (progress: Progress): void => {
    display.show(progress)
  }
  const running = work({ signal, onProgress, log: app.log, limits: limits() }).catch((error: unknown) => {
    // However the operation noticed, a person stopped it.
    signal.throwIfAborted()
    throw error
  })
  const inView = { location: { viewId: view } }
  if (await window.withProgress(inView, async () => await endsWithin(patience, running))) return await running
  const inNotification = { location: ProgressLocation.Notification, cancellable: true }
  return await window.withProgress(inNotification, async (notification, token) => {
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
    this.#title = plainText(title)
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
    const { step, done, total } = progress
    if (step === 'waiting') {
      const left = (total ?? done) - done
      const message = l10n.t('{0} — the registry wants a pause of {1} s', this.#title, left)
      this.#notification.report({ message })
      return
    }
    const percent = total === undefined ? 0 : (100 * done) / Math.max(total, 1)
    this.#notification.report({
      message: l10n.t('{0} — {1}', this.#title, progressText(progress)),
      increment: Math.max(0, percent - this.#percent),
    })
    this.#percent = Math.max(this.#percent, percent)
  }
}

/** `12.4 of 95.4 MiB`; while something is listed, `50 of 1,000` */
function progressText({ step, done, total }: Progress): string {
  if (step !== 'listing') return total === undefined ? sizeText(done) : partOfSizeText(done, total)
  return total === undefined ? countText(done) : l10n.t('{0} of {1}', countText(done), countText(total))
}
