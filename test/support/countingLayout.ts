import { Layout, type StoredPart } from '../../src/core/layout/layout.ts'

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

  override part(...args: Parameters<Layout['part']>): StoredPart {
    this.opened += 1
    return super.part(...args)
  }
}
