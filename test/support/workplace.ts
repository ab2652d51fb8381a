import { join } from 'node:path'
import { ChartCache, Credentials, Registries, type Surroundings } from '../../src/core/index.ts'
import type { Transport } from '../../src/core/registry/transport/transport.ts'
import { temporaryDirectory } from './temporary.ts'

/** An empty cache, no logins, and registries: what an operation needs, in a directory of its own. */
export interface Workplace {
  readonly directory: string
  readonly cache: ChartCache
  readonly credentials: Credentials
  readonly registries: Registries
}

export async function workplace({ transport }: { readonly transport?: Transport } = {}): Promise<Workplace> {
  const directory = await temporaryDirectory()
  const around: Surroundings = {
    env: { PATH: process.env['PATH'], HELM_CACHE_HOME: join(directory, 'helm') },
    platform: process.platform,
    home: directory,
    temporary: directory,
  }
  const credentials = new Credentials({ around })
  return {
    directory,
    cache: new ChartCache(join(directory, 'helm', 'registry', 'cache')),
    credentials,
    registries: new Registries({
      findCredential: async (host, options) => await credentials.find(host, options),
      ...(transport === undefined ? {} : { transport }),
    }),
  }
}
