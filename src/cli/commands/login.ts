import type { Command } from '../args.ts'
import type { Context } from '../context.ts'
import { login as logIn } from '../../core/index.ts'
import { UsageError } from '../usageError.ts'
import { ask, type Question } from '../prompt.ts'

type Login = Extract<Command, { verb: 'registry login' }>

/** Passwords and tokens are short; this ends a mistaken pipe. */
const maxPasswordLength = 1024 * 1024

export async function login(command: Login, context: Context): Promise<number> {
  const { registries, credentials, globals, print, options } = context
  const { host, store, warning } = await logIn(
    registries,
    credentials,
    command.host,
    await answers(command, context),
    options,
  )
  // Programs find it in the result.
  if (warning !== undefined && globals.output === 'table') print.warning(warning)
  if (isMoreThanHost(command.host)) print.note(`The login is for the whole of ${host}.`)
  print.lines('Login succeeded')
  print.data({ host, store, ...(warning === undefined ? {} : { warning }) })
  return 0
}

/** Whether somebody wrote a scheme or a repository, to which a login cannot be confined. */
function isMoreThanHost(host: string): boolean {
  return host.replace(/\/$/, '').includes('/')
}

async function answers(
  command: Login,
  { print, options }: Context,
): Promise<{ username: string; password: string }> {
  const { username = '', password = '', passwordStdin } = command
  if (passwordStdin) {
    const read = await readPassword()
    if (read === '') throw usage('The password is empty.', lineToType(command))
    return { username, password: read }
  }
  if (password !== '') {
    print.warning('Using --password via the CLI is insecure. Use --password-stdin.')
    if (username !== '') return { username, password }
  }
  if (!process.stdin.isTTY) {
    throw usage(
      password === ''
        ? 'The password cannot be asked for, because standard input is not a terminal; use --password-stdin.'
        : 'The user name is missing and cannot be asked for, because standard input is not a terminal; use --username.',
      lineToType(command),
    )
  }
  const questions: Question[] = [
    ...(username === '' ? [{ text: 'Username: ', hidden: false }] : []),
    ...(password === '' ? [{ text: 'Password: ', hidden: true }] : []),
  ]
  const typed = await ask(questions, process.stdin, print.prompt, options.signal)
  const answered = {
    username: username === '' ? (typed[0] ?? '').trim() : username,
    password: password === '' ? (typed.at(-1) ?? '') : password,
  }
  if (answered.username === '') throw usage('The user name is empty.')
  if (answered.password === '') throw usage('The password is empty.')
  return answered
}

/** All of standard input but one line end. */
async function readPassword(): Promise<string> {
  const chunks: Buffer[] = []
  let length = 0
  const input: AsyncIterable<Buffer> = process.stdin
  for await (const chunk of input) {
    length += chunk.length
    if (length > maxPasswordLength) throw usage('Standard input is too long for a password.')
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString('utf8').replace(/\n$/, '').replace(/\r$/, '')
}

/** The command that works without a terminal. */
function lineToType({ host, username = '' }: Login): string {
  const words = ['-u', username === '' ? 'USER' : quoted(username), '--password-stdin', quoted(host)]
  return `Run: chartroom registry login ${words.join(' ')} < FILE`
}

/** A word as a shell takes it for one. */
function quoted(word: string): string {
  return /^[\w.:/@+-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`
}

function usage(message: string, advice?: string): UsageError {
  return new UsageError(message, 'registry login', advice)
}
