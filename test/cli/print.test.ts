import { loadAll } from 'js-yaml'
import { describe, expect, it } from 'vitest'
import { failureOf, type Doing } from '../../src/cli/failure.ts'
import { Printer } from '../../src/cli/print.ts'
import { toYaml } from '../../src/cli/toYaml.ts'
import { UsageError } from '../../src/cli/usageError.ts'
import type { Command, Output } from '../../src/cli/args.ts'
import { ChartroomError, type Limits } from '../../src/core/index.ts'
import { PortTaken } from '../../src/localRegistry/index.ts'
import { fileSystemError } from '../support/fileSystemError.ts'

describe('a failure', () => {
  it('is two lines: what failed, and what to do', () => {
    const { print, err } = printer()

    const exitCode = print.failure(
      new ChartroomError('target-exists', { message: 'The folder x exists.', advice: 'Choose another.' }),
    )

    expect(err()).toBe('The folder x exists.\nChoose another.\n')
    expect(exitCode).toBe(14)
  })

  it('names the login command where a login is missing, and the way to one that only VS Code can read', () => {
    const { print, err } = printer()

    const exitCode = print.failure(
      new ChartroomError('unauthorized', {
        message: 'localhost:5000 wants a login (it offers Basic, realm "localhost").',
        advice: 'Log in to localhost:5000.',
        host: 'localhost:5000',
      }),
    )

    expect(err()).toBe(
      'localhost:5000 wants a login (it offers Basic, realm "localhost").\n' +
        'Run: chartroom registry login localhost:5000; ' +
        'if VS Code has the login, use "Share Login with Helm…" there: nobody else can read what it keeps.\n',
    )
    expect(exitCode).toBe(3)
  })

  it('names the login command alone where a login was rejected', () => {
    const { print, err } = printer()

    print.failure(
      new ChartroomError('unauthorized', {
        message: 'x.io rejected the login from ~/.docker/config.json.',
        host: 'x.io',
        origin: '~/.docker/config.json',
      }),
    )

    expect(err()).toBe(
      'x.io rejected the login from ~/.docker/config.json.\nRun: chartroom registry login x.io\n',
    )
  })

  it('names the token server that the login was not sent to, and the flag that trusts it', () => {
    const { print, err } = printer()

    const exitCode = print.failure(
      new ChartroomError('refused', {
        message:
          'x.io wants your login to be sent to auth.y.io, which is not known to belong to it. It was not sent.',
        advice: 'If auth.y.io is the token server of x.io, trust it for this registry.',
        host: 'x.io',
        realm: 'auth.y.io',
      }),
    )

    expect(err().split('\n')[1]).toBe(
      'If auth.y.io is the token server of x.io, add: --trust-realm auth.y.io',
    )
    expect(exitCode).toBe(12)
  })

  it('says at a login what to do about a wrong password, not to log in', () => {
    const { print, err } = printer('table', false, 'registry login')

    print.failure(
      new ChartroomError('unauthorized', { message: 'It was refused.', advice: 'Check it.', host: 'x.io' }),
    )

    expect(err()).toBe('It was refused.\nCheck it.\n')
  })

  it('of a command line names the help to read, with exit code 2', () => {
    const { print, err } = printer()

    expect(print.failure(new UsageError('"chartroom chart save" needs PATH.', 'chart save'))).toBe(2)
    expect(err()).toBe('"chartroom chart save" needs PATH.\nRun: chartroom chart save --help\n')
  })

  it('names the flag for the limit that was passed, in sizes that a person reads', () => {
    const passed = (limit: keyof Limits, expected: number, actual?: number): string | undefined =>
      adviceOf(
        new ChartroomError('too-large', {
          message: 'x',
          limit,
          expected,
          ...(actual === undefined ? {} : { actual }),
        }),
      )

    expect(passed('file', 6 * 1024 * 1024)).toBe(
      'If you trust this chart, raise the limit of 6.0 MiB, for example with --max-file 16MiB.',
    )
    expect(passed('entries', 10)).toBe(
      'If you trust this chart, raise the limit of 10 files, for example with --max-entries 20.',
    )
    expect(passed('unpacked', 100, 1500)).toBe(
      'If you trust this chart, raise the limit of 100 B, for example with --max-unpacked 2KiB.',
    )
  })

  it.each<[string, Command['verb'], string]>([
    ['scandir', 'chart list', 'Make it readable.'],
    ['mkdir', 'chart save', 'Make it writable, or use another place with HELM_CACHE_HOME=DIR.'],
    ['open', 'chart save', 'Make it writable, or use another place with HELM_CACHE_HOME=DIR.'],
    ['mkdir', 'chart export', 'Make it writable, or use another place with -d DIR.'],
    ['open', 'registry login', 'Make it writable, or use another place with HELM_REGISTRY_CONFIG=FILE.'],
  ])('of permissions, at %s by %s', (syscall, verb, advice) => {
    const path = '/nowhere/at/all'
    const cause: NodeJS.ErrnoException = fileSystemError('EACCES', path)
    cause.syscall = syscall

    expect(adviceOf(new ChartroomError('store-readonly', { message: 'x', path, cause }), { verb })).toBe(
      advice,
    )
  })

  it('names the flag that accepts a link which leads out of the chart', () => {
    const error = new ChartroomError('invalid-chart', {
      message: 'mychart: a: this link leads out of the chart, to /b.',
      advice: 'Copy the file into the chart.',
      link: '/b',
    })

    expect(adviceOf(error)).toBe('Copy the file into the chart, or accept it with --follow-links.')
  })

  it('names the command to log in with, where a reference carries a login', () => {
    const error = new ChartroomError('invalid-reference', {
      message: '"***@ghcr.io/a:1" is not a valid reference.',
      advice: 'Log in to the registry instead.',
      reference: '***@ghcr.io/a:1',
    })

    expect(adviceOf(error, { verb: 'chart save' })).toBe('Log in with "chartroom registry login" instead.')
    expect(adviceOf(error, { verb: 'registry login' })).toBe('Log in to the registry instead.')
  })

  it('of a port that is taken names the command with the next one', () => {
    const ports = [5000, 65535].map((port) => adviceOf(new PortTaken(port, undefined)))

    expect(ports).toEqual([
      'Choose another one, for example: --port 5001',
      'Choose another one, for example: --port 0',
    ])
  })

  it('is YAML where that is asked for, a document each', () => {
    const { print, out, err } = printer('yaml')

    print.warning('It is old.')
    print.failure(new UsageError('"x" is not a flag.', 'chart save'))
    print.stopped()

    expect(out()).toBe('')
    expect(loadAll(err())).toEqual([
      { warning: 'It is old.' },
      { error: { kind: 'usage', message: '"x" is not a flag.', advice: 'Run: chartroom chart save --help' } },
      { error: { kind: 'cancelled', message: 'Stopped.' } },
    ])
  })

  it('is an object with its kind and evidence for programs', () => {
    const { print, out, err } = printer('json')

    print.failure(new ChartroomError('integrity', { message: 'It is damaged.', expected: 1, actual: 2 }))

    expect(out()).toBe('')
    expect(JSON.parse(err())).toEqual({
      error: {
        kind: 'integrity',
        message: 'It is damaged.',
        advice: 'Save the chart again, or pull it again.',
        expected: 1,
        actual: 2,
      },
    })
  })

  it('that nobody expected has exit code 1 and shows where it comes from only to who asks', () => {
    const quiet = printer()
    const loud = printer('table', true)
    const error = new TypeError('x is not a function', { cause: new Error('the reason') })

    expect(quiet.print.failure(error)).toBe(1)
    expect(loud.print.failure(error)).toBe(1)
    expect(quiet.err()).toMatch(/^x is not a function\n.*--debug.*\n$/)
    expect(loud.err()).toContain('print.test.ts')
    expect(loud.err()).toContain('Caused by: Error: the reason')
  })

  it('that a person wanted says what stays, with exit code 130', () => {
    const { print, err } = printer()

    expect(print.stopped('Nothing was saved.')).toBe(130)
    expect(err()).toBe('Stopped. Nothing was saved.\n')
  })
})

describe('text from outside', () => {
  const hostile = 'a\u001b[31mred\u0007\u202eevil\u2069\u009b2J'

  it('reaches a terminal without control characters', () => {
    const { print, out, err } = printer('table', true)

    print.lines(`x\t${hostile}`)
    print.warning(hostile)
    print.debug(hostile)
    print.failure(new ChartroomError('invalid-chart', { message: hostile, advice: hostile }))

    expect(out()).toBe('x\ta[31mredevil2J\n')
    expect(err().replaceAll('\n', '')).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/)
  })

  it('is escaped, not lost, in JSON', () => {
    const { print, out } = printer('json')

    print.data({ name: hostile })

    expect(out().replaceAll('\n', '')).not.toMatch(/[^ -~]/)
    expect(JSON.parse(out())).toEqual({ name: hostile })
  })

  it('cannot control a terminal in YAML', () => {
    const { print, out } = printer('yaml')

    print.data({ name: hostile, nothing: undefined })

    expect(out()).toBe('name: "a\\e[31mred\\aevil\\x9B2J"\n')
  })
})

describe('the output for programs', () => {
  it('has no lines for people, and the other way round', () => {
    const people = printer()
    const programs = printer('json')
    for (const { print } of [people, programs]) {
      print.lines('2.7.0: saved')
      print.data([1])
    }

    expect(people.out()).toBe('2.7.0: saved\n')
    expect(programs.out()).toBe('[\n  1\n]\n')
  })

  it('keeps warnings on stderr in a form that a program can read', () => {
    const { print, err } = printer('json')

    print.warning('It is old.')

    expect(JSON.parse(err())).toEqual({ warning: 'It is old.' })
  })
})

/** The last line that a person sees. */
function adviceOf(error: unknown, doing?: Doing): string | undefined {
  return failureOf(error, doing).lines.at(-1)
}

describe('the content of a chart', () => {
  const content = Buffer.from([...Buffer.from('a\tb\r\n\u001b[31mred\u202e\n'), 0xff])

  it('goes into a pipe byte for byte', () => {
    const written: Uint8Array[] = []
    const streams = {
      out: (text: string | Uint8Array): void => {
        written.push(Buffer.from(text))
      },
      err: () => undefined,
    }

    new Printer({ ...streams, isTerminal: false }, { output: 'table', debug: false }).content(content)

    expect(Buffer.concat(written)).toEqual(content)
  })

  it('does nothing to a terminal but show text', () => {
    const { print, out } = printer('table', false, 'chart show', true)

    print.content(content)

    expect(out()).toBe('a\tb\n[31mred\n\ufffd\n')
  })

  it('is left out where programs get data', () => {
    const { print, out } = printer('json')

    print.content(content)

    expect(out()).toBe('')
  })
})

function printer(
  output: Output = 'table',
  debug = false,
  verb: Command['verb'] = 'chart push',
  isTerminal = false,
): { print: Printer; out: () => string; err: () => string } {
  const written = { out: '', err: '' }
  const streams = {
    out: (text: string | Uint8Array): void => {
      written.out += text.toString()
    },
    err: (text: string): void => {
      written.err += text
    },
    isTerminal,
  }
  return {
    print: new Printer(streams, { output, debug, verb, toYaml }),
    out: () => written.out,
    err: () => written.err,
  }
}
