import { join } from 'node:path'
import { ChartCache } from '../../../../src/core/cache/cache.ts'
import type { Credential } from '../../../../src/core/base/credential.ts'
import { Registries } from '../../../../src/core/registry/registries.ts'
import { cleanUp } from '../../../support/cleanUp.ts'
import type { Inflict } from '../../../support/faultRegistry/breaking.ts'
import type { Operation } from '../../../support/faultRegistry/exchange.ts'
import { FaultRegistry, type FaultRegistrySettings } from '../../../support/faultRegistry/faultRegistry.ts'
import { distribution2, distribution3, zot } from '../../../support/faultRegistry/manners.ts'
import type { PackedChartOptions } from '../../../support/packedChart.ts'
import { storeChart } from '../../../support/storedChart.ts'
import { temporaryDirectory } from '../../../support/temporary.ts'

/** The registries whose manners were seen. */
export const everyManners = [distribution2, distribution3, zot].map(
  (manners) => [manners.name, manners] as const,
)

/** Somebody with an empty cache at a registry of some manners. */
export class Visit {
  readonly registry: FaultRegistry
  readonly registries: Registries
  readonly cache: ChartCache

  constructor(registry: FaultRegistry, registries: Registries, cache: ChartCache) {
    this.registry = registry
    this.registries = registries
    this.cache = cache
  }

  /** `HOST/team/chart:1.0.0` */
  reference(name = 'team/chart:1.0.0'): string {
    return `${this.registry.host}/${name}`
  }

  /** Puts a chart into the cache that the registry does not have, to be pushed there. */
  async prepare(
    reference = this.reference('team/new:1.0.0'),
    options: PackedChartOptions = {},
  ): Promise<string> {
    await storeChart(this.cache, reference, options)
    return reference
  }

  /** The same with a layer so large that its upload has a part of its own; the config is as small as ever. */
  async prepareLarge(): Promise<string> {
    return await this.prepare(undefined, { isLarge: true })
  }

  /** What was asked, a line a request, with the names of uploads only. */
  get asked(): string[] {
    return this.registry.heard.map(({ method, url }) => `${method} ${url.pathname}`)
  }

  /** How often something was asked. */
  count(method: string, path: RegExp): number {
    return this.registry.heard.filter((asked) => asked.method === method && path.test(asked.url.pathname))
      .length
  }
}

export async function visit(
  settings: FaultRegistrySettings = {},
  credential?: Pick<Credential, 'username' | 'password'>,
): Promise<Visit> {
  const registry = await FaultRegistry.start(settings)
  cleanUp(async () => {
    await registry.close()
  })
  const found = credential === undefined ? undefined : { ...credential, origin: '~/.docker/config.json' }
  const registries = new Registries({
    findCredential: () => Promise.resolve(found),
    hosts: { [registry.host]: { plainHttp: true } },
    wait: () => Promise.resolve(),
  })
  return new Visit(registry, registries, new ChartCache(join(await temporaryDirectory(), 'cache')))
}

type Fault = NonNullable<FaultRegistrySettings['fault']>

/** Inflicts a fault whenever something is asked. */
export function always(operation: Operation, inflict: Inflict): Fault {
  return (exchange) => {
    if (exchange.operation !== operation) return false
    inflict(exchange)
    return true
  }
}

/** Inflicts a fault when something is first asked. */
export function once(operation: Operation, inflict: Inflict): Fault {
  let isDue = true
  const fault = always(operation, inflict)
  return (exchange) => {
    if (!isDue || exchange.operation !== operation) return false
    isDue = false
    return fault(exchange)
  }
}
