import type { ReadStream } from 'node:tty'
import { on } from 'node:events'
import { StringDecoder } from 'node:string_decoder'

export interface Question {
  readonly text: string
  /** Whether what is typed stays invisible. */
  readonly hidden: boolean
}

/**
 * Asks questions on a terminal, one after the other. What was typed ahead answers the next question.
 *
 * @param print shows text on the terminal
 * @param signal aborting it gives the terminal back and rejects; Ctrl-C while a question stands does the same
 */
export async function ask(
  questions: readonly Question[],
  terminal: ReadStream,
  print: (text: string) => void,
  signal: AbortSignal,
): Promise<string[]> {
  const keys = keysOf(terminal, signal)
  const answers: string[] = []
  terminal.setRawMode(true)
  try {
    for (const { text, hidden } of questions) {
      print(text)
      try {
        answers.push(await answer(keys, hidden ? () => undefined : print))
      } finally {
        print('\n')
      }
    }
    return answers
  } finally {
    terminal.setRawMode(false)
    await keys.return(undefined)
    terminal.pause()
  }
}

async function answer(keys: AsyncIterator<string, undefined>, echo: (text: string) => void): Promise<string> {
  let typed: string[] = []
  for (;;) {
    const key = await keys.next()
    if (key.done === true || key.value === '\r' || key.value === '\n' || key.value === endOfInput)
      return typed.join('')
    if (key.value === interrupt) throw new DOMException('Stopped at the question.', 'AbortError')
    if (key.value === eraseLine) {
      echo('\b \b'.repeat(typed.length))
      typed = []
    } else if (key.value === '\b' || key.value === '\u007f') {
      if (typed.pop() !== undefined) echo('\b \b')
    } else if (key.value >= ' ') {
      typed.push(key.value)
      echo(key.value)
    }
  }
}

const interrupt = '\u0003'
const endOfInput = '\u0004'
const eraseLine = '\u0015'

/** The characters that a person types, whatever chunks they come in. */
async function* keysOf(terminal: ReadStream, signal: AbortSignal): AsyncGenerator<string, undefined> {
  const decoder = new StringDecoder('utf8')
  const events: AsyncIterable<readonly Buffer[]> = on(terminal, 'data', { signal, close: ['end', 'close'] })
  for await (const chunks of events) {
    // Arrow and function keys are sequences that mean nothing in an answer.
    yield* decoder.write(Buffer.concat(chunks)).replace(/\u001b(?:\[[0-9;]*[ -/]*[@-~]|O.)/g, '')
  }
  return undefined
}
