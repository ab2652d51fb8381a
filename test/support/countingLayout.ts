import { Layout, type StoredPart, type WantedPart } from '../../src/core/layout/layout.ts'
import type { Outcome } from '../../src/core/base/outcome.ts'
import type { OperationOptions } from '../../src/core/base/progress.ts'

/** A layout that counts the blobs that are opened. */
export class CountingLayout extends Layout {
  opened = 0
  /** Those of them that are archives. */
  fetched = 0

  override async fetch(...args: Parameters<Layout['fetch']>): ReturnType<Layout['fetch']> {
    this.opened += 1
    this.fetched += 1
    return await super.fetch(...args)
  }

  override async readParts<Part extends WantedPart, Result>(
    parts: readonly Part[],
    work: (stored: StoredPart, part: Part) => Result,
    options?: OperationOptions,
  ): Promise<Outcome<Result>[]> {
    this.opened += parts.length
    return await super.readParts(parts, work, options)
  }
}
