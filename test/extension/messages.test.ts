import { describe, expect, it } from 'vitest'
import { ChartroomError } from '../../src/core/index.ts'
import { logLines, messageFor } from '../../src/extension/messages.ts'

describe('what a person is told', () => {
  it('is the sentence of the error, with one thing to do', () => {
    const error = new ChartroomError('invalid-chart', {
      message: 'mychart: Chart.yaml, line 3: version "1.x" is not a semantic version.',
      path: '/charts/mychart/Chart.yaml',
      line: 3,
    })

    expect(messageFor(error)).toEqual({
      sentence: 'mychart: Chart.yaml, line 3: version "1.x" is not a semantic version.',
      remedy: { kind: 'openFile', path: '/charts/mychart/Chart.yaml', line: 3 },
    })
  })

  it.each(['unauthorized', 'forbidden'] as const)('offers a login where the registry says %s', (kind) => {
    const error = new ChartroomError(kind, { message: 'No.', host: 'ghcr.io' })

    expect(messageFor(error).remedy).toEqual({ kind: 'logIn', host: 'ghcr.io' })
  })

  it('offers the log where nothing better is known', () => {
    expect(messageFor(new ChartroomError('disk-full', { message: 'Full.' })).remedy).toEqual({
      kind: 'showLog',
    })
    expect(messageFor(new TypeError('x is not\na function'))).toEqual({
      sentence: 'Something unexpected happened: x is not a function',
      remedy: { kind: 'showLog' },
    })
  })
})

describe('what a person can do about it', () => {
  const details = { message: 'It is in use.', advice: 'Try again later.' }

  it('is said in words where the only button shows the log', () => {
    expect(messageFor(new ChartroomError('store-locked', details)).sentence).toBe(
      'It is in use. Try again later.',
    )
  })

  it('is left to the button where there is one', () => {
    expect(messageFor(new ChartroomError('forbidden', { ...details, host: 'ghcr.io' })).sentence).toBe(
      'It is in use.',
    )
  })

  it('is in the log in any case', () => {
    expect(logLines(new ChartroomError('forbidden', details))).toEqual([
      'forbidden: It is in use. (Try again later.)',
    ])
  })
})

describe('what the log keeps', () => {
  it('is the chain of causes, and the stack of what was not expected', () => {
    const cause = new TypeError('no')
    const error = new ChartroomError('unavailable', { message: 'It is not there.', cause })

    expect(logLines(error)).toEqual(['unavailable: It is not there.', `caused by ${cause.stack ?? ''}`])
  })
})
