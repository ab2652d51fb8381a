import { createHash } from 'node:crypto'
import { lstat, readdir, readFile } from 'node:fs/promises'
import { join, relative } from 'node:path'

/** Every file under a directory with the hash of its content, to compare what a disk looked like before and after. */
export async function treeOf(directory: string): Promise<Record<string, string>> {
  const tree: Record<string, string> = {}
  for (const path of await filesUnder(directory)) {
    tree[relative(directory, path)] = createHash('sha256')
      .update(await readFile(path))
      .digest('hex')
  }
  return tree
}

/** Paths of all files under a directory, sorted; empty where there is no directory. */
export async function filesUnder(directory: string): Promise<string[]> {
  const facts = await lstat(directory).catch(() => undefined)
  if (facts === undefined) return []
  const entries = await readdir(directory, { withFileTypes: true, recursive: true })
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort()
}
