import { describe, expect, it } from 'vitest'
import { ChartroomError } from '../../src/core/index.ts'
import { logLines, messageFor as messageWith, type Message } from '../../src/extension/messages.ts'
import { BadChoice } from '../../src/extension/localRegistry/badChoice.ts'
import { NotTrusted } from '../../src/extension/notTrusted.ts'

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

describe('what a person can do about a way to speak to a registry', () => {
  it.each(['tls', 'refused'] as const)('is said in words beside its settings (%s)', (kind) => {
    const advice = 'Trust it for this registry.'
    const error = new ChartroomError(kind, { message: 'It was not sent.', advice, host: 'ghcr.io' })

    expect(messageFor(error)).toEqual({
      sentence: 'It was not sent. Trust it for this registry.',
      remedy: { kind: 'openRegistrySettings', host: 'ghcr.io' },
    })
  })

  it('is to trust a token server, where the login was not sent to one', () => {
    const error = new ChartroomError('refused', {
      message: 'ghcr.io wants your login to be sent to auth.example.com. It was not sent.',
      advice: 'Trust it for this registry.',
      host: 'ghcr.io',
      realm: 'auth.example.com',
    })

    expect(messageFor(error)).toEqual({
      sentence: 'ghcr.io wants your login to be sent to auth.example.com. It was not sent.',
      remedy: { kind: 'trustRealm', host: 'ghcr.io', realm: 'auth.example.com' },
    })
  })

  it('is in the log where the settings cannot help', () => {
    const error = new ChartroomError('refused', { message: 'It goes in circles.', host: 'ghcr.io' })

    expect(messageFor(error).remedy).toEqual({ kind: 'showLog' })
  })

  it('is to raise the limit that was passed, which the button alone does not say', () => {
    const error = new ChartroomError('too-large', {
      message: 'It is too large.',
      advice: 'If you trust the chart, raise the limit.',
      limit: 'file',
    })

    expect(messageFor(error)).toEqual({
      sentence: 'It is too large. If you trust the chart, raise the limit.',
      remedy: { kind: 'openLimit', setting: 'chartroom.limits.file' },
    })
  })

  it('is to trust an authority where nobody here knows it', () => {
    const error = new ChartroomError('tls', {
      message: 'Nobody knows who signed it.',
      advice: 'Set the authority.',
      host: 'ghcr.io',
      option: 'caFile',
    })

    expect(messageFor(error)).toEqual({
      sentence: 'Nobody knows who signed it.',
      remedy: { kind: 'trustCertificate', host: 'ghcr.io' },
    })
  })
})

describe('what a person can do where there was no answer', () => {
  it.each(['unavailable', 'proxy', 'tls'] as const)('is to look at the connection (%s)', (kind) => {
    const error = new ChartroomError(kind, { message: 'It is not there.', host: 'ghcr.io' })

    expect(messageFor(error)).toEqual({
      sentence: 'It is not there.',
      remedy: { kind: 'diagnose', host: 'ghcr.io' },
    })
  })

  it('is in the log where the registry itself said that it cannot', () => {
    const error = new ChartroomError('unavailable', { message: 'Not now.', host: 'ghcr.io', status: 503 })

    expect(messageFor(error).remedy).toEqual({ kind: 'showLog' })
  })
})

it('what needs a trusted workspace leads to its trust', () => {
  expect(messageFor(new NotTrusted('Nothing is pushed.'))).toEqual({
    sentence: 'Nothing is pushed.',
    remedy: { kind: 'manageTrust' },
  })
})

it('what a local registry cannot be started with leads to other choices', () => {
  const error = new BadChoice('unavailable', { message: 'The port is taken.', advice: 'Choose another one.' })

  expect(messageFor(error)).toEqual({
    sentence: 'The port is taken. Choose another one.',
    remedy: { kind: 'chooseAgain' },
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

function messageFor(error: unknown): Message {
  return messageWith(error, (text) => `Something unexpected happened: ${text}`)
}
