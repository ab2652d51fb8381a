import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { searchText } from './planted/search.ts'

export interface Reply {
  /** What the program has printed last when the person types. */
  readonly after: string
  readonly type: string
}

export interface OnTerminal {
  /** All that stood on the terminal, in order, line ends as `\n`. */
  readonly output: string
  readonly exit: number
}

/**
 * Runs a program on a pseudo-terminal, which the program `script` of util-linux makes, and types.
 * Each reply waits until what it answers is there.
 */
export async function runOnTerminal(
  command: readonly string[],
  replies: readonly Reply[],
  { cwd, env }: { readonly cwd: string; readonly env: Readonly<Record<string, string | undefined>> },
): Promise<OnTerminal> {
  const child = spawn('script', ['-qefc', `exec ${command.map(quoted).join(' ')}`, '/dev/null'], { cwd, env })
  const waiting = [...replies]
  let output = ''
  let answered = 0
  child.stdout.on('data', (chunk: Buffer) => {
    output += chunk.toString()
    const next = waiting[0]
    if (next === undefined || !output.slice(answered).includes(next.after)) return
    answered = output.length
    waiting.shift()
    child.stdin.write(next.type)
  })
  child.stdin.on('error', () => undefined)
  const [exit] = (await once(child, 'close')) as [number | null]
  searchText(`the terminal of ${command.join(' ')}`, output)
  return { output: output.replaceAll('\r\n', '\n'), exit: exit ?? -1 }
}

function quoted(word: string): string {
  return `'${word.replaceAll("'", `'\\''`)}'`
}
