/**
 * Keeps account of the paths of a chart: no two may be the same file on any file system, and none may be both a file
 * and a folder.
 */
export class PathRegister {
  readonly #files = new Map<string, string>()
  readonly #folders = new Map<string, string>()

  /** @returns what is wrong with one more file at this path */
  add(path: string): string | undefined {
    const key = fold(path)
    const twin = this.#files.get(key) ?? this.#folders.get(key)
    if (twin === path) return 'is there twice'
    if (twin !== undefined) return `cannot be told from ${twin} where case does not count`
    for (let slash = key.indexOf('/'); slash >= 0; slash = key.indexOf('/', slash + 1)) {
      const folder = key.slice(0, slash)
      if (this.#files.has(folder)) return 'lies in what is a file'
      this.#folders.set(folder, path.slice(0, slash))
    }
    this.#files.set(key, path)
    return undefined
  }

  /** @returns what is wrong with a folder at this path; the same folder may come again */
  addFolder(path: string): string | undefined {
    const key = fold(path)
    if (this.#files.has(key)) return 'is there as a file, too'
    this.#folders.set(key, path)
    return undefined
  }
}

/** What case-insensitive and normalising file systems take for the same name. */
function fold(path: string): string {
  return path.normalize('NFC').toLowerCase().normalize('NFC')
}
