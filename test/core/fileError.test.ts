import { describe, expect, it } from 'vitest'
import { ChartroomError } from '../../src/core/errors.ts'
import { fileError } from '../../src/core/fileError.ts'
import { fileSystemError } from '../support/fileSystemError.ts'

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

  it('is passed on as it is where it is none', () => {
    const own = new ChartroomError('integrity', { message: 'It is damaged.' })

    expect(fileError(own, 'save')).toBe(own)
  })
})
