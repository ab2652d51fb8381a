import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'

/** Files below a directory in which a text stands, as it is or in base64. */
export async function filesWith(text: string, directory: string): Promise<string[]> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true })
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name))
  const held = await Promise.all(
    files.map(async (file) => {
      const content = await readFile(file).catch(() => Buffer.alloc(0))
      return content.includes(text) || content.includes(Buffer.from(text).toString('base64'))
    }),
  )
  return files.filter((_, position) => held[position])
}
