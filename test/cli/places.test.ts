import { mkdir, mkdtemp, readFile, rename, rm, stat, symlink, writeFile } from 'node:fs/promises'
import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { CacheHealth } from '../../src/core/index.ts'
import { builtCommandLine, node, person, type Person } from '../support/commandLine.ts'
import { cleanUp } from '../support/cleanUp.ts'
import { localRegistry } from '../support/localRegistry.ts'
import { run, runOrFail, type Finished } from '../support/run.ts'
import { writeChart } from '../support/sampleChart.ts'
import { filesUnder, treeOf } from '../support/tree.ts'

const reference = 'localhost:5000/myrepo/mychart:1.0.0'

/** Another file system than that of temporary directories, where the machine has one. */
const elsewhere = '/dev/shm'
const hasElsewhere = await areDifferent(elsewhere, '/tmp')
const mayMount = await canMount()

describe('a cache', () => {
  it.each([
    ['HELM_CACHE_HOME', 'cache home', 'cache home/registry/cache'],
    ['XDG_CACHE_HOME', 'xdg', 'xdg/helm/registry/cache'],
  ])('lies where %s says', async (variable, value, place) => {
    const someone = await person()
    const there = await person({ [variable]: join(someone.home, value) })

    await saved(there)

    expect(await filesUnder(join(someone.home, place, 'blobs'))).toHaveLength(3)
    await works(there)
  })

  it('lies where it always does when the variables are empty', async () => {
    const someone = await person({ HELM_CACHE_HOME: '', XDG_CACHE_HOME: '' })

    await saved(someone)

    expect(await filesUnder(join(rootOf(someone), 'blobs'))).toHaveLength(3)
  })

  it.each(['registry', 'registry/cache'])('may be reached through a link: %s', async (part) => {
    const someone = await person()
    await mkdir(rootOf(someone), { recursive: true })
    await rename(join(someone.cacheHome, part), join(someone.home, 'real'))
    await symlink(join(someone.home, 'real'), join(someone.cacheHome, part))

    await saved(someone)

    await works(someone)
    expect((await filesUnder(join(someone.home, 'real'))).length).toBeGreaterThan(3)
  })

  it.skipIf(!hasElsewhere)(
    'may have its blobs on another file system (needs /dev/shm to be one)',
    async () => {
      const someone = await person()
      const far = await directoryElsewhere()
      await mkdir(rootOf(someone), { recursive: true })
      await symlink(join(far, 'blobs'), join(rootOf(someone), 'blobs'))
      await mkdir(join(far, 'blobs'))

      await saved(someone)
      await saved(someone, 'localhost:5000/myrepo/other:1.0.0', 'other')
      await works(someone)
      const swept = await sweptAway(someone, 'localhost:5000/myrepo/other:1.0.0')

      expect(swept).toHaveLength(3)
      expect(await filesUnder(join(far, '.chartroom', 'trash'))).toHaveLength(3)
      expect(await filesUnder(join(far, 'blobs'))).toHaveLength(3)
      await works(someone)
    },
  )

  it.skipIf(!hasElsewhere)(
    'may have its index on another file system (needs /dev/shm to be one)',
    async () => {
      const someone = await person()
      const far = await directoryElsewhere()
      await mkdir(rootOf(someone), { recursive: true })
      await symlink(join(far, 'index.json'), join(rootOf(someone), 'index.json'))

      await saved(someone)

      await works(someone)
      expect(await readFile(join(far, 'index.json'), 'utf8')).toContain(reference)
      expect(await filesUnder(far)).toHaveLength(1)
    },
  )

  it.skipIf(!hasElsewhere)(
    'may lie on another file system as a whole (needs /dev/shm to be one)',
    async () => {
      const far = await directoryElsewhere()
      const someone = await person({ HELM_CACHE_HOME: far })

      await saved(someone)

      await works(someone)
    },
  )

  it.each([
    ['chart list', 'Could not list the cached charts'],
    ['chart save mychart a/b:1', 'Could not save mychart'],
    ['chart remove a/b:1', 'Could not remove a/b:1'],
    ['chart prune', 'Could not prune the cache'],
  ])('cannot be a file: %s', async (line, message) => {
    const someone = await withFileAsCache()

    const { stdout, stderr, exit } = await someone.chartroom(line.split(' '))

    expect([stdout, exit]).toEqual(['', 11])
    expect(stderr).toBe(
      `${message}: a file stands where a directory should be (${rootOf(someone)}).\n` +
        'Repair what is named here, or move it away.\n',
    )
  })

  it('that is a file is a fault, which a repair leaves alone', async () => {
    const someone = await withFileAsCache()

    for (const args of [[], ['--repair']]) {
      const { stdout, exit } = await someone.chartroom(['chart', 'verify', ...args])
      expect([stdout.split('\n')[0], exit]).toEqual([
        `fault: ${rootOf(someone)} is not a directory, so no chart can be kept there. Move it away, or choose another place.`,
        11,
      ])
      expect(stdout).not.toContain('chartroom chart verify --repair')
    }
    expect(await readFile(rootOf(someone), 'utf8')).toBe('a file')
  })
})

describe.skipIf(!mayMount)('a cache that can only be read (needs the right to mount)', () => {
  it('is listed, shown, exported, pushed and verified as any other', async () => {
    const someone = await person()
    const registry = await localRegistry()
    const pushed = `${registry.host}/myrepo/mychart:1.0.0`
    await saved(someone, pushed)
    const before = await treeOf(rootOf(someone))

    const results = await whileReadOnly(someone, [
      'chart list',
      `chart show metadata ${pushed}`,
      `chart export ${pushed} -d exported`,
      `chart push ${pushed}`,
      'chart verify',
      'chart prune --dry-run --older-than 0',
    ])

    expect(results.map(({ exit, stderr }) => [exit, stderr])).toEqual(results.map(() => [0, '']))
    expect(results[4]?.stdout).toContain(`note: ${rootOf(someone)} can be read, but not written.\n`)
    expect(await filesUnder(join(someone.work, 'exported'))).toHaveLength(3)
    expect((await fetch(`${registry.url}/v2/myrepo/mychart/manifests/1.0.0`)).status).toBe(200)
    expect(await treeOf(rootOf(someone))).toEqual(before)
  })

  it('tells what disappeared from it', async () => {
    const someone = await person()
    await saved(someone)
    await writeFile(join(rootOf(someone), 'index.json'), '{"schemaVersion":2,"manifests":[]}')

    const [verified] = await whileReadOnly(someone, ['chart verify'])

    expect(verified?.stdout).toContain(
      `offer: ${reference} disappeared when another program rewrote the index.\n`,
    )
  })

  it('says of every change why it cannot be made, and where', async () => {
    const someone = await person()
    await saved(someone)
    await writeChart(someone.work, 'other')

    const results = await whileReadOnly(someone, [
      'chart save other localhost:5000/myrepo/other:1',
      `chart remove ${reference}`,
      'chart prune --older-than 0',
    ])

    for (const [position, doing] of ['save other', `remove ${reference}`, 'prune the cache'].entries()) {
      const [message = '', advice] = results[position]?.stderr.split('\n') ?? []
      expect(message).toMatch(
        new RegExp(`^Could not ${doing}: the file system is read-only \\(${rootOf(someone)}/.*\\)\\.$`),
      )
      expect([advice, results[position]?.exit]).toEqual([
        'Make it writable, or use another place with HELM_CACHE_HOME=DIR.',
        11,
      ])
    }
    await works(someone)
  })
})

describe.skipIf(!mayMount)('a disk that gets full (needs the right to mount)', () => {
  it('at whatever write leaves the cache as it was, and says so', { timeout: 240_000 }, async () => {
    const someone = await person()
    await saved(someone)
    await writeChart(someone.work, 'large', '1.0.0', { 'data.bin': randomBytes(24_000) })

    const finished = await runOrFail('unshare', ['-rm', 'sh', '-c', fillingUp(someone)], place(someone))

    const rounds = finished.stdout.trim().split('\n').map(roundIn)
    const [last, ...failed] = rounds.reverse()
    for (const { said, exit, references, faults } of failed) {
      expect(said).toMatch(
        /^Could not save large: there is no space left on the disk|^There is no space left to write/,
      )
      expect({ exit, references, faults }).toEqual({ exit: 11, references: 1, faults: 0 })
    }
    expect(last).toMatchObject({ exit: 0, references: 2, faults: 0 })
    expect(failed.length).toBeGreaterThan(8)
    console.log(
      `A save was tried on ${rounds.length} disks, each a page larger: ${failed.length} got full on the way, and 0 of them lost anything.`,
    )
  })
})

/**
 * A shell script that saves a chart to ever larger disks with the same cache until one has room, and prints a line after
 * each: the exit code, the health of the cache, what was said.
 */
function fillingUp(someone: Person): string {
  const chartroom = `${node} ${builtCommandLine}`
  const said = join(someone.home, 'said')
  return [
    `cp -r ${someone.cacheHome} ${someone.home}/kept`,
    'size=16; save=1',
    'while [ $save != 0 ]; do',
    'size=$((size + 4))',
    `mount -t tmpfs -o size=\${size}k tmpfs ${someone.cacheHome}`,
    `if cp -r ${someone.home}/kept/. ${someone.cacheHome} 2>/dev/null; then`,
    `${chartroom} chart save large localhost:5000/myrepo/large:1 >/dev/null 2>${said}; save=$?`,
    `health=$(${chartroom} chart verify --output json | tr -d '\\n')`,
    `printf '%s\\t%s\\t%s\\n' "$save" "$health" "$(head -1 ${said})"`,
    'fi',
    `umount ${someone.cacheHome}`,
    'done',
  ].join('\n')
}

function roundIn(line: string): { exit: number; references: number; faults: number; said: string } {
  const [exit = '', health = '', said = ''] = line.split('\t')
  const { references, findings } = JSON.parse(health) as CacheHealth
  return { exit: Number(exit), references, faults: findings.filter(({ isFault }) => isFault).length, said }
}

async function saved(someone: Person, name = reference, chart = 'mychart'): Promise<void> {
  await writeChart(someone.work, chart)
  const { stderr, exit } = await someone.chartroom(['chart', 'save', chart, name])
  expect({ stderr, exit }).toEqual({ stderr: '', exit: 0 })
}

/** The saved chart is listed, exported and sound. */
async function works(someone: Person): Promise<void> {
  const { stdout } = await someone.chartroom(['chart', 'list', '--output', 'json'])
  expect(JSON.parse(stdout)).toEqual(
    expect.arrayContaining([expect.objectContaining({ reference, name: 'mychart' })]),
  )
  const exported = await someone.chartroom(['chart', 'export', reference, '-d', 'out', '--force'])
  expect([exported.stderr, exported.exit]).toEqual(['', 0])
  const verified = await someone.chartroom(['chart', 'verify'])
  expect([verified.stdout.split('\n').slice(-2)[0], verified.exit]).toEqual(['Nothing is wrong.', 0])
}

/** Digests of what a prune moves to the trash when another program has dropped a chart for good. */
async function sweptAway(someone: Person, dropped: string): Promise<string[]> {
  const path = join(rootOf(someone), 'index.json')
  const index = JSON.parse(await readFile(path, 'utf8')) as { manifests: { annotations: object }[] }
  const left = index.manifests.filter(({ annotations }) => !JSON.stringify(annotations).includes(dropped))
  await writeFile(path, JSON.stringify({ ...index, manifests: left }))
  await rm(join(rootOf(someone), '.chartroom', 'journal'))
  const { stdout } = await someone.chartroom(['chart', 'prune', '--older-than', '0', '--output', 'json'])
  return (JSON.parse(stdout) as { swept: { digest: string }[] }).swept.map(({ digest }) => digest)
}

async function withFileAsCache(): Promise<Person> {
  const someone = await person()
  await mkdir(join(someone.cacheHome, 'registry'), { recursive: true })
  await writeFile(rootOf(someone), 'a file')
  await writeChart(someone.work)
  return someone
}

/** Runs commands while nobody, whatever rights they have, can write to the cache. */
async function whileReadOnly(someone: Person, lines: readonly string[]): Promise<Finished[]> {
  const outputs = join(someone.home, 'outputs')
  await mkdir(outputs)
  const script = [
    `mount --bind ${someone.cacheHome} ${someone.cacheHome}`,
    `mount -o remount,ro,bind ${someone.cacheHome}`,
    ...lines.map(
      (line, n) =>
        `${node} ${builtCommandLine} ${line} >${outputs}/${n}.out 2>${outputs}/${n}.err; echo $? >${outputs}/${n}.exit`,
    ),
  ].join('\n')
  await runOrFail('unshare', ['-rm', 'sh', '-c', script], place(someone))
  return await Promise.all(
    lines.map(async (_, n) => {
      const read = async (what: string): Promise<string> =>
        await readFile(join(outputs, `${n}.${what}`), 'utf8')
      return { stdout: await read('out'), stderr: await read('err'), exit: Number(await read('exit')) }
    }),
  )
}

function place({ work, env }: Person): { cwd: string; env: Person['env'] } {
  return { cwd: work, env }
}

function rootOf({ cacheHome }: Person): string {
  return join(cacheHome, 'registry', 'cache')
}

async function directoryElsewhere(): Promise<string> {
  const directory = await mkdtemp(join(elsewhere, 'chartroom-'))
  cleanUp(async () => {
    await rm(directory, { recursive: true, force: true })
  })
  return directory
}

async function areDifferent(one: string, other: string): Promise<boolean> {
  const [first, second] = await Promise.all([one, other].map((path) => stat(path).catch(() => undefined)))
  return first !== undefined && second !== undefined && first.dev !== second.dev
}

async function canMount(): Promise<boolean> {
  try {
    return (await run('unshare', ['-rm', 'mount', '-t', 'tmpfs', 'tmpfs', '/mnt'])).exit === 0
  } catch {
    return false
  }
}
