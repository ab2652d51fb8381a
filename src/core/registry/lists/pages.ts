import type { OperationOptions } from '../../base/progress.ts'

/** The items of a list that comes page by page, each item once. Nothing is asked before somebody reads. */
export interface Pages extends AsyncIterable<readonly string[]> {
  /** Whether there is a page that has not been read, as far as that is known. */
  readonly hasMore: boolean
  /**
   * Reads the next page, which may be empty; empty after the last one. A page that fails, or whose signal is aborted, is
   * the next one still. One page is read at a time.
   *
   * @throws ChartroomError `unauthorized`, `forbidden`, `not-found` or `unsupported` where the registry does not give the
   *   list, `too-large` where the list does not end, `refused` where it goes on at another host, …
   */
  read(options?: OperationOptions): Promise<readonly string[]>
}

/** Every page that is left, one after the other. */
export async function* restOf(pages: Pages): AsyncGenerator<readonly string[]> {
  while (pages.hasMore) yield await pages.read()
}
