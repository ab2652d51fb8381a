import { describe, expect, it } from 'vitest'
import { parseCommandLine, type Command } from '../../src/cli/args.ts'
import { UsageError } from '../../src/cli/usageError.ts'
import { verbs } from '../../src/cli/verbs/verbs.ts'

const mebibyte = 1024 * 1024

describe('a command line that makes sense', () => {
  it.each<[string, Command]>([
    ['chart save mychart a/b:1', { verb: 'chart save', path: 'mychart', reference: 'a/b:1' }],
    ['chart save mychart', { verb: 'chart save', path: 'mychart' }],
    ['chart save -- -odd a:1', { verb: 'chart save', path: '-odd', reference: 'a:1' }],
    ['chart list', { verb: 'chart list' }],
    ['chart ls', { verb: 'chart list' }],
    ['chart push a:1', { verb: 'chart push', references: ['a:1'] }],
    ['chart pull a:1 b:2', { verb: 'chart pull', references: ['a:1', 'b:2'] }],
    ['chart rm a:1 b:2 c:3', { verb: 'chart remove', references: ['a:1', 'b:2', 'c:3'] }],
    [
      'chart export a:1',
      { verb: 'chart export', reference: 'a:1', destination: '.', archive: false, force: false },
    ],
    [
      'chart export -d out a:1 --force --archive',
      { verb: 'chart export', reference: 'a:1', destination: 'out', archive: true, force: true },
    ],
    ['chart show values a:1', { verb: 'chart show', part: 'values', reference: 'a:1' }],
    ['chart diff a:1 b:2', { verb: 'chart diff', from: 'a:1', to: 'b:2' }],
    ['chart copy a:1 b:2 --format modern', { verb: 'chart copy', from: 'a:1', to: 'b:2' }],
    [
      'registry login -u me -p secret localhost:5000',
      {
        verb: 'registry login',
        host: 'localhost:5000',
        username: 'me',
        password: 'secret',
        passwordStdin: false,
      },
    ],
    [
      'registry login localhost:5000 --username me --password-stdin',
      { verb: 'registry login', host: 'localhost:5000', username: 'me', passwordStdin: true },
    ],
    ['registry logout localhost:5000', { verb: 'registry logout', host: 'localhost:5000' }],
    ['registry serve', { verb: 'registry serve', port: 5000 }],
    ['registry serve --port 0 --storage x', { verb: 'registry serve', port: 0, storage: 'x' }],
    [
      'registry serve --htpasswd users --state s.json',
      { verb: 'registry serve', port: 5000, htpasswd: 'users', state: 's.json' },
    ],
    ['', { verb: 'help', topic: '' }],
    ['chart', { verb: 'help', topic: 'chart' }],
    ['help chart ls', { verb: 'help', topic: 'chart list' }],
    ['--help', { verb: 'help', topic: '' }],
    ['chart save -h mychart', { verb: 'help', topic: 'chart save' }],
    ['chart export --force --help', { verb: 'help', topic: 'chart export' }],
    ['chart help save', { verb: 'help', topic: 'chart save' }],
    ['chart help', { verb: 'help', topic: 'chart' }],
    ['help version', { verb: 'help', topic: '' }],
    ['--version', { verb: 'version' }],
    ['version', { verb: 'version' }],
  ])('%s', (line, command) => {
    expect(parse(line).command).toEqual(command)
  })

  it('has its flags before or after the verb', () => {
    const before = parse('--output json --ca-file ca.pem chart --debug push a:1')
    const after = parse('chart push a:1 --debug --ca-file=ca.pem -o json')

    expect(before).toEqual(after)
    expect(before.globals).toMatchObject({ output: 'json', debug: true, host: { caFile: 'ca.pem' } })
  })

  it('takes sizes in bytes, KiB, MiB and GiB', () => {
    const { limits } = parse(
      'chart pull a:1 --max-unpacked 1.5GiB --max-file 600MiB --max-entries 20',
    ).globals

    expect(limits).toEqual({ unpacked: 1536 * mebibyte, file: 600 * mebibyte, entries: 20 })
    expect(parse('chart pull a:1 --max-file 2048').globals.limits.file).toBe(2048)
    expect(parse('chart pull a:1 --max-file 2K').globals.limits.file).toBe(2048)
  })

  it('collects every trusted token server, and takes the last of a flag that counts once', () => {
    const { globals } = parse(
      'chart pull a:1 --trust-realm one --trust-realm two --max-entries 1 --max-entries 2',
    )

    expect(globals.host.trustedRealms).toEqual(['one', 'two'])
    expect(globals.limits.entries).toBe(2)
  })

  it.each(
    verbs.map(({ path, operands }) =>
      [path, ...operands].join(' ').replace('HOST', 'x.io').replace('PART', 'all').replace('SHELL', 'zsh'),
    ),
  )('may have the flags about the connection: %s', (line) => {
    expect(parse(`${line} --plain-http --trust-realm x`).globals.host.plainHttp).toBe(true)
  })
})

describe('a command line that makes no sense', () => {
  it.each([
    ['nosuch', '"chartroom nosuch" is not a command.', ''],
    ['chart nosuch', '"chartroom chart nosuch" is not a command.', 'chart'],
    ['chart nosuch --help', '"chartroom chart nosuch" is not a command.', 'chart'],
    ['registry constructor', '"chartroom registry constructor" is not a command.', 'registry'],
    ['chart save', '"chartroom chart save" needs PATH.', 'chart save'],
    ['chart push', '"chartroom chart push" needs REF.', 'chart push'],
    ['registry login', '"chartroom registry login" needs HOST.', 'registry login'],
    ['chart list x', '"chartroom chart list" takes no arguments; "x" is one too many.', 'chart list'],
    ['chart save a b c', '"chartroom chart save" takes PATH [REF]; "c" is one too many.', 'chart save'],
    ['chart export a b', '"chartroom chart export" takes REF; "b" is one too many.', 'chart export'],
    ['chart save --nosuch a', '"--nosuch" is not a flag of "chartroom chart save".', 'chart save'],
    ['chart save -x a', '"-x" is not a flag of "chartroom chart save".', 'chart save'],
    ['chart list --force', '"--force" is not a flag of "chartroom chart list".', 'chart list'],
    ['--nosuch', '"--nosuch" is not a flag of "chartroom".', ''],
    ['chart list --debug=yes', '--debug takes no value.', 'chart list'],
    ['chart export a:1 -d', '--destination needs a value: --destination=DIR.', 'chart export'],
    ['chart export a:1 -d --force', '--destination needs a value: --destination=DIR.', 'chart export'],
    ['chart list -o xml', '--output is table, json or yaml, not "xml".', 'chart list'],
    ['chart save a --format old', '--format is legacy or modern, not "old".', 'chart save'],
    [
      'registry serve --port 65536',
      '--port is a whole number from 0 to 65535, not "65536".',
      'registry serve',
    ],
    [
      'chart list --max-col-width 3',
      '--max-col-width is a whole number of 4 or more, not "3".',
      'chart list',
    ],
    [
      'chart pull a:1 --max-file lots',
      '--max-file is a size such as 5242880 or 600MiB, not "lots".',
      'chart pull',
    ],
    ['chart pull a:1 --max-file 0', '--max-file is a size such as 5242880 or 600MiB, not "0".', 'chart pull'],
    ['chart pull a:1 --cert-file c', '--cert-file and --key-file need each other.', 'chart pull'],
    [
      'registry login h -u me -p x --password-stdin',
      '--password and --password-stdin exclude each other.',
      'registry login',
    ],
    ['registry login h --password-stdin', '--password-stdin needs --username.', 'registry login'],
  ])('%s', (line, message, topic) => {
    const error = refusal(line)

    expect(error.message).toBe(message)
    expect(error.topic).toBe(topic)
  })

  it.each([
    [
      'chart push a:1 --format modern',
      'chart push does not use --format; the format is chosen at save and at copy.',
    ],
    [
      'chart save a --no-overwrite',
      'chart save does not use --no-overwrite; a tag is protected at push and at copy.',
    ],
    ['chart pull a:1 --follow-links', 'chart pull does not use --follow-links; links are followed at save.'],
    [
      'registry login h --max-file 9',
      'registry login does not use --max-file; charts are measured where they are read whole.',
    ],
  ])('has a flag that would be ignored: %s', (line, message) => {
    expect(refusal(line).message).toBe(message)
  })

  it.each([
    ['chrat', 'Did you mean "chartroom chart"?'],
    ['push a:1', 'Did you mean "chartroom chart push"?'],
    ['login h', 'Did you mean "chartroom registry login"?'],
    ['chart psuh a:1', 'Did you mean "chartroom chart push"?'],
    ['chart rn a:1', 'Did you mean "chartroom chart rm"?'],
    ['chart login h', 'Did you mean "chartroom registry login"?'],
    ['versoin', 'Did you mean "chartroom version"?'],
    ['chart export a:1 --froce', 'Did you mean --force?'],
    ['chart save a --formt modern', 'Did you mean --format?'],
    ['chart nosuch', undefined],
    ['chart show a:1', undefined],
    ['chart list --keyring x', undefined],
  ])('may be a typing error: %s', (line, advice) => {
    expect(refusal(line).advice).toBe(advice)
  })

  it('has an empty operand', () => {
    expect(refusal(['chart', 'save', '', 'a:1']).message).toBe('PATH of "chartroom chart save" is empty.')
    expect(refusal(['chart', 'save', 'a', '']).message).toBe('REF of "chartroom chart save" is empty.')
    expect(refusal(['chart', 'pull', 'a:1', '']).message).toBe('REF of "chartroom chart pull" is empty.')
  })
})

function parse(line: string): ReturnType<typeof parseCommandLine> {
  return parseCommandLine(line.split(' ').filter((word) => word !== ''))
}

function refusal(line: string | readonly string[]): UsageError {
  try {
    parseCommandLine(typeof line === 'string' ? line.split(' ') : line)
  } catch (error) {
    if (error instanceof UsageError) return error
    throw error
  }
  throw new Error('The command line was accepted.')
}
