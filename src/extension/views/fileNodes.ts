import { compareNaturally } from '../../core/index.ts'
import type { ChartLocation, ChartPlace } from '../documents/chartAddress.ts'

/** What lies in a chart, as rows of a tree. */
export type InsideNode = DirectoryNode | FileNode

export interface DirectoryNode {
  readonly kind: 'directory'
  readonly id: string
  readonly name: string
  readonly children: readonly InsideNode[]
}

export interface FileNode {
  readonly kind: 'file'
  readonly id: string
  readonly name: string
  readonly place: ChartPlace
  readonly reference: string
  /** Path in the chart, `/` between its parts. */
  readonly path: string
  /** Bytes. */
  readonly size: number
}

/** The files of a chart as a tree: what a reader looks for first stands first. */
export function fileNodes(
  location: ChartLocation,
  files: readonly { readonly path: string; readonly size: number }[],
): InsideNode[] {
  const root = folder()
  for (const { path, size } of files) {
    const parts = path.split('/')
    const name = parts.pop() ?? path
    let place = root
    for (const part of parts) {
      const next = place.folders.get(part) ?? folder()
      place.folders.set(part, next)
      place = next
    }
    const { reference } = location
    place.files.push({
      kind: 'file',
      id: fileId(reference, path),
      name,
      place: location.place,
      reference,
      path,
      size,
    })
  }
  return folderNodes(root, location.reference, '')
}

/** Whether something that the editor hands to a command is the row of a file. */
export function isFileNode(value: unknown): value is FileNode {
  return (
    typeof value === 'object' &&
    value !== null &&
    'kind' in value &&
    value.kind === 'file' &&
    'place' in value
  )
}

function fileId(reference: string, path: string): string {
  return `file ${reference} ${path}`
}

interface Folder {
  readonly folders: Map<string, Folder>
  readonly files: FileNode[]
}

function folder(): Folder {
  return { folders: new Map(), files: [] }
}

function folderNodes({ folders, files }: Folder, reference: string, above: string): InsideNode[] {
  const directories = [...folders]
    .sort(([a], [b]) => rank(firstFolders, a) - rank(firstFolders, b) || compareNaturally(a, b))
    .map(([name, inside]): DirectoryNode => {
      const path = `${above}${name}/`
      return {
        kind: 'directory',
        id: fileId(reference, path),
        name,
        children: folderNodes(inside, reference, path),
      }
    })
  const sorted = files.sort(
    (a, b) => rank(firstFiles, a.name) - rank(firstFiles, b.name) || compareNaturally(a.name, b.name),
  )
  return [...sorted, ...directories]
}

const firstFiles = ['Chart.yaml', 'values.yaml', 'README.md']
const firstFolders = ['templates', 'charts']

function rank(first: readonly string[], name: string): number {
  const position = first.indexOf(name)
  return position < 0 ? first.length : position
}
