import { l10n } from 'vscode'
import type { App } from '../app.ts'
import { countText } from '../counts.ts'
import { announce, complain, sentenceOf } from './runCommand.ts'
import { tryEach, type Tried } from './tryEach.ts'

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
  telling: Telling<Result>,
): Promise<void> {
  const [only, ...others] = items
  if (only === undefined) return
  if (others.length === 0) telling.one(await work(only))
  else tell(app, await tryEach(items, work), items.length, telling)
}

/**
 * Tells what came of doing the same to several things.
 * @param asked how many there were
 */
export function tell<Result>(
  app: App,
  { done, failures, stopped }: Tried<Result>,
  asked: number,
  { all, some }: Pick<Telling<Result>, 'all' | 'some'>,
): void {
  const [failure] = failures
  const count = some(done.length, asked)
  if (failure !== undefined) {
    const text = l10n.t('{0}; {1} failed: {2}', count, countText(failures.length), sentenceOf(failure))
    complain(app, text, failures)
  } else if (stopped !== undefined) {
    if (done.length > 0) announce(app, l10n.t('Stopped. {0}.', count))
  } else {
    announce(app, all(done))
  }
}
