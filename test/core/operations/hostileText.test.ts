import { describe, expect, it } from 'vitest'
import { messageOf } from '../../../src/core/base/errors.ts'
import type { OperationOptions } from '../../../src/core/base/progress.ts'
import { pullChart } from '../../../src/core/operations/pullChart.ts'
import { pushChart } from '../../../src/core/operations/pushChart.ts'
import { changed, instead } from '../../support/faultRegistry/breaking.ts'
import {
  empty,
  errorAnswer,
  json,
  text,
  type Answer,
  type Operation,
} from '../../support/faultRegistry/exchange.ts'
import { stock } from '../../support/faultRegistry/stock.ts'
import { harmIn, hostileTexts } from '../../support/hostileText.ts'
import { always, visit, type Visit } from '../registry/manners/visit.ts'

const manifestType = 'application/vnd.oci.image.manifest.v1+json'

/** Where a registry can write something of its own, that ends in an error or in the log. */
const places: readonly (readonly [where: string, at: Operation, answer: (text: string) => Answer])[] = [
  ['the message of an error', 'manifest', (words) => errorAnswer(403, 'DENIED', words)],
  ['the code of an error', 'manifest', (words) => errorAnswer(400, words, 'no')],
  ['an error without a list', 'manifest', (words) => json(400, { code: words, message: words })],
  ['an error in words', 'upload open', (words) => text(405, words)],
  ['a manifest', 'manifest', (words) => json(200, { mediaType: words })],
  [
    'a media type',
    'manifest',
    (words) => manifestWith({ mediaType: words, digest: `sha256:${'0'.repeat(64)}`, size: 1 }),
  ],
  ['a digest', 'manifest', (words) => manifestWith({ mediaType: 'x', digest: `sha256:${words}`, size: 1 })],
  ['a page of tags', 'tags', (words) => json(200, { tags: [words, `1.0.0${words}`] })],
  ['a page of the catalogue', 'catalogue', (words) => json(200, { repositories: [words] })],
  ['what is no page', 'tags', (words) => json(200, { tags: { [words]: words } })],
  ['what is no JSON', 'catalogue', (words) => text(200, words, 'application/json')],
  [
    'a location that cannot be',
    'upload open',
    (words) => empty(202, { location: `http://${encodeURI(words)}/` }),
  ],
]

describe.each(hostileTexts)('%s, written by a registry', (_what, words) => {
  it.each(places)('in %s, reaches no error and no log', async (_where, operation, answer) => {
    const visitor = await visit({
      fault: always(
        operation,
        instead(() => answer(words)),
      ),
    })

    expect((await saidBy(visitor, operation)).map(harmIn).filter((harm) => harm !== undefined)).toEqual([])
  })
})

describe('a blob that the registry cannot be asked for', () => {
  it.each([
    ['leads out of the cache', 'sha256:../../../outside'],
    ['leads out by many steps', `sha256:${'../'.repeat(30)}etc/passwd`],
    ['is a path', 'sha256:/etc/passwd'],
    ['is a path of Windows', String.raw`sha256:..\..\outside`],
    ['is written as no path', 'sha256:..%2f..%2foutside'],
    ['has capitals', `sha256:${'A'.repeat(64)}`],
    ['is too short', `sha256:${'a'.repeat(63)}`],
    ['is too long', `sha256:${'a'.repeat(65)}`],
    ['goes on after its end', `sha256:${'a'.repeat(64)}/../x`],
    ['ends in a zero', `sha256:${'a'.repeat(64)}\0`],
    ['is of the wrong length', `sha512:${'a'.repeat(64)}`],
    ['is of an old kind', `md5:${'a'.repeat(32)}`],
    ['is a query', `sha256:${'a'.repeat(64)}?x=y`],
    ['has a million characters', `sha256:${'a'.repeat(1_000_000)}`],
    ['is no text', 7],
    ['is nothing', null],
  ])('because its digest %s', async (_how, digest) => {
    for (const named of [
      { config: { mediaType: 'application/vnd.cncf.helm.config.v1+json', digest, size: 2 }, layers: [] },
      { config: sound, layers: [{ mediaType: 'application/tar+gzip', digest, size: 2 }] },
    ]) {
      const visitor = await visit({
        fault: always(
          'manifest',
          changed((good) => ({
            ...good,
            headers: { 'content-type': manifestType },
            body: Buffer.from(JSON.stringify({ schemaVersion: 2, ...named })),
          })),
        ),
      })
      await stock(visitor.registry)
      const failing = pullChart(visitor.cache, visitor.registries, visitor.reference())

      await expect(failing).rejects.toMatchObject({ kind: 'integrity' })
      expect(visitor.asked).toEqual(['GET /v2/team/chart/manifests/1.0.0'])
    }
  })
})

const sound = {
  mediaType: 'application/vnd.cncf.helm.config.v1+json',
  digest: `sha256:${'1'.repeat(64)}`,
  size: 2,
}

function manifestWith(descriptor: object): Answer {
  return json(
    200,
    { schemaVersion: 2, config: descriptor, layers: [descriptor] },
    { 'content-type': manifestType },
  )
}

/** What the core says and logs of an operation: the messages of its errors and every line. */
async function saidBy(visitor: Visit, operation: Operation): Promise<string[]> {
  const said: string[] = []
  const add = (line: string): void => {
    said.push(line)
  }
  const options = { log: { debug: add, info: add, warn: add } }
  try {
    await ask(visitor, operation, options)
  } catch (error) {
    for (let next: unknown = error; next instanceof Error; next = next.cause) said.push(messageOf(next))
  }
  expect(said).not.toEqual([])
  return said
}

async function ask(visitor: Visit, operation: Operation, options: OperationOptions): Promise<void> {
  const { registry, registries, cache } = visitor
  const host = registries.registry(registry.host)
  if (operation === 'catalogue') await host.repositories(options).read()
  else if (operation === 'tags') await host.repository('team/chart').tags(options)
  else if (operation === 'manifest')
    await pullChart(cache, registries, `${registry.host}/team/chart:1.0.0`, options)
  else await pushChart(cache, registries, await visitor.prepare(), options)
}
