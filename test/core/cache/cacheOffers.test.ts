import { chmod, mkdir, readFile, rm, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { ChartCache } from '../../../src/core/cache/cache.ts'
import { observeSteps } from '../../../src/core/base/files.ts'
import { hexOf, type Digest } from '../../../src/core/oci/digest.ts'
import { forgetOffers } from '../../../src/core/operations/forgetOffers.ts'
import { removeChart, restoreChart } from '../../../src/core/operations/removeChart.ts'
import { restoreOffers } from '../../../src/core/operations/restoreOffers.ts'
import { saveChart } from '../../../src/core/operations/saveChart.ts'
import { cacheOf } from '../../support/cacheFixture.ts'
import { fileSystemError } from '../../support/fileSystemError.ts'
import { HelmCommand, type HelmEntry } from '../../support/helmLike.ts'
import { writeChart } from '../../support/sampleChart.ts'
import { temporaryDirectory } from '../../support/temporary.ts'
import { filesUnder } from '../../support/tree.ts'

const minute = 60_000

describe('a chart that Helm drops with an index that it read before', () => {
  it('is offered, and comes back only when somebody says so', async () => {
    const cache = await newCache()
    await save(cache, 'a:1.0.0')
    const pull = await HelmCommand.begin(cache.root)
    const { manifestDigest } = await save(cache, 'b:1.0.0')

    await pull.save('helm:1.0.0', await entryOf(cache, 'a:1.0.0')).end()

    expect(await cache.names()).toEqual(['a:1.0.0', 'helm:1.0.0'])
    const offer = { reference: 'b:1.0.0', manifestDigest, added: expect.any(String) as string }
    expect(await cache.offers()).toEqual([offer])
    expect(await cache.names()).toEqual(['a:1.0.0', 'helm:1.0.0'])
    expect(await restoreOffers(cache)).toEqual([offer])
    expect(await cache.names()).toEqual(['a:1.0.0', 'b:1.0.0', 'helm:1.0.0'])
    expect(await cache.offers()).toEqual([])
  })

  it('is offered again when it is dropped again after it came back', async () => {
    const cache = await newCache()
    await save(cache, 'a:1.0.0')
    await clobber(cache, async () => {
      await save(cache, 'b:1.0.0')
    })
    await restoreOffers(cache)

    const pull = await HelmCommand.begin(cache.root)
    await pull
      .save('helm:2.0.0', await entryOf(cache, 'a:1.0.0'))
      .remove('b:1.0.0')
      .end()

    expect(await offered(cache)).toEqual(['b:1.0.0'])
  })

  it('can be removed after it came back, as one that was saved', async () => {
    const cache = await newCache()
    await clobber(cache, async () => {
      await save(cache, 'b:1.0.0')
    })
    await restoreOffers(cache)

    const removed = await removeChart(cache, 'b:1.0.0')

    expect(await offered(cache)).toEqual([])
    await restoreChart(cache, removed)
    expect(await cache.names()).toContain('b:1.0.0')
  })

  it('is not offered any more once it is forgotten', async () => {
    const cache = await newCache()
    await clobber(cache, async () => {
      for (const name of ['b:1.0.0', 'c:1.0.0']) await save(cache, name)
    })

    expect((await forgetOffers(cache, ['b:1.0.0'])).map(({ reference }) => reference)).toEqual(['b:1.0.0'])

    expect(await offered(cache)).toEqual(['c:1.0.0'])
    expect(await offered(new ChartCache(cache.root))).toEqual(['c:1.0.0'])
    await forgetOffers(cache)
    expect(await offered(cache)).toEqual([])
    expect(await cache.names()).toEqual(['helm:1.0.0', 'seed:1.0.0'])
  })

  it('is not offered any more once it was saved again', async () => {
    const cache = await newCache()
    await clobber(cache, async () => {
      await save(cache, 'b:1.0.0')
    })

    await save(cache, 'b:1.0.0')

    expect(await offered(cache)).toEqual([])
  })

  it('is offered together with others, in the order of their names', async () => {
    const cache = await newCache()
    await clobber(cache, async () => {
      for (const name of ['z:1.0.0', 'b:2.0.0', 'b:10.0.0']) await save(cache, name)
    })

    expect(await offered(cache)).toEqual(['b:10.0.0', 'b:2.0.0', 'z:1.0.0'])
    expect(await restoreOffers(cache, ['z:1.0.0'])).toHaveLength(1)
    expect(await offered(cache)).toEqual(['b:10.0.0', 'b:2.0.0'])
  })

  it('is offered where Helm dropped it although nothing else has changed, because it was young', async () => {
    const cache = await newCache()
    await save(cache, 'a:1.0.0')
    const upgrade = await HelmCommand.begin(cache.root)
    await save(cache, 'b:1.0.0')

    await upgrade.save('a:1.0.0', await entryOf(cache, 'a:1.0.0')).end()

    expect(await offered(cache)).toEqual(['b:1.0.0'])
  })

  it('is offered where Helm brings back what it replaced', async () => {
    const cache = await newCache()
    await save(cache, 'a:1.0.0')
    const pull = await HelmCommand.begin(cache.root)
    for (const content of ['newer', 'newest']) {
      await saveChart(cache, await writeChart(await temporaryDirectory(), content), 'a:1.0.0')
    }

    await pull.end()

    expect((await cache.require('a:1.0.0')).name).toBe('a100')
    expect(await offered(cache)).toEqual(['a:1.0.0'])
    await restoreOffers(cache)
    expect((await cache.require('a:1.0.0')).name).toBe('newest')
    expect(await offered(cache)).toEqual([])
  })

  it('can only be forgotten where its content is gone, and says what is missing', async () => {
    const cache = await newCache()
    const { digest } = await clobber(cache, async () => {
      await save(cache, 'c:1.0.0')
      return await save(cache, 'b:1.0.0')
    })
    const [blob] = await filesNamed(cache, digest)

    await rm(blob ?? '')

    const missing = `The chart layer of b:1.0.0 is missing from the cache (${digest}).`
    expect(await cache.offers()).toMatchObject([
      { reference: 'b:1.0.0', problem: { kind: 'not-found', message: missing } },
      { reference: 'c:1.0.0' },
    ])
    await expect(restoreOffers(cache, ['c:1.0.0', 'b:1.0.0'])).rejects.toMatchObject({
      kind: 'not-found',
      message: `b:1.0.0 cannot be put back. ${missing}`,
    })
    expect((await restoreOffers(cache)).map(({ reference }) => reference)).toEqual(['c:1.0.0'])
    expect(await offered(cache)).toEqual(['b:1.0.0'])
    expect((await forgetOffers(cache, ['b:1.0.0'])).map(({ reference }) => reference)).toEqual(['b:1.0.0'])
    expect(await offered(cache)).toEqual([])
  })

  it.each(['manifest', 'config'] as const)('says what is wrong where its %s is damaged', async (part) => {
    const cache = await newCache()
    const { manifestDigest } = await clobber(cache, async () => await save(cache, 'b:1.0.0'))
    const [manifest] = await filesNamed(cache, manifestDigest)
    const { config } = JSON.parse(await readFile(manifest ?? '', 'utf8')) as { config: { digest: Digest } }
    const [blob] = await filesNamed(cache, part === 'manifest' ? manifestDigest : config.digest)
    await chmod(blob ?? '', 0o644)

    await writeFile(blob ?? '', 'x')

    const [offer] = await cache.offers()
    expect(offer?.problem?.kind).toBe('integrity')
    expect(offer?.problem?.message).toContain(`The ${part} of b:1.0.0 is damaged`)
  })

  it('is not put back where its content went after somebody looked', async () => {
    const cache = await newCache()
    const { digest } = await clobber(cache, async () => await save(cache, 'b:1.0.0'))
    const [blob] = await filesNamed(cache, digest)
    await rm(blob ?? '')

    expect(await restoreOffers(cache)).toEqual([])

    expect(await cache.names()).toEqual(['helm:1.0.0', 'seed:1.0.0'])
  })

  it('is offered where Chartroom changed the index since, without having been asked', async () => {
    const cache = await newCache()
    await clobber(cache, async () => {
      await save(cache, 'b:1.0.0')
    })

    await save(cache, 'c:1.0.0')
    await cache.remove('c:1.0.0')

    expect(await offered(new ChartCache(cache.root))).toEqual(['b:1.0.0'])
  })

  it('is offered by whoever looks next, whether it was saved by this process or another', async () => {
    const cache = await newCache()
    await clobber(new ChartCache(cache.root), async () => {
      await save(new ChartCache(cache.root), 'b:1.0.0')
    })

    expect(await offered(cache)).toEqual(['b:1.0.0'])
  })

  it('is named among the others where somebody asks for one that did not disappear', async () => {
    const cache = await newCache()
    await clobber(cache, async () => {
      await save(cache, 'b:1.0.0')
    })

    await expect(forgetOffers(cache, ['nothing:1.0.0'])).rejects.toMatchObject({
      kind: 'not-found',
      message: 'nothing:1.0.0 is not among the charts that disappeared from the cache.',
      advice: 'These have: b:1.0.0.',
    })
  })
})

describe('a chart that somebody removed with Helm', () => {
  it('is not offered, whoever looks, and however the cache changes later', async () => {
    const cache = await aged()

    await (await HelmCommand.begin(cache.root)).remove('a:1.0.0').end()

    expect(await offered(cache)).toEqual([])
    await (await HelmCommand.begin(cache.root)).save('helm:1.0.0', await entryOf(cache, 'b:1.0.0')).end()
    expect(await offered(new ChartCache(cache.root))).toEqual([])
    await save(cache, 'd:1.0.0')
    expect(await offered(cache)).toEqual([])
  })

  it('is not offered where Chartroom saves the next chart before anybody looks', async () => {
    const cache = await aged()

    await (await HelmCommand.begin(cache.root)).remove('a:1.0.0').end()
    await save(cache, 'd:1.0.0')

    expect(await offered(cache)).toEqual([])
  })

  it('is told from one that was dropped before, which stays on offer', async () => {
    const cache = await aged()
    await clobber(cache, async () => {
      await save(cache, 'young:1.0.0')
    })
    expect(await offered(cache)).toEqual(['young:1.0.0'])

    await (await HelmCommand.begin(cache.root)).remove('a:1.0.0').end()

    expect(await offered(cache)).toEqual(['young:1.0.0'])
  })

  it('is not offered when the others are removed one by one, each seen on its own', async () => {
    const cache = await aged()

    for (const name of ['a:1.0.0', 'b:1.0.0', 'c:1.0.0']) {
      await (await HelmCommand.begin(cache.root)).remove(name).end()
      expect(await offered(cache)).toEqual([])
    }
  })

  it('is offered where more has changed since the last look: it cannot be told from an accident', async () => {
    const cache = await aged()

    await (await HelmCommand.begin(cache.root)).remove('a:1.0.0').end()
    await (await HelmCommand.begin(cache.root)).remove('b:1.0.0').end()

    expect(await offered(cache)).toEqual(['a:1.0.0', 'b:1.0.0'])
  })

  it('is judged by when the index was written, not by when somebody looks', async () => {
    const cache = await newCache()
    await save(cache, 'a:1.0.0')
    await save(cache, 'b:1.0.0')
    await (await HelmCommand.begin(cache.root)).remove('a:1.0.0').end()

    const later = new ChartCache(cache.root, { now: () => Date.now() + 60 * minute })

    expect(await offered(later)).toEqual(['a:1.0.0'])
  })

  it('is deliberate from ten minutes after it was added', async () => {
    for (const [minutes, expected] of [
      [9, ['a:1.0.0']],
      [11, []],
    ] as const) {
      const cache = await newCache()
      await save(cache, 'a:1.0.0')
      await save(cache, 'b:1.0.0')
      await (await HelmCommand.begin(cache.root)).remove('a:1.0.0').end()
      const written = (Date.now() + minutes * minute) / 1000
      await utimes(join(cache.root, 'index.json'), written, written)

      expect(await offered(cache)).toEqual(expected)
    }
  })
})

describe('what is not on offer', () => {
  it('is a chart that Chartroom removed', async () => {
    const cache = await newCache()
    await save(cache, 'a:1.0.0')
    await save(cache, 'b:1.0.0')

    await cache.remove('a:1.0.0')

    expect(await offered(cache)).toEqual([])
  })

  it('is a chart that Helm saved and dropped itself', async () => {
    const cache = await newCache()
    await save(cache, 'a:1.0.0')
    const first = await HelmCommand.begin(cache.root)
    await (await HelmCommand.begin(cache.root)).save('helm:1.0.0', await entryOf(cache, 'a:1.0.0')).end()

    await first.save('helm:2.0.0', await entryOf(cache, 'a:1.0.0')).end()

    expect(await offered(cache)).toEqual([])
  })

  it('is a chart that Helm replaced under the same name, also when it is removed later', async () => {
    const cache = await newCache()
    await save(cache, 'a:1.0.0')
    await save(cache, 'b:1.0.0')

    await (await HelmCommand.begin(cache.root)).save('a:1.0.0', await entryOf(cache, 'b:1.0.0')).end()
    expect(await offered(cache)).toEqual([])
    await (await HelmCommand.begin(cache.root)).remove('a:1.0.0').end()

    expect(await offered(cache)).toEqual([])
  })

  it('is any chart of a cache that only Helm has used', async () => {
    const cache = await cacheOf('3.6.3', 'base')
    await writeFile(join(cache.root, 'index.json'), '{"schemaVersion":2,"manifests":[]}')

    expect(await cache.offers()).toEqual([])
    expect(await filesUnder(join(cache.root, '.chartroom'))).toEqual([])
  })

  it('is any chart where .chartroom was deleted', async () => {
    const cache = await newCache()
    await clobber(cache, async () => {
      await save(cache, 'b:1.0.0')
    })

    await rm(join(cache.root, '.chartroom'), { recursive: true })

    expect(await offered(cache)).toEqual([])
    await save(cache, 'c:1.0.0')
    expect(await cache.names()).toEqual(['c:1.0.0', 'helm:1.0.0', 'seed:1.0.0'])
  })
})

describe('a chart that Helm cannot see', () => {
  it('is offered where Helm saved another one under its name, and takes the name back', async () => {
    const cache = await newCache()
    await save(cache, 'seed:1.0.0')
    const { manifestDigest } = await save(cache, 'localhost:5000/x:1.0.0', 'modern')

    await (
      await HelmCommand.begin(cache.root)
    )
      .save('localhost:5000/x:1.0.0', await entryOf(cache, 'seed:1.0.0'))
      .end()

    expect((await cache.require('localhost:5000/x:1.0.0')).manifestDigest).not.toBe(manifestDigest)
    expect(await offered(cache)).toEqual(['localhost:5000/x:1.0.0'])
    await restoreOffers(cache)
    expect((await cache.require('localhost:5000/x:1.0.0')).manifestDigest).toBe(manifestDigest)
    expect(await offered(cache)).toEqual([])
  })

  it('is not offered again once that is forgotten', async () => {
    const cache = await newCache()
    await save(cache, 'seed:1.0.0')
    await save(cache, 'localhost:5000/x:1.0.0', 'modern')
    await (
      await HelmCommand.begin(cache.root)
    )
      .save('localhost:5000/x:1.0.0', await entryOf(cache, 'seed:1.0.0'))
      .end()

    await forgetOffers(cache)

    expect(await offered(cache)).toEqual([])
  })
})

describe('offers of a cache that cannot be written', () => {
  it('are shown where what is seen cannot be noted', async () => {
    const cache = await newCache()
    await clobber(cache, async () => {
      await save(cache, 'b:1.0.0')
    })
    const stop = observeSteps((_, path) => {
      throw fileSystemError('EROFS', path)
    })
    onTestFinished(stop)

    expect(await offered(cache)).toEqual(['b:1.0.0'])
    expect((await cache.list()).map(({ reference }) => reference)).toEqual(['helm:1.0.0', 'seed:1.0.0'])
  })

  it.each(['a directory', 'not readable'])('are none where the journal is %s', async (what) => {
    const cache = await newCache()
    await clobber(cache, async () => {
      await save(cache, 'b:1.0.0')
    })
    const journal = join(cache.root, '.chartroom', 'journal')
    if (what === 'a directory') {
      await rm(journal)
      await mkdir(journal)
    } else {
      await chmod(journal, 0)
    }

    // Nobody but the superuser can read a file that nobody may read.
    const expected = what === 'a directory' || process.getuid?.() !== 0 ? [] : ['b:1.0.0']
    expect(await offered(cache)).toEqual(expected)
    expect(await cache.list()).toHaveLength(2)
  })
})

async function newCache(): Promise<ChartCache> {
  return new ChartCache(join(await temporaryDirectory(), 'cache'))
}

/** A cache with three charts that were saved a while ago. */
async function aged(): Promise<ChartCache> {
  const { root } = await newCache()
  const before = new ChartCache(root, { now: () => Date.now() - 30 * minute })
  for (const name of ['a:1.0.0', 'b:1.0.0', 'c:1.0.0']) await save(before, name)
  return new ChartCache(root)
}

async function save(
  cache: ChartCache,
  reference: string,
  format: 'legacy' | 'modern' = 'legacy',
): ReturnType<typeof saveChart> {
  const name = reference.replaceAll(/[^a-z0-9]/g, '')
  return await saveChart(cache, await writeChart(await temporaryDirectory(), name), reference, { format })
}

/** A command of Helm begins, something happens, and the command ends. */
async function clobber<Result>(cache: ChartCache, meanwhile: () => Promise<Result>): Promise<Result> {
  if ((await cache.find('seed:1.0.0')) === undefined) await save(cache, 'seed:1.0.0')
  const command = await HelmCommand.begin(cache.root)
  const result = await meanwhile()
  await command.save('helm:1.0.0', await entryOf(cache, 'seed:1.0.0')).end()
  return result
}

async function offered(cache: ChartCache): Promise<string[]> {
  return (await cache.offers()).map(({ reference }) => reference)
}

async function entryOf(cache: ChartCache, reference: string): Promise<HelmEntry> {
  const { manifest } = await cache.require(reference)
  return manifest.descriptor
}

async function filesNamed(cache: ChartCache, digest: Digest): Promise<string[]> {
  return (await filesUnder(join(cache.root, 'blobs'))).filter((path) => path.endsWith(hexOf(digest)))
}
