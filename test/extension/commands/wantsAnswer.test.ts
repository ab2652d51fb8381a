import { expect, it } from 'vitest'
import { ChartroomError } from '../../../src/core/index.ts'
import { wantsAnswer } from '../../../src/extension/commands/wantsAnswer.ts'

const message = 'It failed.'

it.each([
  ['a login is wanted', new ChartroomError('unauthorized', { message }), true],
  ['the login has too few rights', new ChartroomError('forbidden', { message }), true],
  ['another chart would be replaced', new ChartroomError('target-exists', { message }), true],
  [
    'the login is wanted by a server that nobody trusts yet',
    new ChartroomError('refused', { message, host: 'registry.example.com', realm: 'auth.example.com' }),
    true,
  ],
  [
    'the certificate is of an authority that nobody knows',
    new ChartroomError('tls', { message, host: 'registry.example.com', option: 'caFile' }),
    true,
  ],
  ['the connection is not secure', new ChartroomError('tls', { message, host: 'localhost' }), false],
  ['something is refused for good', new ChartroomError('refused', { message, host: 'localhost' }), false],
  ['nobody answers', new ChartroomError('unavailable', { message }), false],
  ['it is an error of nobody knows what', new Error(message), false],
])('of several charts one is asked about alone where it can be answered: %s', (_, error, expected) => {
  expect(wantsAnswer(error)).toBe(expected)
})
