import { readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it, onTestFinished } from 'vitest'
import { observeSteps } from '../../../src/core/base/files.ts'
import { entryFor, withEntry, withoutName, type IndexEntry } from '../../../src/core/layout/indexFile.ts'
import { Journal } from '../../../src/core/layout/journal.ts'
import { Layout } from '../../../src/core/layout/layout.ts'
import { describe as describeBytes } from '../../../src/core/oci/descriptor.ts'
import { fileSystemError } from '../../support/fileSystemError.ts'
import { HelmCommand } from '../../support/helmLike.ts'
import { runOrFail } from '../../support/run.ts'
import { temporaryDirectory } from '../../support/temporary.ts'

const helmLikeWriter = fileURLToPath(new URL('../../support/helmLikeWriter.ts', import.meta.url))
/** The Node of the development tools, which runs TypeScript. */
const node = join(import.meta.dirname, '..', '..', '..', 'node_modules', '.bin', 'node')
const hour = 60 * 60 * 1000

describe('a process that is killed while it adds an entry', () => {
  it('at any step leaves an entry that is in the index and is offered when it vanishes, or none of both', async () => {
    const outcomes: boolean[] = []

    for await (const root of killedAtEachStep((other) => add(other, 'b:1'))) {
      const isThere = (await namesIn(root)).includes('b:1')
      outcomes.push(isThere)

      expect(await vanished(root)).toEqual([])
      await drop(root, 'b:1')
      expect(await vanished(root)).toEqual(isThere ? ['b:1'] : [])
      await add(root, 'c:1')
      expect(await vanished(root)).toEqual(isThere ? ['b:1'] : [])
    }

    expect(new Set(outcomes)).toEqual(new Set([true, false]))
  })

  it('does not make an offer of what it never added, even if Helm adds the same later', async () => {
    const root = await newRoot()
    await add(root, 'a:1')
    const rename = (await stepsOf((other) => add(other, 'b:1'))).findLastIndex(
      ([step, path]) => step === 'rename' && path.endsWith('index.json'),
    )
    await killedAt(rename + 1, (other) => add(other, 'b:1'), root)
    await add(root, 'c:1')

    await (await HelmCommand.begin(root)).save('b:1', descriptor('b:1')).end()
    await drop(root, 'b:1')

    expect(await vanished(root)).toEqual([])
  })
})

describe('a removal that comes too late', () => {
  it('is none: what another program dropped just before is on offer', async () => {
    const root = await newRoot()
    for (const name of ['a:1', 'b:1']) await add(root, name)
    let isDropped = false
    const stop = observeSteps(async (step, path) => {
      if (isDropped || step !== 'sync' || !path.endsWith('journal')) return
      isDropped = true
      await drop(root, 'b:1')
    })
    onTestFinished(stop)

    expect(await remove(root, 'b:1')).toBe(false)

    expect(await vanished(root)).toEqual(['b:1'])
  })
})

describe('a process that is killed while it removes an entry', () => {
  it('at any step does not make it an offer', async () => {
    let left = 0

    for await (const root of killedAtEachStep((other) => remove(other, 'a:1'))) {
      const isThere = (await namesIn(root)).includes('a:1')

      expect(await vanished(root)).toEqual([])
      await add(root, 'c:1')
      expect(await vanished(root)).toEqual([])
      if (!isThere) continue
      left += 1
      await drop(root, 'a:1')
      expect(await vanished(root)).toEqual(['a:1'])
    }

    expect(left).toBeGreaterThan(0)
  })
})

describe('a journal that cannot be written', () => {
  it('keeps the index as it was', async () => {
    const root = await newRoot()
    await add(root, 'a:1')
    const index = await readFile(join(root, 'index.json'), 'utf8')
    failing((path) => path.endsWith('journal'))

    await expect(add(root, 'b:1')).rejects.toMatchObject({ code: 'ENOSPC' })

    expect(await readFile(join(root, 'index.json'), 'utf8')).toBe(index)
  })

  it('does not undo what is in the index when only the confirmation fails', async () => {
    const root = await newRoot()
    await add(root, 'a:1')
    let isWritten = false
    const stop = failing((path) => {
      isWritten ||= path.endsWith('index.json')
      return isWritten && path.endsWith('journal')
    })

    await add(root, 'b:1')
    stop()

    expect(await vanished(root)).toEqual([])
    await drop(root, 'b:1')
    expect(await vanished(root)).toEqual(['b:1'])
  })

  it('is torn at most at its last line, and goes on behind that', async () => {
    const root = await newRoot()
    await add(root, 'a:1')
    await add(root, 'b:1')
    const path = join(root, '.chartroom', 'journal')
    const whole = await readFile(path)

    for (let cut = 0; cut < whole.length; cut += 37) {
      await writeFile(path, whole.subarray(0, cut))
      await add(root, 'c:1')
      await remove(root, 'c:1')

      expect(await vanished(root)).toEqual([])
    }
    await drop(root, 'a:1', 'b:1')
    expect(['', 'a:1', 'a:1,b:1']).toContain((await vanished(root)).join())
  })
})

describe('a journal that has grown', () => {
  it('is written anew with what still matters, and never gets larger than that again by much', async () => {
    const root = await newRoot()
    const layout = layoutAt(root)
    for (const name of ['a:1', 'b:1']) await add(root, name)
    await drop(root, 'b:1')
    const filler = `x:${'1'.repeat(5000)}`
    const sizes: number[] = []

    for (let round = 0; round < 40; round += 1) {
      await layout.change((index) => withEntry(index, entry(filler)))
      await layout.change((index) => withoutName(index, filler))
      sizes.push((await stat(join(root, '.chartroom', 'journal'))).size)
    }

    const shrunk = sizes.filter((size, round) => size < (sizes[round - 1] ?? 0))
    expect(shrunk.length).toBeGreaterThan(1)
    expect(await vanished(root)).toEqual(['b:1'])
    await drop(root, 'a:1')
    expect(await vanished(root)).toEqual(['a:1', 'b:1'])
    expect(await readdir(join(root, '.chartroom', 'tmp'))).toEqual([])
  })

  it('is left whole where writing it anew fails', async () => {
    const root = await newRoot()
    for (let number = 0; number < 11; number += 1) await add(root, `${'x'.repeat(6000)}:${number}`)
    const journal = await readFile(join(root, '.chartroom', 'journal'))
    failing((path, step) => step === 'rename' && path.endsWith('journal'))

    await expect(add(root, 'b:1')).rejects.toMatchObject({ code: 'ENOSPC' })

    expect((await readFile(join(root, '.chartroom', 'journal'))).subarray(0, journal.length)).toEqual(journal)
  })

  it('forgets after a day what Chartroom removed, and until then spares its content', async () => {
    const root = await newRoot()
    const began = Date.now()
    const at = (hours: number): Journal => new Journal(root, () => began + hours * hour)
    const layout = new Layout(root, { journal: at(0) })
    for (const name of ['kept:1', 'replaced:1', 'removed:1']) {
      await layout.change((index) => withEntry(index, entry(name)))
    }
    await layout.change((index) => withEntry(index, entry('replaced:1', 'another')))
    await layout.change((index) => withoutName(index, 'removed:1'))

    const all = [
      descriptor('kept:1'),
      descriptor('another'),
      descriptor('replaced:1'),
      descriptor('removed:1'),
    ]
    const digestsAt = async (hours: number): Promise<unknown> =>
      (await at(hours).needed()).map((needed) => needed.descriptor?.digest)
    expect(await digestsAt(0)).toEqual(all.map(({ digest }) => digest))
    expect(await digestsAt(23)).toEqual(all.map(({ digest }) => digest))
    expect(await digestsAt(25)).toEqual(all.slice(0, 2).map(({ digest }) => digest))
  })
})

describe('beside two processes that use the cache as Helm does', () => {
  it('every entry that was added and not removed is in the index or on offer, and nothing else is on offer', async () => {
    const root = await newRoot()
    await add(root, 'seed:1')
    const helms = ['helm-a', 'helm-b'].map(
      async (prefix) =>
        await runOrFail(node, [helmLikeWriter, root, prefix, '40', '10', JSON.stringify(descriptor('helm'))]),
    )
    const over = new AbortController()
    const finished = Promise.all(helms).finally(() => {
      over.abort()
    })

    const [added, removed] = [new Set(['seed:1']), new Set<string>()]
    for (let number = 0; !over.signal.aborted; number += 1) {
      await add(root, `ours:${number}`)
      added.add(`ours:${number}`)
      const old = `ours:${number - 2}`
      if (number % 3 !== 2 || !(await remove(root, old))) continue
      added.delete(old)
      removed.add(old)
    }
    const told = (await finished).map(({ stdout }) => JSON.parse(stdout) as { saved: string[] })

    const offered = await vanished(root)
    const there = new Set(await namesIn(root))
    const lost = [...added].filter((name) => !there.has(name))
    console.log(
      `${added.size} added, ${lost.length} of them dropped and ${offered.length} offered, ${removed.size} removed; ` +
        `${told.flatMap(({ saved }) => saved).length} saves of Helm`,
    )
    expect(offered).toEqual(lost.sort())
  })
})

describe('a layout without a journal', () => {
  it('is read without one being made', async () => {
    const root = await newRoot()
    await new Layout(root).change((index) => withEntry(index, entry('a:1')))

    expect(await vanished(root)).toEqual([])
    expect(await new Journal(root).needed()).toEqual([])

    expect(await readdir(join(root, '.chartroom'))).toEqual(['tmp'])
  })
})

describe('what other programs changed', () => {
  it('is noted once, and read without writing after that', async () => {
    const root = await newRoot()
    for (const name of ['a:1', 'b:1']) await add(root, name)
    await drop(root, 'b:1')
    await vanished(root)

    const steps = await stepsOf(async () => {
      expect(await vanished(root)).toEqual(['b:1'])
    }, root)

    expect(steps).toEqual([])
  })

  it('is not waited for where the layout is busy', async () => {
    const root = await newRoot()
    for (const name of ['a:1', 'b:1']) await add(root, name)
    await drop(root, 'b:1')
    await writeFile(
      join(root, '.chartroom', 'lock'),
      JSON.stringify({ token: 'other', pid: 1, host: 'other' }),
    )

    expect(await vanished(root)).toEqual(['b:1'])
  })
})

async function newRoot(): Promise<string> {
  return join(await temporaryDirectory(), 'cache')
}

/** A layout as a new process sees it. */
function layoutAt(root: string): Layout {
  return new Layout(root, { journal: new Journal(root) })
}

async function add(root: string, name: string): Promise<void> {
  await layoutAt(root).change((index) => withEntry(index, entry(name)))
}

/** @returns whether it was there */
async function remove(root: string, name: string): Promise<boolean> {
  let isThere = false
  await layoutAt(root).change((index) => {
    const rest = withoutName(index, name)
    isThere = rest !== index
    return rest
  })
  return isThere
}

/** What Helm does to an entry that it does not know of. */
async function drop(root: string, ...names: readonly string[]): Promise<void> {
  const command = await HelmCommand.begin(root)
  for (const name of names) command.remove(name)
  await command.end()
}

async function vanished(root: string): Promise<string[]> {
  return (await layoutAt(root).look()).vanished.map((lost) => lost.entry.name).sort()
}

async function namesIn(root: string): Promise<unknown[]> {
  return (await layoutAt(root).readIndex()).entries.map(({ name }) => name)
}

function entry(name: string, text = name): IndexEntry {
  return entryFor(descriptor(text), name)
}

function descriptor(text: string): ReturnType<typeof describeBytes> {
  return describeBytes('application/vnd.oci.image.manifest.v1+json', Buffer.from(text))
}

/** Every change of the disk that work makes; by default in a layout that has one entry. */
async function stepsOf(
  work: (root: string) => Promise<unknown>,
  given?: string,
): Promise<(readonly [string, string])[]> {
  const root = given ?? (await newRoot())
  if (given === undefined) await add(root, 'a:1')
  const steps: (readonly [string, string])[] = []
  const stop = observeSteps((step, path) => {
    steps.push([step, path])
  })
  onTestFinished(stop)
  await work(root)
  stop()
  return steps
}

/** Layouts that have one entry, and in each of which work was killed one step later than in the one before. */
async function* killedAtEachStep(work: (root: string) => Promise<unknown>): AsyncGenerator<string> {
  const { length } = await stepsOf(work)
  for (let nth = 1; nth <= length; nth += 1) {
    const root = await newRoot()
    await add(root, 'a:1')
    await killedAt(nth, work, root)
    yield root
  }
}

/** Does work of which nothing reaches the disk from the nth step on, as if the process had been killed before it. */
async function killedAt(nth: number, work: (root: string) => Promise<unknown>, root: string): Promise<void> {
  let seen = 0
  const stop = failing(() => (seen += 1) >= nth)
  // Killed after the last rename, the work believes that it went well.
  await work(root).catch(() => undefined)
  stop()
  await rm(join(root, '.chartroom', 'lock'), { force: true })
}

function failing(isFailing: (path: string, step: string) => boolean): () => void {
  const stop = observeSteps((step, path) => {
    if (isFailing(path, step)) throw fileSystemError('ENOSPC', path)
  })
  onTestFinished(stop)
  return stop
}
