import { setTimeout as delay } from 'node:timers/promises'
import { factsOf, isSameFile, isSettled, readSmall, type FileFacts } from '../base/files.ts'
import type { OperationOptions } from '../base/progress.ts'
import { maxIndexSize } from './indexFile.ts'

/** Milliseconds for which an index that cannot be read is taken for one that is just being written. */
const tornFor = 500

/** Milliseconds for which the same is done with one that never stays the same. */
const restlessFor = 10_000

/** What an index file says, and what the file was before it was read. */
export interface ReadIndexFile<Content> {
  readonly content: Content
  readonly facts: FileFacts | undefined
  /** The bytes of a file that was written a moment ago: its times will not tell whether it is still the same, they do. */
  readonly unsettled?: Buffer | undefined
}

/**
 * Reads the index file of a layout. Other programs write it in place, so it can be seen torn: it is read again for half a
 * second then.
 *
 * @param decode makes something of its bytes, or throws where it cannot; gets `undefined` where there is no file
 * @param known what was read before; its content is given back where the file is still the same
 * @throws ChartroomError `too-large`; what `decode` throws
 */
export async function readIndexFile<Content>(
  path: string,
  decode: (bytes: Buffer | undefined) => Content,
  { signal }: OperationOptions,
  known?: ReadIndexFile<Content>,
): Promise<ReadIndexFile<Content>> {
  const start = Date.now()
  let seen: FileFacts | undefined
  let since = start
  for (let pause = 5; ; pause = Math.min(pause * 2, 40)) {
    const facts = await factsOf(path)
    if (known !== undefined && known.unsettled === undefined && isSameFile(known.facts, facts)) return known
    const bytes = await readSmall(path, maxIndexSize, signal)
    const isSame = bytes !== undefined && known?.unsettled?.equals(bytes) === true
    const unsettled = facts !== undefined && isSettled(facts) ? undefined : bytes
    try {
      return { content: isSame ? known.content : decode(bytes), facts, unsettled }
    } catch (error) {
      const now = Date.now()
      if (!isSameFile(seen, facts)) [seen, since] = [facts, now]
      if (now - since >= tornFor || now - start >= restlessFor) throw error
    }
    await delay(pause)
    signal?.throwIfAborted()
  }
}
