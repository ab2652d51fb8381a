import { l10n, ThemeIcon, TreeItem, TreeItemCollapsibleState } from 'vscode'
import { printable } from '../../core/index.ts'
import { chartUri } from '../documents/chartFileSystem.ts'
import { sizeText } from '../sizes.ts'
import type { DirectoryNode, FileNode, InsideNode } from './fileNodes.ts'

/** How the rows inside a chart look, in whichever tree. */
export function insideItem(node: InsideNode): TreeItem {
  return node.kind === 'directory' ? directoryItem(node) : fileItem(node)
}

function directoryItem({ id, name }: DirectoryNode): TreeItem {
  const item = new TreeItem(printable(name), TreeItemCollapsibleState.Collapsed)
  item.id = id
  item.iconPath = ThemeIcon.Folder
  item.contextValue = 'directory'
  return item
}

function fileItem({ id, name, place, reference, path, size }: FileNode): TreeItem {
  const item = new TreeItem(printable(name))
  item.id = id
  item.resourceUri = chartUri({ place, reference, path })
  item.iconPath = ThemeIcon.File
  item.tooltip = printable(`${path} · ${sizeText(size)}`)
  item.command = { command: 'vscode.open', title: l10n.t('Open'), arguments: [item.resourceUri] }
  item.contextValue = 'file'
  return item
}
