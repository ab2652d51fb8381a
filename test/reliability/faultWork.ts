import { join } from 'node:path'
import {
  ChartCache,
  listRepositories,
  listTags,
  pullChart,
  pushChart,
  type OperationOptions,
  type Pages,
  type Registries,
} from '../../src/core/index.ts'
import type { Operation } from '../support/faultRegistry/exchange.ts'
import type { FaultRegistry } from '../support/faultRegistry/faultRegistry.ts'
import { storeChart } from '../support/storedChart.ts'

/** Where an operation is done: at which registry, and with which cache. */
export interface Workplace {
  readonly registry: FaultRegistry
  readonly registries: Registries
  /** An empty directory; the cache is `cache` in it. */
  readonly root: string
  /** Takes whatever is logged. */
  readonly said: string[]
}

/** Does what a person does when a client asks this of a registry. */
export async function perform(place: Workplace, operation: Operation): Promise<void> {
  const options = { log: logInto(place.said) }
  await work[operation](place, options)
}

type Work = (place: Workplace, options: OperationOptions) => Promise<unknown>

const pull: Work = async ({ registry, registries, root }, options) =>
  await pullChart(
    new ChartCache(join(root, 'cache')),
    registries,
    `${registry.host}/team/chart:1.0.0`,
    options,
  )

/** A large layer is streamed, and its upload closed then; a small one goes with the request that closes it. */
const pushOf =
  (chart: { readonly isLarge: boolean }): Work =>
  async ({ registry, registries, root }, options) => {
    const cache = new ChartCache(join(root, 'cache'))
    const reference = `${registry.host}/team/new:0.1.0`
    await storeChart(cache, reference, chart)
    await pushChart(cache, registries, reference, options)
  }

const push = pushOf({ isLarge: false })

const tags: Work = async ({ registry, registries }, options) => {
  await readAll(listTags(registries, `${registry.host}/team/chart`, options))
}

const work: Readonly<Record<Operation, Work>> = {
  ping: async ({ registry, registries }, options) => {
    await registries.registry(registry.host).ping(options)
  },
  token: tags,
  catalogue: async ({ registry, registries }, options) => {
    await readAll(listRepositories(registries, registry.host, options))
  },
  tags,
  head: async ({ registry, registries }, options) =>
    await registries.registry(registry.host).repository('team/chart').digestOf('1.0.0', options),
  manifest: pull,
  blob: pull,
  'blob head': push,
  'upload open': push,
  'upload content': pushOf({ isLarge: true }),
  'upload close': push,
  'manifest put': push,
}

async function readAll(pages: Pages): Promise<void> {
  while (pages.hasMore) await pages.read()
}

function logInto(said: string[]): NonNullable<OperationOptions['log']> {
  const add = (line: string): void => {
    said.push(line)
  }
  return { debug: add, info: add, warn: add }
}
