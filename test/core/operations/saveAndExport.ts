import { createHash } from 'node:crypto'
import { readFile, stat } from 'node:fs/promises'
import { join, relative } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { ChartCache, exportChart, saveChart } from '../../../src/core/index.ts'
import { kindOf } from '../../../src/core/base/errors.ts'
import { temporaryDirectory } from '../../support/temporary.ts'
import { filesUnder } from '../../support/tree.ts'
import { readTar, type TarFile } from '../chart/readTar.ts'

/** What Chartroom made of a chart: what lies in the cache, what was exported, and what was told. */
export interface Saved {
  readonly reference: string
  readonly config: string
  readonly configDigest: string
  readonly manifest: string
  /** The layer, compressed. */
  readonly layer: Buffer
  readonly layerDigest: string
  readonly entries: readonly TarFile[]
  readonly exported: readonly {
    readonly path: string
    /** Octal, for example `0644`. */
    readonly mode: string
    readonly content: Buffer
  }[]
  readonly warnings: readonly string[]
  /** What went to the log for information. */
  readonly told: readonly string[]
}

/** Saves a chart into a cache of its own and exports it; `refused` is the kind of the error where that fails. */
export async function saveAndExport(
  path: string,
  name: string,
): Promise<Saved | { readonly refused: string }> {
  const directory = await temporaryDirectory()
  const cache = new ChartCache(join(directory, 'cache'))
  const told: string[] = []
  const log = { debug: ignore, warn: ignore, info: (line: string) => told.push(line) }
  try {
    const { reference, warnings } = await saveChart(cache, path, name, { followLinks: true, log })
    const { manifest, layer } = await cache.require(reference)
    const { config } = JSON.parse(manifest.bytes.toString()) as { config: { digest: string } }
    const bytes = await blob(cache, layer.digest)
    const out = join(directory, 'out')
    await exportChart(cache, reference, out)
    return {
      reference,
      warnings,
      told,
      config: (await blob(cache, config.digest)).toString(),
      configDigest: config.digest,
      manifest: manifest.bytes.toString(),
      layer: bytes,
      layerDigest: layer.digest,
      entries: readTar(gunzipSync(bytes)),
      exported: await Promise.all((await filesUnder(out)).map(async (file) => await exportedFile(out, file))),
    }
  } catch (error) {
    return { refused: kindOf(error) ?? String(error) }
  }
}

export function sha256Of(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex')
}

async function blob(cache: ChartCache, digest: string): Promise<Buffer> {
  return await readFile(join(cache.root, 'blobs', ...digest.split(':')))
}

async function exportedFile(directory: string, file: string): Promise<Saved['exported'][number]> {
  const mode = ((await stat(file)).mode & 0o7777).toString(8).padStart(4, '0')
  return { path: relative(directory, file), mode, content: await readFile(file) }
}

function ignore(): void {
  // Not what the comparison is about.
}
