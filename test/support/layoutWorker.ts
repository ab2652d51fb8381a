import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { entryFor, withEntry } from '../../src/core/layout/indexFile.ts'
import { Layout } from '../../src/core/layout/layout.ts'
import { withLock } from '../../src/core/layout/lock.ts'
import { describe } from '../../src/core/oci/descriptor.ts'

/**
 * A process of its own that works on a layout, started by tests:
 * `name ROOT PREFIX COUNT` adds COUNT names; `hold ROOT` takes the lock, says so and keeps it until it is killed;
 * `rewrite ROOT` writes the index in place again and again, as Helm does, with and without its last entry, until its
 * input ends: then it stands there as it was in the beginning.
 */
const [verb, root = '', ...args] = process.argv.slice(2)

if (verb === 'name') await addNames(args[0] ?? '', Number(args[1]))
else if (verb === 'hold') await hold()
else if (verb === 'rewrite') await rewrite()
else throw new Error(`no such verb: ${verb ?? ''}`)

async function addNames(prefix: string, count: number): Promise<void> {
  const layout = new Layout(root)
  const descriptor = describe('application/vnd.oci.image.manifest.v1+json', Buffer.from(prefix))
  for (let number = 0; number < count; number += 1) {
    await layout.change((index) => withEntry(index, entryFor(descriptor, `${prefix}:${number}`)))
  }
}

async function hold(): Promise<void> {
  await withLock(root, 'hold the lock for a test', async () => {
    process.stdout.write('holding\n')
    await new Promise((resolve) => setTimeout(resolve, 60_000))
  })
}

async function rewrite(): Promise<void> {
  const path = join(root, 'index.json')
  const whole = await readFile(path, 'utf8')
  const index = JSON.parse(whole) as { manifests: unknown[] }
  const shorter = JSON.stringify({ ...index, manifests: index.manifests.slice(0, -1) })
  process.stdin.resume()
  for (let round = 1; !process.stdin.readableEnded; round += 1) {
    for (const text of [shorter, whole]) await writeFile(path, text)
    if (round === 1) process.stdout.write('rewriting\n')
  }
}
