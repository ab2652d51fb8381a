import type { ChartOptions } from '../chart/limits.ts'
import type { Metadata } from '../chart/metadata.ts'
import { readArchive } from '../chart/readArchive.ts'
import { readDirectory } from '../chart/readDirectory.ts'
import { ChartroomError } from '../base/errors.ts'
import { factsOf, readChunks } from '../base/files.ts'
import { whileDoing } from './failure.ts'

/**
 * What a chart on disk says about itself, before it is saved. Everything that saving would refuse is refused here.
 *
 * @param path a chart directory, or a chart archive
 * @throws ChartroomError `not-found` (no such path), `invalid-chart`, `archive-unsafe`, `too-large`, …
 */
export async function describeChart(path: string, options: ChartOptions = {}): Promise<Metadata> {
  return await whileDoing(`read ${path}`, async () => {
    const facts = await factsOf(path)
    if (facts === undefined) {
      throw new ChartroomError('not-found', { message: `There is no chart at ${path}.`, path })
    }
    const chart =
      facts.kind === 'directory'
        ? await readDirectory(path, options)
        : await readArchive(() => readChunks(path, options.signal), path, options)
    return chart.metadata
  })
}
