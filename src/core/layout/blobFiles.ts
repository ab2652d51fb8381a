import { join } from 'node:path'
import { bytewise } from '../base/bytewise.ts'
import { reasonOf } from '../base/fileError.ts'
import { factsOf, namesIn, readPieces } from '../base/files.ts'
import { inParallel } from '../base/inParallel.ts'
import { algorithmOf, Digester, isDigest, type Digest } from '../oci/digest.ts'
import type { OperationOptions } from '../base/progress.ts'

/** A file with the name of a digest. What it holds is another question. */
export interface BlobFile {
  readonly digest: Digest
  readonly path: string
  /** Bytes. */
  readonly size: number
}

/** What lies in the directory of the blobs: blobs, and the paths of whatever else is there. */
export interface BlobFiles {
  readonly blobs: readonly BlobFile[]
  readonly strays: readonly string[]
}

const algorithms = ['sha256', 'sha512'] as const

/**
 * Looks at every file among the blobs, without opening one.
 * @param directory the one that holds `sha256/…`; need not exist
 */
export async function blobFiles(directory: string, { signal }: OperationOptions = {}): Promise<BlobFiles> {
  const blobs: BlobFile[] = []
  const strays = (await namesIn(directory))
    .filter((name) => !algorithms.some((algorithm) => algorithm === name))
    .map((name) => join(directory, name))
  for (const algorithm of algorithms) {
    await inParallel(await namesIn(join(directory, algorithm)), 16, async (name) => {
      signal?.throwIfAborted()
      const digest = `${algorithm}:${name}`
      const path = join(directory, algorithm, name)
      const facts = isDigest(digest) ? await factsOf(path) : undefined
      if (isDigest(digest) && facts?.kind === 'file') blobs.push({ digest, path, size: facts.size })
      else strays.push(path)
    })
  }
  return { blobs: bytewise(blobs, ({ digest }) => digest), strays: bytewise(strays, (path) => path) }
}

/** What reading a blob to its end found out: what it hashes to, or why it cannot be read. */
export type HashedBlob = BlobFile & { readonly actual: Digest | undefined; readonly problem?: string }

/** Hashes every blob, two at a time, and says how many bytes are done. */
export async function hashBlobs(
  blobs: readonly BlobFile[],
  options: OperationOptions = {},
): Promise<HashedBlob[]> {
  const total = blobs.reduce((sum, { size }) => sum + size, 0)
  let done = 0
  return await inParallel(blobs, 2, async (blob) => {
    return await hashBlob(blob, options, (bytes) => {
      done += bytes
      options.onProgress?.({ step: 'verifying', done, total })
    })
  })
}

async function hashBlob(
  blob: BlobFile,
  { signal }: OperationOptions,
  onBytes: (bytes: number) => void,
): Promise<HashedBlob> {
  const digester = new Digester(algorithmOf(blob.digest))
  try {
    await readPieces(
      blob.path,
      (piece) => {
        digester.update(piece)
        onBytes(piece.length)
      },
      signal,
    )
    return { ...blob, actual: digester.digest() }
  } catch (error) {
    signal?.throwIfAborted()
    return { ...blob, actual: undefined, problem: reasonOf(error) }
  }
}
