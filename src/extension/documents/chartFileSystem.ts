import {
  Disposable,
  EventEmitter,
  FileChangeType,
  FilePermission,
  FileSystemError,
  FileType,
  RelativePattern,
  Uri,
  workspace,
  type FileChangeEvent,
  type FileStat,
} from 'vscode'
import { kindOf, messageOf, type Logger, type OpenedChart } from '../../core/index.ts'
import type { CurrentCache } from '../adapters/currentCache.ts'
import type { OpenCharts } from './openCharts.ts'
import type { RemoteDocuments } from './remoteDocuments.ts'
import { decodeAddress, encodeAddress, type ChartAddress, type ChartPlace } from './chartAddress.ts'
import { chartScheme } from './schemes.ts'

export interface ChartFileSystemParts {
  readonly current: CurrentCache
  readonly charts: OpenCharts
  readonly remote: RemoteDocuments
  readonly log: Logger
}

/** The document of a file in a chart. */
export function chartUri(address: ChartAddress): Uri {
  return Uri.from({ scheme: chartScheme, ...encodeAddress(address) })
}

/**
 * A read-only file system over the content of charts: `//PLACE/REFERENCE/path/in/chart`. Nothing is unpacked or saved; a
 * file is read out of its archive when it is asked for.
 */
export class ChartFileSystem implements Disposable {
  readonly #current: CurrentCache
  readonly #charts: OpenCharts
  readonly #remote: RemoteDocuments
  readonly #log: Logger
  readonly #changed = new EventEmitter<FileChangeEvent[]>()
  readonly onDidChangeFile = this.#changed.event
  readonly #watched = new Set<{ readonly uri: Uri }>()
  /** When a remote chart was read: its registry does not say since when its name stands for it. Milliseconds since 1970. */
  readonly #readAt = new WeakMap<OpenedChart, number>()
  readonly #listening: Disposable

  constructor({ current, charts, remote, log }: ChartFileSystemParts) {
    this.#current = current
    this.#charts = charts
    this.#remote = remote
    this.#log = log
    this.#listening = Disposable.from(
      current.onDidChange(() => {
        const changes = [...this.#watched].map(({ uri }) => ({ type: FileChangeType.Changed, uri }))
        if (changes.length > 0) this.#changed.fire(changes)
      }),
      remote.onDidMove((uri) => {
        if (uri.scheme === chartScheme) this.#changed.fire([{ type: FileChangeType.Changed, uri }])
      }),
      remote.onDidGo((uri) => {
        if (uri.scheme === chartScheme) this.#changed.fire([{ type: FileChangeType.Deleted, uri }])
      }),
    )
  }

  dispose(): void {
    this.#listening.dispose()
    this.#changed.dispose()
  }

  watch(uri: Uri): Disposable {
    const address = decodeAddress(uri)
    switch (address?.place) {
      case 'cache':
        return this.#watchCache(uri)
      case 'archive':
        return this.#watchArchive(uri, Uri.file(address.reference))
      case 'registry':
      case undefined:
        // `RemoteDocuments` tells what has changed.
        return new Disposable(() => undefined)
    }
  }

  async stat(uri: Uri): Promise<FileStat> {
    const { opened, path, place } = await this.#open(uri)
    const { files } = opened
    const time = this.#timeOf(opened, place)
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
    const { opened, path, place, reference } = await this.#open(uri)
    if (!opened.files.some((entry) => entry.path === path)) throw FileSystemError.FileNotFound(uri)
    const bytes = await asFileSystem(uri, true, async () => await opened.read(path, { log: this.#log }))
    if (place === 'registry') this.#remote.shows(uri, reference, opened)
    return bytes
  }

  async #open(uri: Uri): Promise<ChartAddress & { readonly opened: OpenedChart }> {
    const address = decodeAddress(uri)
    if (address === undefined) throw FileSystemError.FileNotFound(uri)
    const isHere = address.place === 'cache'
    const opened = await asFileSystem(uri, isHere, async () => await this.#charts.open(address))
    return { ...address, opened }
  }

  /** The editor reads a document again where its time is another one. */
  #timeOf(opened: OpenedChart, place: ChartPlace): number {
    const { created } = opened.chart
    if (place !== 'registry' && created !== undefined) return Date.parse(created)
    const time = this.#readAt.get(opened) ?? Date.now()
    this.#readAt.set(opened, time)
    return time
  }

  #watchCache(uri: Uri): Disposable {
    // Each watch counts by itself: two may be on one file, and one of them may end.
    const watch = { uri }
    this.#watched.add(watch)
    const using = this.#current.use()
    return new Disposable(() => {
      this.#watched.delete(watch)
      using.dispose()
    })
  }

  #watchArchive(uri: Uri, archive: Uri): Disposable {
    const name = archive.path.split('/').at(-1) ?? ''
    const pattern = new RelativePattern(Uri.joinPath(archive, '..'), escapeGlob(name))
    const watcher = workspace.createFileSystemWatcher(pattern)
    const tell = (): void => {
      this.#changed.fire([{ type: FileChangeType.Changed, uri }])
    }
    return Disposable.from(
      watcher,
      watcher.onDidChange(tell),
      watcher.onDidCreate(tell),
      watcher.onDidDelete(tell),
    )
  }
}

/**
 * The editor shows its own sentence for a missing file, and ours for everything else.
 * @param isHere whether what is not found is a file of this machine, so that its editor says that it was deleted
 */
async function asFileSystem<Value>(uri: Uri, isHere: boolean, work: () => Promise<Value>): Promise<Value> {
  try {
    return await work()
  } catch (error) {
    const kind = kindOf(error)
    if (kind === 'not-found' && isHere) throw FileSystemError.FileNotFound(uri)
    if (kind === 'unauthorized' || kind === 'forbidden') throw FileSystemError.NoPermissions(messageOf(error))
    throw FileSystemError.Unavailable(messageOf(error))
  }
}

function escapeGlob(name: string): string {
  return name.replace(/[*?{}[\]]/g, '[$&]')
}
