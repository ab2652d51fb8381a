import {
  Disposable,
  EventEmitter,
  FileChangeType,
  FilePermission,
  FileSystemError,
  FileType,
  Uri,
  workspace,
  type FileChangeEvent,
  type FileStat,
  type FileSystemProvider,
} from 'vscode'
import { kindOf, messageOf, type Logger, type OpenedChart } from '../../core/index.ts'
import type { CurrentCache } from '../adapters/currentCache.ts'
import type { OpenCharts } from './openCharts.ts'
import { chartScheme, decodeAddress, encodeAddress, type ChartAddress } from './chartAddress.ts'

export interface ChartFileSystemParts {
  readonly current: CurrentCache
  readonly charts: OpenCharts
  readonly log: Logger
}

/** Makes the files of cached charts readable as `chartroom-chart:` documents. */
export function registerChartFileSystem(parts: ChartFileSystemParts): Disposable {
  const files = new ChartFileSystem(parts)
  return Disposable.from(
    files,
    workspace.registerFileSystemProvider(chartScheme, files, { isCaseSensitive: true, isReadonly: true }),
  )
}

/** The document of a file in a chart. */
export function chartUri(address: ChartAddress): Uri {
  return Uri.from({ scheme: chartScheme, path: encodeAddress(address) })
}

/**
 * A read-only file system over the content layers of the cache: `/REFERENCE/path/in/chart`. Nothing is unpacked; a file
 * is read out of the archive when it is asked for.
 */
class ChartFileSystem implements FileSystemProvider, Disposable {
  readonly #current: CurrentCache
  readonly #charts: OpenCharts
  readonly #log: Logger
  readonly #changed = new EventEmitter<FileChangeEvent[]>()
  readonly onDidChangeFile = this.#changed.event
  readonly #watched = new Set<{ readonly uri: Uri }>()
  readonly #listening: Disposable

  constructor({ current, charts, log }: ChartFileSystemParts) {
    this.#current = current
    this.#charts = charts
    this.#log = log
    this.#listening = current.onDidChange(() => {
      const changes = [...this.#watched].map(({ uri }) => ({ type: FileChangeType.Changed, uri }))
      if (changes.length > 0) this.#changed.fire(changes)
    })
  }

  dispose(): void {
    this.#listening.dispose()
    this.#changed.dispose()
  }

  watch(uri: Uri): Disposable {
    // Each watch counts by itself: two may be on one file, and one of them may end.
    const watch = { uri }
    this.#watched.add(watch)
    const using = this.#current.use()
    return new Disposable(() => {
      this.#watched.delete(watch)
      using.dispose()
    })
  }

  async stat(uri: Uri): Promise<FileStat> {
    const { opened, path } = await this.#open(uri)
    const { chart, files } = opened
    const time = Date.parse(chart.created)
    const facts = { ctime: time, mtime: time, permissions: FilePermission.Readonly }
    const file = files.find((entry) => entry.path === path)
    if (file !== undefined) return { type: FileType.File, size: file.size, ...facts }
    if (path === '' || files.some((entry) => entry.path.startsWith(`${path}/`))) {
      return { type: FileType.Directory, size: 0, ...facts }
    }
    throw FileSystemError.FileNotFound(uri)
  }

  async readDirectory(uri: Uri): Promise<[string, FileType][]> {
    const { opened, path } = await this.#open(uri)
    const above = path === '' ? '' : `${path}/`
    const names = new Map<string, FileType>()
    for (const file of opened.files) {
      if (!file.path.startsWith(above)) continue
      const [name = '', ...below] = file.path.slice(above.length).split('/')
      names.set(name, below.length === 0 ? FileType.File : FileType.Directory)
    }
    if (names.size === 0) throw FileSystemError.FileNotFound(uri)
    return [...names]
  }

  async readFile(uri: Uri): Promise<Uint8Array> {
    const { opened, path } = await this.#open(uri)
    if (!opened.files.some((entry) => entry.path === path)) throw FileSystemError.FileNotFound(uri)
    return await asFileSystem(uri, async () => await opened.read(path, { log: this.#log }))
  }

  createDirectory(uri: Uri): never {
    throw FileSystemError.NoPermissions(uri)
  }

  writeFile(uri: Uri): never {
    throw FileSystemError.NoPermissions(uri)
  }

  delete(uri: Uri): never {
    throw FileSystemError.NoPermissions(uri)
  }

  rename(uri: Uri): never {
    throw FileSystemError.NoPermissions(uri)
  }

  async #open(uri: Uri): Promise<{ opened: OpenedChart; path: string }> {
    const address = decodeAddress(uri.path)
    if (address === undefined) throw FileSystemError.FileNotFound(uri)
    const opened = await asFileSystem(uri, async () => await this.#charts.open(address.reference))
    return { opened, path: address.path }
  }
}

/** The editor shows its own sentence for a missing file, and ours for everything else. */
async function asFileSystem<Value>(uri: Uri, work: () => Promise<Value>): Promise<Value> {
  try {
    return await work()
  } catch (error) {
    if (kindOf(error) === 'not-found') throw FileSystemError.FileNotFound(uri)
    throw FileSystemError.Unavailable(messageOf(error))
  }
}
