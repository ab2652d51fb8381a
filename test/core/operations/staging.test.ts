import { mkdir, readdir, readFile, utimes, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { clearStagings, withStaging } from '../../../src/core/operations/staging.ts'
import { temporaryDirectory } from '../../support/temporary.ts'

describe('what an export that was killed left beside its target', () => {
  it('is removed, and an old folder that had no successor yet is put back', async () => {
    const directory = await temporaryDirectory()
    await leave(join(directory, 'mychart'), { isEnded: true })

    await clearStagings(directory)

    expect(await readdir(directory)).toEqual(['mychart'])
    expect(await readFile(join(directory, 'mychart', 'who.txt'), 'utf8')).toBe('old')
  })

  it('does not replace what has come to be there since', async () => {
    const directory = await temporaryDirectory()
    await leave(join(directory, 'mychart'), { isEnded: true })
    await mkdir(join(directory, 'mychart'))

    await clearStagings(directory)

    expect(await readdir(directory)).toEqual(['mychart'])
    expect(await readdir(join(directory, 'mychart'))).toEqual([])
  })

  it('is left alone while its process runs', async () => {
    const directory = await temporaryDirectory()
    const staging = await leave(join(directory, 'mychart'), { isEnded: false })

    await clearStagings(directory)

    expect(await readdir(directory)).toEqual([staging])
  })

  it('is not taken for what a person keeps under a similar name, however old', async () => {
    const directory = await temporaryDirectory()
    const notes = join(directory, '.chartroom-notes')
    await mkdir(notes)
    await utimes(notes, 1, 1)

    await clearStagings(directory)

    expect(await readdir(directory)).toEqual(['.chartroom-notes'])
  })
})

/** Leaves a staging directory of a process, with the old folder in it, and says its name. */
async function leave(target: string, { isEnded }: { readonly isEnded: boolean }): Promise<string> {
  const name = await withStaging(target, ({ old }) => {
    const own = dirname(dirname(old)).slice(dirname(target).length + 1)
    return Promise.resolve(isEnded ? own.replace(`-${process.pid}-`, '-999999999-') : own)
  })
  const old = join(dirname(target), name, 'old', 'mychart')
  await mkdir(old, { recursive: true })
  await mkdir(join(dirname(target), name, 'new', 'mychart'), { recursive: true })
  await writeFile(join(old, 'who.txt'), 'old')
  return name
}
