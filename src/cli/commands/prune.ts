import type { Command } from '../args.ts'
import type { Context } from '../context.ts'
import { formatAge, formatCount, formatSize, hexOf, pruneCache, type PrunedCache } from '../../core/index.ts'
import { formatTable } from '../table.ts'

type Prune = Extract<Command, { verb: 'chart prune' }>

export async function prune(
  { dryRun, olderThan }: Prune,
  { cache, globals, print, options }: Context,
): Promise<number> {
  const pruned = await pruneCache(cache, {
    ...options,
    dryRun,
    ...(olderThan === undefined ? {} : { olderThan }),
  })
  const now = Date.now()
  const rows = pruned.swept.map(({ digest, size, since }) => [
    hexOf(digest),
    formatSize(size),
    formatAge(now - Date.parse(since)),
  ])
  if (rows.length > 0) {
    print.lines(
      ...formatTable([['DIGEST', 'SIZE', 'UNUSED FOR'], ...rows], Math.max(globals.columnWidth, 64)),
    )
  }
  print.lines(...sentences(pruned))
  print.data(pruned)
  return 0
}

function sentences({ swept, bytes, waiting, emptied, undoable, dryRun, isBusy }: PrunedCache): string[] {
  const [moved, deleted] = dryRun
    ? ['would go to the trash, where it stays for 7 days', 'would be deleted from the trash']
    : ['went to the trash, where it stays for 7 days', 'deleted from the trash']
  return [
    swept.length === 0 ? 'Nothing to prune.' : `${blobs(swept.length, bytes)} ${moved}.`,
    ...(waiting.length === 0
      ? []
      : [
          `${blobs(
            waiting.length,
            waiting.reduce((sum, { size }) => sum + size, 0),
          )} not needed, but kept for now.`,
        ]),
    ...(undoable.blobs === 0
      ? []
      : [`${blobs(undoable.blobs, undoable.bytes)} of charts that can still be put back stay for now.`]),
    ...(isBusy ? ['Another program is just storing a chart. Run this again when it has ended.'] : []),
    ...(emptied.blobs === 0 ? [] : [`${blobs(emptied.blobs, emptied.bytes)} ${deleted}.`]),
  ]
}

function blobs(count: number, bytes: number): string {
  return `${formatCount(count, 'blob')} (${formatSize(bytes)})`
}
