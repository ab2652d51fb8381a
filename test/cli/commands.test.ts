import { spawn } from 'node:child_process'
import { EventEmitter, once } from 'node:events'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { startServer } from '../core/registry/scriptedServer.ts'
import { builtCommandLine, node, person, type Person } from '../support/commandLine.ts'
import { fixture } from '../support/fixtures.ts'
import { localRegistry } from '../support/localRegistry.ts'
import { run } from '../support/run.ts'
import { writeChart } from '../support/sampleChart.ts'
import { planted } from '../support/planted/secrets.ts'

describe('several references', () => {
  it('are all tried, and the first failure is the exit code', async () => {
    const { chartroom, work } = await person()
    await writeChart(work)
    await chartroom(['chart', 'save', 'mychart', 'a/one:1'])
    await chartroom(['chart', 'save', 'mychart', 'a/two:2'])

    const { stdout, stderr, exit } = await chartroom([
      'chart',
      'remove',
      'a/one:1',
      'a/Bad:1',
      'a/none:1',
      'a/two:2',
    ])

    expect(stdout).toBe('1: removed\n2: removed\n')
    expect(stderr.split('\n')).toHaveLength(5)
    expect(exit).toBe(13)
  })

  it('are an array for programs, with one error a line on stderr', async () => {
    const { chartroom, work } = await person()
    await writeChart(work)
    await chartroom(['chart', 'save', 'mychart', 'a/one:1'])

    const { stdout, stderr, exit } = await chartroom(['chart', 'rm', 'a/none:1', 'a/one:1', '-o', 'json'])

    expect(JSON.parse(stdout)).toMatchObject([{ reference: 'a/one:1', name: 'mychart', version: '0.1.0' }])
    expect(JSON.parse(stderr)).toMatchObject({ error: { kind: 'not-found', reference: 'a/none:1' } })
    expect(exit).toBe(4)
  })
})

describe('chart save', () => {
  it('gives the same digest every time, and another one for another time of build', async () => {
    const someone = await person()
    const later = await person({ SOURCE_DATE_EPOCH: '1700000000' })

    const digests = [await savedDigest(someone), await savedDigest(someone), await savedDigest(later)]

    expect(digests[0]).toMatch(/^sha256:/)
    expect(digests[1]).toBe(digests[0])
    expect(digests[2]).not.toBe(digests[0])
  })

  it('names the chart and its version where no reference is given', async () => {
    const { chartroom, work } = await person()
    await writeChart(work, 'mychart', '1.2.3')

    const { stdout } = await chartroom(['chart', 'save', 'mychart/'])

    expect(stdout).toMatch(/^ref: {5}mychart:1\.2\.3\n/)
    expect(stdout).toMatch(/\n1\.2\.3: saved\n$/)
  })

  it('says how to keep a .prov file that the legacy format leaves behind', async () => {
    const { chartroom, work } = await person()
    const archive = await readFile(fixture('modern', 'helm-4.3.1', 'crds-schema-docs-0.1.0.tgz'))
    await writeFile(join(work, 'signed.tgz'), archive)
    await writeFile(join(work, 'signed.tgz.prov'), 'signed\n')
    const warning =
      'The .prov file beside the archive cannot travel in this format. To keep it, save with --format modern.'

    const legacy = await chartroom(['chart', 'save', 'signed.tgz', '-o', 'json'])
    const modern = await chartroom(['chart', 'save', 'signed.tgz', '--format', 'modern', '-o', 'json'])

    expect(JSON.parse(legacy.stdout)).toMatchObject({ warnings: [warning] })
    expect(JSON.parse(legacy.stderr)).toEqual({ warning })
    expect(JSON.parse(modern.stdout)).toMatchObject({ warnings: [] })
  })

  it('refuses a time of build that is none', async () => {
    const { chartroom, work } = await person({ SOURCE_DATE_EPOCH: 'today' })
    await writeChart(work)

    const { stderr, exit } = await chartroom(['chart', 'save', 'mychart'])

    expect(stderr).toBe(
      'SOURCE_DATE_EPOCH is a number of seconds since 1970, not "today".\nRun: chartroom chart save --help\n',
    )
    expect(exit).toBe(2)
  })
})

describe('push, pull and export', () => {
  it('tell programs what they did', async () => {
    const { host } = await localRegistry()
    const { chartroom, work } = await person()
    const reference = `${host}/myrepo/mychart:1.0.0`
    await writeChart(work)
    await chartroom(['chart', 'save', 'mychart', reference])

    const pushed = await chartroom(['chart', 'push', reference, '-o', 'json'])
    await chartroom(['chart', 'remove', reference])
    const pulled = await chartroom(['chart', 'pull', reference, '-o', 'json'])
    const again = await chartroom(['chart', 'pull', reference, '-o', 'yaml'])
    const exported = await chartroom(['chart', 'export', reference, '-d', 'out', '-o', 'json'])
    const archived = await chartroom(['chart', 'export', reference, '--archive'])

    expect(JSON.parse(pushed.stdout)).toMatchObject({ reference, layers: 1, format: 'legacy' })
    expect(JSON.parse(pulled.stdout)).toMatchObject({ reference, isNewer: true })
    expect(again.stdout).toContain('\nisNewer: false\n')
    expect(JSON.parse(exported.stdout)).toMatchObject({ reference, path: join('out', 'mychart') })
    expect(archived.stdout).toMatch(/\nExported chart to mychart-0\.1\.0\.tgz\n$/)
  })

  it('take several references at once, tell what came of them in their order, and go on after a failure', async () => {
    const { host } = await localRegistry()
    const { chartroom, work } = await person()
    await writeChart(work)
    const references = ['a', 'b', 'c', 'd', 'e', 'f'].map((name) => `${host}/team/${name}:1`)
    for (const reference of references) await chartroom(['chart', 'save', 'mychart', reference])
    const [first = '', ...others] = references
    const asked = [first, 'localhost:1/team/away:1', ...others]
    await chartroom(['chart', 'save', 'mychart', 'localhost:1/team/away:1'])

    const pushed = await chartroom(['chart', 'push', ...asked])
    const pulled = await chartroom(['chart', 'pull', ...asked, '-o', 'json'])

    expect(pushed.stdout.match(/(?<=^ref: {5}).*$/gm)).toEqual(references)
    expect(pushed.stderr).toContain('localhost:1/team/away:1: localhost:1 could not be reached')
    expect(pushed.exit).toBe(7)
    expect(JSON.parse(pulled.stdout)).toMatchObject(references.map((reference) => ({ reference })))
    expect(JSON.parse(pulled.stderr)).toMatchObject({
      error: { kind: 'unavailable', reference: 'localhost:1/team/away:1' },
    })
    expect(pulled.exit).toBe(7)
  })

  it('print every request where it is asked for, without the login', async () => {
    const { host } = await localRegistry()
    const { chartroom } = await person()

    const { stderr } = await chartroom(['chart', 'pull', `${host}/a/b:1`, '--debug'])

    expect(stderr).toMatch(/\bGET\b.*\/v2\/a\/b\/manifests\/1/)
  })

  it('refuse to replace a tag where they are told so', async () => {
    const { host } = await localRegistry()
    const { chartroom, work } = await person()
    const reference = `${host}/myrepo/mychart:1.0.0`
    await writeChart(work)
    await chartroom(['chart', 'save', 'mychart', reference])
    await chartroom(['chart', 'push', reference])
    await writeChart(work, 'mychart', '0.2.0')
    await chartroom(['chart', 'save', 'mychart', reference])

    const { stderr, exit } = await chartroom(['chart', 'push', reference, '--no-overwrite'])

    expect(stderr).toMatch(
      /^\S+ holds another chart at the registry \([a-f0-9]{7}\)\. Nothing was pushed\.\n/,
    )
    expect(exit).toBe(14)
  })
})

describe('a cache whose place a file has taken', () => {
  it.each([
    ['list', []],
    ['push', ['localhost:1/a/b:1']],
    ['remove', ['localhost:1/a/b:1']],
  ])('is named by chart %s', async (verb, operands) => {
    const { chartroom, cacheHome } = await person()
    const cache = join(cacheHome, 'registry', 'cache')
    await mkdir(dirname(cache), { recursive: true })
    await writeFile(cache, '')

    const { stderr, exit } = await chartroom(['chart', verb, ...operands])

    expect(stderr).toContain(`: a file stands where a directory should be (${cache}`)
    expect(exit).toBe(11)
  })
})

describe('a chart that is not in the cache', () => {
  it.each([
    ['remove', 'x.io/a:1', 'Run: chartroom chart list'],
    ['push', 'x.io/a:1', 'Run: chartroom chart save PATH x.io/a:1, or: chartroom chart pull x.io/a:1'],
    ['export', 'a:1', 'Run: chartroom chart save PATH a:1'],
  ])('cannot be the object of %s; the advice fits', async (verb, reference, advice) => {
    const { chartroom } = await person()

    const { stderr, exit } = await chartroom(['chart', verb, reference])

    expect(stderr).toBe(`${reference} is not in the cache.\n${advice}\n`)
    expect(exit).toBe(4)
  })
})

describe('an archive that is none', () => {
  it.each([
    ['text', 'x.tgz is not gzip-compressed, so it is not a chart archive.', /helm package/],
    ['damage', 'x.tgz is damaged: it ends in the middle.', /^Fetch or package the archive again\.$/],
  ])('is refused for %s, with what helps', async (what, problem, advice) => {
    const { chartroom, work } = await person()
    const sound = await readFile(fixture('archives', 'plain.tgz'))
    await writeFile(join(work, 'x.tgz'), what === 'text' ? 'no archive' : sound.subarray(0, -20))

    const { stderr } = await chartroom(['chart', 'save', 'x.tgz', 'a:1'])

    const [first, second] = stderr.split('\n')
    expect(first).toBe(problem)
    expect(second).toMatch(advice)
  })
})

describe('chart export', () => {
  it.each([
    [[], 'folder mychart', ', or replace the folder with --force'],
    [['--archive'], 'file mychart-0.1.0.tgz', ', or replace the file with --force'],
    [['-d', 'taken'], '', ''],
  ])('says with %j which flags help where something is in the way', async (flags, what, advice) => {
    const { chartroom, work } = await person()
    await writeChart(work)
    await writeFile(join(work, 'mychart-0.1.0.tgz'), '')
    await writeFile(join(work, 'taken'), '')
    await chartroom(['chart', 'save', 'mychart', 'a:1'])

    const { stderr, exit } = await chartroom(['chart', 'export', 'a:1', ...flags])

    expect(stderr.split('\n')[0]).toContain(what)
    expect(stderr.split('\n')[1]).toBe(`Choose another place with -d DIR${advice}.`)
    expect(exit).toBe(14)
  })
})

describe('a command that is stopped', () => {
  it.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)(
    'by %s ends at once, says so, and has exit code 130',
    async (signal) => {
      const events = new EventEmitter()
      const { host } = await startServer(() => {
        events.emit('asked')
      })
      const { env, work } = await person()
      const child = spawn(node, [builtCommandLine, 'chart', 'pull', `${host}/a/b:1`], { env, cwd: work })
      let stderr = ''
      child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()))
      await once(events, 'asked')

      child.kill(signal)

      expect(await once(child, 'close')).toEqual([130, null])
      expect(stderr).toBe('Stopped. The chart was not pulled.\n')
    },
  )

  it('at the question for a password gives the terminal back', async () => {
    const { chartroomOnTerminal } = await person()

    const { output, exit } = await chartroomOnTerminal(
      ['registry', 'login', 'localhost:1'],
      [
        { after: 'Username: ', type: 'myuserx\u007f\n' },
        { after: 'Password: ', type: 'my\u0003' },
      ],
    )

    expect(output).toBe('Username: myuserx\b \b\nPassword: \nStopped. No login was stored.\n')
    expect(exit).toBe(130)
  })
})

describe('a reader that goes away', () => {
  it('is no failure', async () => {
    const { env, work } = await person()
    const script = `{ ${node} ${builtCommandLine} --help; echo "exit $?" >&2; } | true`

    const { stderr } = await run('sh', ['-c', script], { env, cwd: work })

    expect(stderr).toBe('exit 0\n')
  })
})

describe('registry login', () => {
  it('without a terminal names the way that works there', async () => {
    const { chartroom } = await person()

    const { stderr, exit } = await chartroom(['registry', 'login', '-u', 'myuser', 'localhost:5000'])

    expect(stderr).toBe(
      'The password cannot be asked for, because standard input is not a terminal; use --password-stdin.\n' +
        'Run: chartroom registry login -u myuser --password-stdin localhost:5000 < FILE\n',
    )
    expect(exit).toBe(2)
  })

  it('asks no registry about an empty password', async () => {
    const { chartroom } = await person()
    const args = ['registry', 'login', '-u', "it's me", '--password-stdin', 'localhost:1']

    const { stderr, exit } = await chartroom(args, { input: '\n' })

    expect(stderr).toBe(
      'The password is empty.\n' +
        "Run: chartroom registry login -u 'it'\\''s me' --password-stdin localhost:1 < FILE\n",
    )
    expect(exit).toBe(2)
  })

  it('tells programs once where the login is kept', async () => {
    const { host } = await localRegistry()
    const { chartroom } = await person()
    const args = ['registry', 'login', '-u', 'me', '--password-stdin', host, '-o', 'json']

    const { stdout, stderr } = await chartroom(args, { input: 'x' })

    expect(JSON.parse(stdout)).toMatchObject({ host, warning: expect.any(String) as string })
    expect(stderr).toBe('')
  })

  it.each(['/myrepo', '/myrepo/mychart', ''])('is for the whole host, and says so: %s', async (rest) => {
    const { host } = await localRegistry()
    const { chartroom } = await person()
    const written = rest === '' ? `http://${host}` : `${host}${rest}`

    const { stderr } = await chartroom(['registry', 'login', '-u', 'me', '--password-stdin', written], {
      input: 'x',
    })

    expect(stderr.split('\n')).toContain(`The login is for the whole of ${host}.`)
  })

  it('warns about a password on the command line', async () => {
    const { host } = await localRegistry()
    const { chartroom } = await person()

    const { stdout, stderr, exit } = await chartroom(['registry', 'login', '-u', 'me', '-p', 'x', host])

    expect(stdout).toBe('Login succeeded\n')
    expect(stderr.split('\n')[0]).toBe(
      'WARNING: Using --password via the CLI is insecure. Use --password-stdin.',
    )
    expect(exit).toBe(0)
  })

  it.each([
    // A slow test is printed by its name, and a printed password is a leak.
    ['without a line break', planted.password, planted.password],
    ['without one line break', `${planted.password}\n`, planted.password],
    ['without one line break of Windows', `${planted.password}\r\n`, planted.password],
    ['with a line break in it', 'my pass\n\n', 'my pass\n'],
  ])('reads the password from standard input %s', async (_, input, password) => {
    const seen: string[] = []
    const { host } = await startServer((request, response) => {
      const { authorization = '' } = request.headers
      if (authorization !== '')
        seen.push(Buffer.from(authorization.replace('Basic ', ''), 'base64').toString())
      response.writeHead(authorization === '' ? 401 : 200, { 'www-authenticate': 'Basic realm="x"' }).end()
    })
    const { chartroom } = await person()

    const { exit } = await chartroom(['registry', 'login', '-u', 'me', '--password-stdin', host], { input })

    expect(exit).toBe(0)
    expect(seen).toContain(`me:${password}`)
  })
})

async function savedDigest({ chartroom, work }: Person): Promise<string> {
  await writeChart(work)
  const { stdout } = await chartroom(['chart', 'save', 'mychart', 'a/b:1', '--output', 'json'])
  return (JSON.parse(stdout) as { digest: string }).digest
}
