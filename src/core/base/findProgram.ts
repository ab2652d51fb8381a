import { basename, delimiter, dirname, isAbsolute, join, sep } from 'node:path'
import { factsOf, realPathOf } from './files.ts'
import type { Surroundings } from './helmHome.ts'

/** Where programs are looked for, and where none is ever run from. */
export interface ProgramSearch {
  readonly around: Surroundings
  /** Directories whose content is not trusted, such as the folders of a workspace. */
  readonly untrusted?: () => readonly string[]
}

/**
 * The absolute path of a program on `PATH`; `undefined` where there is none.
 *
 * Relative and empty entries of `PATH` are left out, as are programs in untrusted directories, so that a repository
 * cannot plant one. On Windows only an `.exe` counts: a script would need a shell.
 */
export async function findProgram(name: string, search: ProgramSearch): Promise<string | undefined> {
  const { platform } = search.around
  const file = platform === 'win32' ? `${name}.exe` : name
  for (const directory of pathEntries(search.around)) {
    const path = join(directory, file)
    if ((await isProgram(path, platform)) && !(await isUntrusted(path, search))) return path
  }
  return undefined
}

function pathEntries({ env, platform }: Surroundings): string[] {
  const name = platform === 'win32' ? Object.keys(env).find((key) => key.toUpperCase() === 'PATH') : 'PATH'
  const entries = (name === undefined ? undefined : env[name]) ?? ''
  return entries.split(delimiter).filter((entry) => isAbsolute(entry))
}

async function isProgram(path: string, platform: NodeJS.Platform): Promise<boolean> {
  const facts = await factsOf(path).catch(() => undefined)
  return facts?.kind === 'file' && (platform === 'win32' || (facts.mode & 0o111) !== 0)
}

/** Whether the program, or the link that leads to it, is in an untrusted directory. */
async function isUntrusted(path: string, { untrusted = () => [] }: ProgramSearch): Promise<boolean> {
  const places = [await realPathOf(path), join(await realPathOf(dirname(path)), basename(path))]
  const directories = await Promise.all(untrusted().map(realDirectory))
  return directories.some((directory) => places.some((place) => place.startsWith(directory + sep)))
}

async function realDirectory(path: string): Promise<string> {
  return (await factsOf(path)) === undefined ? path : await realPathOf(path)
}
