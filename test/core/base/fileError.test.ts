import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { ChartroomError } from '../../../src/core/base/errors.ts'
import { fileError, fileErrorInPlace } from '../../../src/core/base/fileError.ts'
import { fileSystemError } from '../../support/fileSystemError.ts'
import { temporaryDirectory } from '../../support/temporary.ts'

describe('an error of the file system', () => {
  it.each([
    ['ENOSPC', 'disk-full'],
    ['EDQUOT', 'disk-full'],
    ['EROFS', 'store-readonly'],
    ['EACCES', 'store-readonly'],
  ])('%s is %s, and the sentence says what was being done', (code, kind) => {
    const error = fileError(fileSystemError(code, '/some/path'), 'save mychart')

    expect(error).toMatchObject({
      kind,
      message: expect.stringMatching(/^Could not save mychart: .*\/some\/path/) as string,
    })
  })

  it('names what is there of the path that was to be made', async () => {
    const directory = await temporaryDirectory()
    const [file, missing] = [join(directory, 'file'), join(directory, 'missing')]
    await writeFile(file, '')
    const named = async (path: string): Promise<unknown> =>
      await fileErrorInPlace(await failureOf(mkdir(path)), 'save mychart')

    expect(await named(join(file, 'cache', 'tmp'))).toMatchObject({
      message: `Could not save mychart: a file stands where a directory should be (${file}).`,
      evidence: { path: file },
    })
    expect(await named(file)).toMatchObject({ evidence: { path: file } })
    expect(await fileErrorInPlace(fileSystemError('EROFS', join(missing, 'x')), 'save')).toMatchObject({
      evidence: { path: directory },
    })
  })

  it('is nothing that could be answered by replacing a tag or an export', () => {
    for (const code of ['EISDIR', 'EEXIST', 'ENOTEMPTY'])
      expect(fileError(fileSystemError(code, '/some/path'), 'save')).toMatchObject({ kind: 'store-corrupt' })
  })

  it('is passed on as it is where it is none', () => {
    const own = new ChartroomError('integrity', { message: 'It is damaged.' })

    expect(fileError(own, 'save')).toBe(own)
  })
})

async function failureOf(work: Promise<unknown>): Promise<unknown> {
  return await work.then(
    () => undefined,
    (error: unknown) => error,
  )
}
