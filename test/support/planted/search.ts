import { appendFileSync, createReadStream } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { mark } from './secrets.ts'

/** What was searched for planted secrets in one process, and where one was found. */
export interface Searched {
  files: number
  /** Outputs of programs and lines of logs. */
  texts: number
  readonly found: string[]
}

/**
 * Files that keep logins, helpers that print them, and the configuration of a proxy that wants one. The editor's own copies of
 * its settings belong here because a person may have a password in them; the settings are searched.
 */
const mayHoldSecrets = new RegExp(
  [
    /(?:registry\/config|registry|docker\/config|auth|explicit|reg\/file|keychain)\.json$/,
    /bin\/docker-credential-\w+$/,
    /tinyproxy\.conf$/,
    /vscode\/data\/User\/(?:caches\/CachedConfigurations|History)\/.+\.json$/,
  ]
    .map(({ source }) => source)
    .join('|'),
)

/** The mark as it is, and in base64 whatever stands before it: every spelling of every planted secret holds one of these. */
const needles = [mark, ...[0, 1, 2].map((before) => inBase64(mark, before))]
const longest = Math.max(...needles.map((needle) => needle.length))

let searched = nothing()

/** @param place what is told about it where a secret stands in the text */
export function searchText(place: string, text: string): void {
  searched.texts++
  if (holdsSecret(text)) searched.found.push(place)
}

/** Searches every file below a directory but those that may hold secrets. */
export async function searchDirectory(directory: string): Promise<void> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true }).catch(nothingThere)
  for (const entry of entries ?? []) {
    const path = join(entry.parentPath, entry.name)
    if (!entry.isFile() || mayHoldSecrets.test(path)) continue
    searched.files++
    if (await isInFile(path)) searched.found.push(path)
  }
}

/**
 * Ends the search of this process: leaves its figures where `npm test` adds them up.
 * @throws Error where a secret was found
 */
export function concludeSearch(): void {
  const figures = process.env['CHARTROOM_SEARCHED']
  const result = takeSearched()
  if (figures !== undefined) appendFileSync(figures, JSON.stringify(result) + '\n')
  const { files, texts, found } = result
  if (found.length === 0) return
  throw new Error(
    `A planted secret was found (${files} files and ${texts} texts were searched):\n${found.join('\n')}`,
  )
}

/** What was searched until now, which is forgotten. */
export function takeSearched(): Searched {
  const result = searched
  searched = nothing()
  return result
}

function nothing(): Searched {
  return { files: 0, texts: 0, found: [] }
}

/** Whether a planted secret stands in a text, in any spelling. */
export function holdsSecret(text: string | Buffer): boolean {
  return needles.some((needle) => text.includes(needle))
}

async function isInFile(path: string): Promise<boolean> {
  let end = Buffer.alloc(0)
  try {
    for await (const chunk of createReadStream(path, { highWaterMark: 1024 * 1024 })) {
      const bytes = Buffer.concat([end, chunk as Buffer])
      if (holdsSecret(bytes)) return true
      end = bytes.subarray(-longest)
    }
  } catch (error) {
    nothingThere(error)
  }
  return false
}

/** A file may go while it is searched. */
function nothingThere(error: unknown): undefined {
  if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) throw error
}

/** The characters that a text makes of itself alone in base64, where some bytes stand before it. */
function inBase64(text: string, before: number): string {
  const bytes = Buffer.concat([Buffer.alloc(before), Buffer.from(text)])
  return bytes.toString('base64').slice(Math.ceil((before * 8) / 6), Math.floor((bytes.length * 8) / 6))
}
