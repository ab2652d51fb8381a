import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { cleanUp } from './cleanUp.ts'
import { searchDirectory } from './planted/search.ts'

/** A new empty directory that goes away with the test, or with the file where a hook makes it. */
export async function temporaryDirectory(): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'chartroom-'))
  cleanUp(async () => {
    await searchDirectory(directory)
    await rm(directory, { recursive: true, force: true })
  })
  return directory
}
