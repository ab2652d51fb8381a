import { describe, expect, it } from 'vitest'
import type { Output } from '../../src/cli/args.ts'
import { Printer } from '../../src/cli/print.ts'
import { ProgressLine } from '../../src/cli/progressLine.ts'
import { formatTable } from '../../src/cli/table.ts'
import { toYaml } from '../../src/cli/toYaml.ts'
import { ChartroomError } from '../../src/core/index.ts'
import { harmIn, hostileTexts } from '../support/hostileText.ts'

const outputs = ['table', 'json', 'yaml'] as const

/** Everything that the command line prints with text of a stranger in it, each by its name. */
const printers: readonly (readonly [name: string, print: (print: Printer, text: string) => void])[] = [
  [
    'a line',
    (print, text) => {
      print.lines(text)
    },
  ],
  [
    'a table',
    (print, text) => {
      print.lines(...formatTable([['REF'], [text]], 60))
    },
  ],
  [
    'a result',
    (print, text) => {
      print.data({ [text]: [text] })
    },
  ],
  [
    'a warning',
    (print, text) => {
      print.warning(text)
    },
  ],
  [
    'a note',
    (print, text) => {
      print.note(text)
    },
  ],
  [
    'a line of --debug',
    (print, text) => {
      print.debug(text)
    },
  ],
  [
    'what stays',
    (print, text) => {
      print.stopped(text)
    },
  ],
  [
    'the content of a chart',
    (print, text) => {
      print.content(Buffer.from(text))
    },
  ],
  [
    'an error with its evidence and cause',
    (print, text) => {
      print.failure(hostileError(text))
    },
  ],
  [
    'an error of another program',
    (print, text) => {
      print.failure(new Error(text, { cause: new Error(text) }))
    },
  ],
]

describe.each(hostileTexts)('%s', (_what, text) => {
  it.each(printers)('in %s does nothing to a terminal, in whatever form', (_name, work) => {
    for (const output of outputs) {
      const { print, written } = printer(output)
      work(print, text)

      expect([output, harmIn(written())]).toEqual([output, undefined])
    }
  })

  it('is one line of a table, and nothing that stands alone', () => {
    const { print, written } = printer('table')
    print.lines(text)
    print.warning(text)

    expect(written().split('\n')).toHaveLength(3)
  })

  it('is what it was, for a program that reads JSON', () => {
    const { print, written } = printer('json')
    print.data(text)

    expect(JSON.parse(written())).toBe(text)
  })
})

it('the progress line holds no text of strangers', () => {
  let drawn = ''
  const line = new ProgressLine({ columns: 80, write: (text) => (drawn += text) })
  line.show({ step: 'pulling', done: 1, total: 2 })

  expect(harmIn(drawn.replace('\r\u001b[K', ''))).toBeUndefined()
})

function hostileError(text: string): ChartroomError {
  const message = `It failed: ${text}`
  return new ChartroomError('refused', {
    message,
    advice: text,
    host: text,
    path: text,
    reference: text,
    expected: text,
    actual: text,
    cause: new Error(text),
  })
}

/** A printer to a terminal. */
function printer(output: Output): { print: Printer; written: () => string } {
  let written = ''
  const add = (text: string | Uint8Array): void => {
    written += typeof text === 'string' ? text : Buffer.from(text).toString()
  }
  const print = new Printer(
    { out: add, err: add, isTerminal: true },
    { output, debug: true, verb: 'chart pull', toYaml },
  )
  return { print, written: () => written }
}
