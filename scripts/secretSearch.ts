import { appendFileSync } from 'node:fs'
import { mkdir, mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { holdsSecret, searchDirectory, takeSearched, type Searched } from '../test/support/planted/search.ts'
import { planted } from '../test/support/planted/secrets.ts'

const preload = join(import.meta.dirname, '..', 'test', 'support', 'preload', 'startedProcesses.cjs')

/** What is kept of a run to be searched at its end. */
export interface SecretSearch {
  /** The directory for all of it. */
  readonly place: string
  /** The directory for temporary files of the run. */
  readonly temporary: string
}

/**
 * Has everything that this process starts from now on leave what is to be searched.
 * @param place a directory that is made anew
 */
export async function beginSecretSearch(place: string): Promise<SecretSearch> {
  await rm(place, { recursive: true, force: true })
  await mkdir(place, { recursive: true })
  const temporary = await mkdtemp(join(tmpdir(), 'chartroom-all-'))
  process.env['TMPDIR'] = temporary
  process.env['CHARTROOM_SEARCHED'] = join(place, 'searched.jsonl')
  process.env['CHARTROOM_STARTED'] = join(place, 'started.jsonl')
  process.env['NODE_OPTIONS'] = [process.env['NODE_OPTIONS'], `--require=${preload}`].join(' ').trim()
  return { place, temporary }
}

/** Prints what a part of the run prints, and keeps it. */
export function printAndKeep({ place }: SecretSearch, text: string): void {
  process.stdout.write(text)
  appendFileSync(join(place, 'printed.log'), text)
}

/**
 * Looks for the planted secrets in all that a run of every test left: in what the tests searched themselves (the outputs of
 * programs, the lines of logs, the files of each home, window and extension host before it is removed), in what was printed,
 * in how every Node and whatever a Node started was started, and in what stays in the directory for temporary files.
 * @returns where one was found
 */
export async function concludeSecretSearch({ place, temporary }: SecretSearch): Promise<readonly string[]> {
  const byTests = (await linesOf(place, 'searched.jsonl')).map((line) => JSON.parse(line) as Searched)
  const printed = await linesOf(place, 'printed.log')
  const started = await linesOf(place, 'started.jsonl')
  await searchDirectory(temporary)
  await rm(temporary, { recursive: true, force: true })
  const all = [...byTests, takeSearched()]
  const found = [
    ...all.flatMap((part) => part.found),
    ...printed.filter(holdsSecret).map((line) => `printed: ${line}`),
    ...started.filter(holdsSecret).map((line) => `started: ${line}`),
  ]
  for (const line of found) console.log(line)
  console.log(
    `planted secrets: ${Object.keys(planted).length} looked for in ${sum(all, 'files')} files, ` +
      `${sum(all, 'texts')} outputs and lines of logs, ${printed.length} printed lines and ` +
      `${started.length} command lines, ${found.length} found`,
  )
  return found
}

function sum(parts: readonly Searched[], what: 'files' | 'texts'): number {
  return parts.reduce((total, part) => total + part[what], 0)
}

async function linesOf(place: string, name: string): Promise<string[]> {
  return (await readFile(join(place, name), 'utf8')).split('\n').filter((line) => line !== '')
}
