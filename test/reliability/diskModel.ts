import { lstat, mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { join, relative, sep } from 'node:path'
import type { FileStep } from '../../src/core/base/files.ts'
import type { Random } from '../support/random.ts'

/** A change of the disk, as `observeSteps` announces it. */
export interface RecordedStep {
  readonly kind: FileStep
  readonly path: string
  readonly from?: string
  readonly bytes?: Uint8Array
}

class File {
  /** What a sync brought to the disk. */
  synced = Buffer.alloc(0)
  /** What was written since. */
  unsynced: Buffer[] = []
}

class Directory {
  /** What programs see. */
  readonly names = new Map<string, File | Directory>()
  /** What a power loss leaves for sure. */
  readonly synced = new Map<string, File | Directory>()
}

/** A name that gets, or loses, what it stands for. */
interface NameChange {
  readonly directory: Directory
  readonly name: string
  readonly to: File | Directory | undefined
  /** What takes place before or together with this one: the new name of what a rename takes the old name from. */
  readonly with?: NameChange
}

/**
 * What a disk may hold after a power loss. Only what was synced is certain. Of everything else any part may be there: a name
 * without its content, a file with a part of its bytes or with holes, a later rename without an earlier one, a removal
 * from one directory without that from another. One promise of file systems is kept: a rename never loses both names.
 */
export class DiskModel {
  readonly #root = new Directory()
  readonly #place: string
  #pending: NameChange[] = []

  private constructor(place: string) {
    this.#place = place
  }

  /**
   * A disk on which everything under a directory is safe.
   * @param place where the steps were recorded
   */
  static async of(directory: string, place: string): Promise<DiskModel> {
    const disk = new DiskModel(place)
    await load(directory, disk.#root)
    return disk
  }

  /** Does what a program did, as far as it changes something. */
  apply({ kind, path, from, bytes }: RecordedStep): void {
    switch (kind) {
      case 'makeDirectory':
        this.#makeDirectories(path)
        break
      case 'create':
        if (this.#find(path) === undefined) this.#name(path, new File())
        break
      case 'write':
        this.#file(path).unsynced.push(Buffer.from(bytes ?? []))
        break
      case 'sync': {
        const file = this.#file(path)
        file.synced = Buffer.concat([file.synced, ...file.unsynced])
        file.unsynced = []
        break
      }
      case 'link':
        if (this.#find(path) === undefined) this.#name(path, this.#find(from ?? ''))
        break
      case 'rename':
        this.#rename(from ?? '', path)
        break
      case 'remove':
        this.#remove(path)
        break
      case 'removeTree':
        this.#removeTree(path)
        break
      case 'syncDirectory':
        this.#syncDirectory(path)
        break
      case 'touch':
        break
    }
  }

  /** Writes one of the states that a power loss at this moment may leave. */
  async write(directory: string, random: Random): Promise<void> {
    const likely = random.one([0, 0.5, 0.9, 1])
    const names = new Map<Directory, Map<string, File | Directory>>()
    const namesOf = (of: Directory): Map<string, File | Directory> => {
      const found = names.get(of) ?? new Map(of.synced)
      names.set(of, found)
      return found
    }
    const happened = new Set<NameChange>()
    for (const change of this.#pending) {
      const { with: other } = change
      // Within one directory both names of a rename change at once; the old one never goes before the new one is there.
      const isDue =
        other?.directory === change.directory
          ? happened.has(other)
          : random.happens(likely) && (other === undefined || happened.has(other) || isSynced(other))
      if (!isDue) continue
      happened.add(change)
      set(namesOf(change.directory), change.name, change.to)
    }
    const writeDirectory = async (path: string, of: Directory): Promise<void> => {
      await mkdir(path, { recursive: true })
      for (const [name, node] of namesOf(of)) {
        if (node instanceof Directory) await writeDirectory(join(path, name), node)
        else await writeFile(join(path, name), leftOf(node, random))
      }
    }
    await writeDirectory(directory, this.#root)
  }

  #rename(from: string, to: string): void {
    const node = this.#find(from)
    if (node === undefined) return
    const replaced = this.#find(to)
    if (replaced instanceof Directory && replaced.names.size > 0) return
    const gets = this.#name(to, node)
    this.#name(from, undefined, gets)
  }

  #remove(path: string): void {
    const node = this.#find(path)
    if (node === undefined || (node instanceof Directory && node.names.size > 0)) return
    this.#name(path, undefined)
  }

  #removeTree(path: string): void {
    const node = this.#find(path)
    if (node instanceof Directory) {
      for (const name of [...node.names.keys()]) this.#removeTree(join(path, name))
    }
    this.#remove(path)
  }

  #makeDirectories(path: string): void {
    const parts = this.#partsOf(path)
    parts.forEach((_, index) => {
      const above = join(this.#place, ...parts.slice(0, index + 1))
      if (this.#find(above) === undefined) this.#name(above, new Directory())
    })
  }

  #syncDirectory(path: string): void {
    const directory = this.#find(path)
    if (!(directory instanceof Directory)) return
    const due = new Set(this.#pending.filter((change) => change.directory === directory))
    for (const { with: other } of [...due]) if (other !== undefined) due.add(other)
    for (const change of this.#pending) {
      if (due.has(change)) set(change.directory.synced, change.name, change.to)
    }
    this.#pending = this.#pending.filter((change) => !due.has(change))
  }

  #name(path: string, to: File | Directory | undefined, other?: NameChange): NameChange {
    const name = this.#partsOf(path).at(-1) ?? ''
    const directory = this.#find(join(path, '..'))
    if (!(directory instanceof Directory)) throw new Error(`There is no directory for ${path}.`)
    set(directory.names, name, to)
    const change = { directory, name, to, ...(other === undefined ? {} : { with: other }) }
    this.#pending.push(change)
    return change
  }

  #file(path: string): File {
    const node = this.#find(path)
    if (node instanceof File) return node
    throw new Error(`There is no file ${path}.`)
  }

  #find(path: string): File | Directory | undefined {
    let node: File | Directory | undefined = this.#root
    for (const part of this.#partsOf(path)) {
      node = node instanceof Directory ? node.names.get(part) : undefined
    }
    return node
  }

  #partsOf(path: string): string[] {
    return relative(this.#place, path)
      .split(sep)
      .filter((part) => part !== '')
  }
}

/** Whether a change is on the disk for sure: it is not among what is pending, which is asked before. */
function isSynced({ directory, name, to }: NameChange): boolean {
  return directory.synced.get(name) === to
}

/** What is left of a file: what was synced, and of the rest nothing, all, a part, or all with holes. */
function leftOf({ synced, unsynced }: File, random: Random): Buffer {
  const rest = Buffer.concat(unsynced)
  switch (random.below(4)) {
    case 0:
      return synced
    case 1:
      return Buffer.concat([synced, rest])
    case 2:
      return Buffer.concat([synced, rest.subarray(0, random.below(rest.length + 1))])
    default:
      return Buffer.concat([
        synced,
        ...unsynced.map((bytes) => (random.happens(0.5) ? bytes : Buffer.alloc(bytes.length))),
      ])
  }
}

function set(names: Map<string, File | Directory>, name: string, to: File | Directory | undefined): void {
  if (to === undefined) names.delete(name)
  else names.set(name, to)
}

async function load(path: string, directory: Directory): Promise<void> {
  for (const name of await readdir(path)) {
    const inside = join(path, name)
    const node = (await lstat(inside)).isDirectory() ? new Directory() : new File()
    if (node instanceof Directory) await load(inside, node)
    else node.synced = await readFile(inside)
    directory.names.set(name, node)
    directory.synced.set(name, node)
  }
}
