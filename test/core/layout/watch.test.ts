import { mkdir, rename, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { watchIndex } from '../../../src/core/layout/watch.ts'
import { cleanUp } from '../../support/cleanUp.ts'
import { temporaryDirectory } from '../../support/temporary.ts'

describe('watching the index of a layout', () => {
  it('notices a program that writes it in place', async () => {
    const { root, changed } = await watched()

    await writeFile(join(root, 'index.json'), 'written in place')

    await changed()
  })

  it('notices replacement after replacement', async () => {
    const { root, changed } = await watched()

    for (const content of ['one', 'two', 'three']) {
      await replace(root, content)
      await changed()
    }
  })

  it('notices its removal', async () => {
    const { root, changed } = await watched()

    await rm(join(root, 'index.json'))

    await changed()
  })

  it('notices the first index in a directory that did not exist, nor the ones above it', async () => {
    const root = join(await temporaryDirectory(), 'helm', 'registry', 'cache')
    const changed = await watch(root)

    await mkdir(root, { recursive: true })
    await replace(root, 'first')

    await changed()
  })

  it('goes on when the whole directory is replaced', async () => {
    const { root, changed } = await watched()

    await rm(root, { recursive: true })
    await changed()
    await mkdir(root)
    await replace(root, 'new')
    await changed()
    await replace(root, 'newer')
    await changed()
  })

  it('takes the many steps of one change together', async () => {
    const { root, changed, count } = await watched()

    for (let step = 0; step < 20; step += 1) await replace(root, `step ${step}`)
    await changed()

    expect(count()).toBeLessThan(10)
  })

  it('is silent about what happens beside the index', async () => {
    const { root, changed, count } = await watched()

    await mkdir(join(root, '.chartroom'))
    await writeFile(join(root, '.chartroom', 'lock'), '')
    await writeFile(join(root, 'oci-layout'), '')
    await replace(root, 'changed after that')
    await changed()

    expect(count()).toBe(1)
  })
})

interface Watched {
  readonly root: string
  /** Ends when a change was heard that nobody waited for yet. */
  readonly changed: () => Promise<void>
  readonly count: () => number
}

async function watched(): Promise<Watched> {
  const root = await temporaryDirectory()
  await writeFile(join(root, 'index.json'), 'before')
  const changed = await watch(root)
  return { root, changed, count: () => changed.count }
}

async function watch(root: string): Promise<(() => Promise<void>) & { readonly count: number }> {
  let count = 0
  let awaited = 0
  let wake: (() => void) | undefined
  const watching = watchIndex(
    root,
    () => {
      count += 1
      wake?.()
    },
    (error) => {
      throw error
    },
  )
  cleanUp(() => {
    watching.close()
    return Promise.resolve()
  })
  await watching.begun
  const changed = async (): Promise<void> => {
    awaited += 1
    while (count < awaited) await new Promise<void>((resolve) => (wake = resolve))
    awaited = count
  }
  return Object.defineProperty(changed, 'count', { get: () => count }) as typeof changed & { count: number }
}

/** As Chartroom does, and as editors do: a new file takes the name. */
async function replace(root: string, content: string): Promise<void> {
  const aside = join(dirname(root), `aside-${Math.random()}`)
  await writeFile(aside, content)
  await rename(aside, join(root, 'index.json'))
}
