import {
  commands,
  Disposable,
  EventEmitter,
  FileSystemError,
  window,
  workspace,
  type Event,
  type FileChangeEvent,
  type TextDocumentContentProvider,
  type TreeDataProvider,
  type TreeView,
  type Uri,
} from 'vscode'
import type { ChartFileSystem } from './documents/chartFileSystem.ts'

/*
 * What the editor holds of Chartroom from activation on. Each asks for what stands behind it when the editor first asks
 * something, so that activation pays for none of it.
 */

/** What shows rows in a view. */
interface Rows<Row> extends TreeDataProvider<Row> {
  readonly onDidChangeTreeData: Event<Row[] | undefined>
}

/**
 * Registers a view. What shows rows in it is asked for with its first rows.
 * @param options `showCollapseAll`: one action more beside the title
 */
export function registerTree<Row>(
  id: string,
  find: () => Promise<Rows<Row>>,
  { showCollapseAll }: { readonly showCollapseAll: boolean },
): TreeView<Row> {
  const changed = new EventEmitter<Row[] | undefined>()
  let provider: Rows<Row> | undefined
  const rows = once(async () => {
    provider = await find()
    provider.onDidChangeTreeData((which) => {
      changed.fire(which)
    })
    return provider
  })
  return window.createTreeView<Row>(id, {
    showCollapseAll,
    canSelectMany: true,
    treeDataProvider: {
      onDidChangeTreeData: changed.event,
      getChildren: async (row) => await (await rows()).getChildren(row),
      // A thousand rows do not wait for a thousand promises.
      getTreeItem: (row) => provider?.getTreeItem(row) ?? rows().then((found) => found.getTreeItem(row)),
      getParent: async (row) => await (await rows()).getParent?.(row),
      resolveTreeItem: async (item, row, token) => await (await rows()).resolveTreeItem?.(item, row, token),
    },
  })
}

/** @param run does what the command of an id is for, with the row, the folder or the reference that it is called on, and what is selected there */
export function registerCommands(
  ids: readonly string[],
  run: (id: string, argument?: unknown, selected?: unknown) => Promise<void>,
): Disposable {
  return Disposable.from(
    ...ids.map((id) =>
      commands.registerCommand(id, async (argument?: unknown, selected?: unknown) => {
        await run(id, argument, selected)
      }),
    ),
  )
}

/** Registers a read-only file system. */
export function registerFileSystem(scheme: string, find: () => Promise<ChartFileSystem>): Disposable {
  const changed = new EventEmitter<FileChangeEvent[]>()
  const files = once(async () => {
    const found = await find()
    found.onDidChangeFile((changes) => {
      changed.fire(changes)
    })
    return found
  })
  const refuse = (uri: Uri): never => {
    throw FileSystemError.NoPermissions(uri)
  }
  const provider = {
    onDidChangeFile: changed.event,
    watch: (uri: Uri) => {
      const watching = files().then((found) => found.watch(uri))
      return new Disposable(async () => {
        ;(await watching).dispose()
      })
    },
    stat: async (uri: Uri) => await (await files()).stat(uri),
    readDirectory: async (uri: Uri) => await (await files()).readDirectory(uri),
    readFile: async (uri: Uri) => await (await files()).readFile(uri),
    createDirectory: refuse,
    writeFile: refuse,
    delete: refuse,
    rename: refuse,
  }
  return workspace.registerFileSystemProvider(scheme, provider, { isCaseSensitive: true, isReadonly: true })
}

/** Registers documents that are made rather than stored. */
export function registerPages(scheme: string, find: () => Promise<TextDocumentContentProvider>): Disposable {
  const changed = new EventEmitter<Uri>()
  const pages = once(async () => {
    const provider = await find()
    provider.onDidChange?.((uri) => {
      changed.fire(uri)
    })
    return provider
  })
  return workspace.registerTextDocumentContentProvider(scheme, {
    onDidChange: changed.event,
    provideTextDocumentContent: async (uri, token) =>
      await (await pages()).provideTextDocumentContent(uri, token),
  })
}

/** Does the work when its result is first asked for, once. */
export function once<Value>(work: () => Promise<Value>): () => Promise<Value> {
  let done: Promise<Value> | undefined
  return async () => await (done ??= work())
}
