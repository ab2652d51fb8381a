import { l10n } from 'vscode'
import type { App } from '../app.ts'
import { announce, complain, sentenceOf } from './runCommand.ts'
import { tryEach } from './tryEach.ts'

/** How a verb tells what came of it. */
export interface Telling<Result> {
  /** Of a single thing. */
  readonly one: (result: Result) => void
  /** `Pushed 3 charts.` */
  readonly all: (results: readonly Result[]) => string
  /** `Pushed 2 of 3 charts`, without a full stop. */
  readonly some: (done: number, total: number) => string
}

/**
 * Does the same to one thing or to several, and tells at the end, once, what came of it.
 * @throws what happened to a single thing
 */
export async function forEach<Item, Result>(
  app: App,
  items: readonly Item[],
  work: (item: Item) => Promise<Result>,
  { one, all, some }: Telling<Result>,
): Promise<void> {
  const [only, ...others] = items
  if (only === undefined) return
  if (others.length === 0) {
    one(await work(only))
    return
  }
  const { done, failures, stopped } = await tryEach(items, work)
  const [failure] = failures
  const count = some(done.length, items.length)
  if (failure !== undefined) {
    const text = l10n.t('{0}; {1} failed: {2}', count, failures.length, sentenceOf(failure))
    complain(app, text, failures)
  } else if (stopped !== undefined) {
    if (done.length > 0) announce(app, l10n.t('Stopped. {0}.', count))
  } else {
    announce(app, all(done))
  }
}
