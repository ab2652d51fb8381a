import { expect, it } from 'vitest'
import { ChartroomError } from '../../src/core/index.ts'
import { apiError } from '../../src/extension/api/apiError.ts'

it('an error of the core is what other extensions get', () => {
  const error = new ChartroomError('not-found', { message: 'There is no such chart.', advice: 'Pull it.' })

  expect(apiError(error)).toBe(error)
})

it.each([new TypeError('Something is undefined.'), 'Something is undefined.'])(
  'an error that nobody expects has a kind for other extensions, too, and says where it comes from',
  (cause) => {
    const error = apiError(cause)

    expect(error).toBeInstanceOf(Error)
    expect(error).toMatchObject({ kind: 'unexpected', message: 'Something is undefined.', cause })
  },
)
