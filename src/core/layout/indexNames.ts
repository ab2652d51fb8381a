import { join, resolve } from 'node:path'
import { bytewiseTexts } from '../base/bytewise.ts'
import type { OperationOptions } from '../base/progress.ts'
import { decodeNames } from './indexFile.ts'
import { readIndexFile } from './readIndexFile.ts'

/**
 * The names that the index of a layout has, as `sortedNames` gives them; none where there is no index yet. Reads that file,
 * and makes nothing of it but the names.
 *
 * @throws ChartroomError `store-corrupt`, `too-large`
 */
export async function readIndexNames(root: string, options: OperationOptions = {}): Promise<string[]> {
  const path = join(resolve(root), 'index.json')
  const decode = (bytes: Buffer | undefined): string[] =>
    bytes === undefined ? [] : decodeNames(bytes, path)
  return sortedNames((await readIndexFile(path, decode, options)).content)
}

/** Names sorted bytewise, each once. */
export function sortedNames(names: Iterable<string>): string[] {
  return bytewiseTexts(names).filter((name, position, sorted) => name !== sorted[position - 1])
}
