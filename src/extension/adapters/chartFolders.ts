import { commands, Uri, workspace, type Disposable, type LogOutputChannel } from 'vscode'

/** Where nobody keeps charts of their own. */
const excluded = '**/{node_modules,.git}/**'

/** Milliseconds in which changes of the workspace are taken together. */
const gathering = 300

/**
 * The chart folders of the workspace. The Explorer's menu cannot look into a folder, so their paths are kept in the
 * context key `chartroom:chartFolders`.
 */
export class ChartFolders implements Disposable {
  readonly #log: LogOutputChannel
  readonly #folders = new Map<string, Uri>()
  readonly #disposables: Disposable[]
  #soon: NodeJS.Timeout | undefined
  #searches = 0

  constructor(log: LogOutputChannel) {
    this.#log = log
    const watcher = workspace.createFileSystemWatcher('**/Chart.yaml', false, true, false)
    const lookSoon = (): void => {
      this.#lookSoon()
    }
    this.#disposables = [
      watcher,
      watcher.onDidCreate(lookSoon),
      watcher.onDidDelete(lookSoon),
      // A watcher says nothing about a Chart.yaml whose folder went with it.
      workspace.onDidDeleteFiles(lookSoon),
      workspace.onDidRenameFiles(lookSoon),
      workspace.onDidChangeWorkspaceFolders(lookSoon),
    ]
    this.#lookSoon()
  }

  /** Sorted by path. */
  get all(): Uri[] {
    return [...this.#folders.values()].sort((a, b) => (a.path < b.path ? -1 : 1))
  }

  dispose(): void {
    clearTimeout(this.#soon)
    for (const disposable of this.#disposables) disposable.dispose()
  }

  #lookSoon(): void {
    clearTimeout(this.#soon)
    this.#soon = setTimeout(() => {
      this.#look().catch((error: unknown) => {
        this.#log.warn('The workspace could not be searched for charts.', error)
      })
    }, gathering)
  }

  async #look(): Promise<void> {
    this.#searches += 1
    const search = this.#searches
    const charts = await workspace.findFiles('**/Chart.yaml', excluded)
    // A later search knows better.
    if (search !== this.#searches) return
    this.#folders.clear()
    for (const chart of charts) {
      const folder = Uri.joinPath(chart, '..')
      this.#folders.set(folder.toString(), folder)
    }
    // The window calls a local folder by its file system path, a remote one by the path of its address.
    const paths = this.all.flatMap(({ fsPath, path }) => (fsPath === path ? [path] : [fsPath, path]))
    await commands.executeCommand('setContext', 'chartroom:chartFolders', paths)
  }
}
