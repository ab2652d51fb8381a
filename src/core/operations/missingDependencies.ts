import type { ChartOptions } from '../chart/limits.ts'
import { readArchive } from '../chart/readArchive.ts'
import { readDirectory } from '../chart/readDirectory.ts'
import { factsOf, readChunks } from '../base/files.ts'
import { whileDoing } from './failure.ts'

/**
 * The dependencies that a chart on disk declares in Chart.yaml or requirements.yaml and that its `charts/` lacks. Helm
 * refuses to install or package such a chart; saving and pushing it are possible.
 *
 * @param path a chart directory, or a chart archive
 * @returns names, each once, in the order of the declaration
 * @throws ChartroomError `not-found`, `invalid-chart`, `archive-unsafe`, `too-large`, …
 * @see Helm 3.6.3 pkg/action/install.go CheckDependencies
 */
export async function missingDependencies(path: string, options: ChartOptions = {}): Promise<string[]> {
  return await whileDoing(`read ${path}`, async () => {
    const isFile = (await factsOf(path))?.kind === 'file'
    const { metadata, subcharts } = isFile
      ? await readArchive(() => readChunks(path, options.signal), path, options)
      : await readDirectory(path, options)
    const declared = metadata.dependencies?.map(({ name = '' }) => name) ?? []
    return [...new Set(declared)].filter((name) => !subcharts.includes(name))
  })
}
