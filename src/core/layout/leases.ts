import { join } from 'node:path'
import { makeMissingDirectory, namesIn, removeFile, writeNew } from '../base/files.ts'
import { clearTemporaries, temporaryFile } from '../base/temporaries.ts'

/**
 * Runs work that stores blobs before an entry of the index needs them. While it runs, a file `.chartroom/leases/PID-…`
 * says so, and nobody sweeps blobs that nothing needs: some of them may be those of the work, stored by it or found there.
 */
export async function withLease<Result>(root: string, work: () => Promise<Result>): Promise<Result> {
  const directory = leasesOf(root)
  await makeMissingDirectory(directory)
  const lease = await temporaryFile(directory)
  await writeNew(lease, [])
  try {
    return await work()
  } finally {
    await removeFile(lease)
  }
}

/**
 * Whether somebody holds a lease. To be asked under the lock of the layout, after `clearLeases` and again right before each
 * blob is swept.
 */
export async function isLeased(root: string): Promise<boolean> {
  return (await namesIn(leasesOf(root))).length > 0
}

/** Removes the leases of processes that have ended, and all that are older than a day. */
export async function clearLeases(root: string): Promise<void> {
  await clearTemporaries(leasesOf(root))
}

function leasesOf(root: string): string {
  return join(root, '.chartroom', 'leases')
}
