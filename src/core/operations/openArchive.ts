import type { ChartOptions } from '../chart/limits.ts'
import type { Content } from '../oci/target.ts'
import { factsIn } from '../chart/chartFacts.ts'
import { readArchive } from '../chart/readArchive.ts'
import { ChartroomError } from '../base/errors.ts'
import { factsOf, readChunks } from '../base/files.ts'
import { Digester } from '../oci/digest.ts'
import { whileDoing } from './failure.ts'
import { openedChart, type OpenedChart } from './openedChart.ts'

/**
 * Opens a chart archive on disk, without unpacking or saving it. The whole archive is checked first; reading a file reads
 * what the archive holds then.
 *
 * @param path of a `.tgz`
 * @throws ChartroomError `not-found`, `invalid-chart`, `archive-unsafe`, `integrity`, `too-large`
 */
export async function openArchive(path: string, options: ChartOptions = {}): Promise<OpenedChart> {
  return await whileDoing(`open ${path}`, async () => {
    const facts = await factsOf(path)
    if (facts?.kind !== 'file') throw noArchive(path)
    const digester = new Digester()
    let size = 0
    async function* watched(): AsyncGenerator<Uint8Array> {
      for await (const bytes of readChunks(path, options.signal)) {
        digester.update(bytes)
        size += bytes.length
        options.onProgress?.({ step: 'reading', done: size, total: facts?.size ?? size })
        yield bytes
      }
    }
    const archive = await readArchive(watched, path, options)
    const chart = {
      reference: path,
      ...factsIn(archive.metadata),
      digest: digester.digest(),
      size,
      signed: (await factsOf(`${path}.prov`))?.kind === 'file',
      created: new Date(facts.modified).toISOString(),
    }
    const content =
      ({ signal }: ChartOptions): Content =>
      () =>
        readChunks(path, signal)
    return openedChart(chart, archive, content, options.limits)
  })
}

function noArchive(path: string): ChartroomError {
  return new ChartroomError('not-found', { message: `There is no chart archive at ${path}.`, path })
}
