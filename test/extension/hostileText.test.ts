import { describe, expect, it } from 'vitest'
import { ChartroomError } from '../../src/core/index.ts'
import { logLines, messageFor } from '../../src/extension/messages.ts'
import { plainText } from '../../src/extension/plainText.ts'
import { markdownText } from '../../src/extension/documents/inertMarkdown.ts'
import { registryProblem } from '../../src/extension/views/registryProblem.ts'
import { rowText } from '../../src/extension/views/rowText.ts'
import { harmIn, hostileTexts } from '../support/hostileText.ts'

/** What the window shows of a stranger's text, each place by its name. */
const shown: readonly (readonly [name: string, show: (text: string) => string | readonly string[]])[] = [
  ['a row', rowText],
  ['a notification and a choice', plainText],
  ['a tooltip and a page', markdownText],
  ['the message of an error', (text) => messageFor(error(text), same).sentence],
  ['the message of an error of another program', (text) => messageFor(new Error(text), same).sentence],
  [
    'the row of a registry that failed',
    (text) => Object.values(registryProblem(error(text), 'x.io')).map(String),
  ],
  ['the log', (text) => logLines(error(text))],
  ['the log of an error of another program', (text) => logLines(new Error(text))],
]

describe.each(hostileTexts)('%s', (_what, text) => {
  it.each(shown)('in %s is text and nothing else', (_name, show) => {
    expect([show(text)].flat().map(harmIn)).toEqual([show(text)].flat().map(() => undefined))
  })
})

function error(text: string): ChartroomError {
  return new ChartroomError('unavailable', {
    message: text,
    advice: text,
    host: text,
    cause: new Error(text),
  })
}

function same(text: string): string {
  return text
}
