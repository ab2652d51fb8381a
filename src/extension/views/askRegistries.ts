import { inspectTag, listRepositories, listTags, type Logger, type Registries } from '../../core/index.ts'
import type { RepositoryMemory } from '../adapters/repositoryMemory.ts'
import type { OpenCharts } from '../documents/openCharts.ts'
import type { Browsing } from './browsedHost.ts'
import { fileNodes } from './fileNodes.ts'
import type { OpenFiles } from './openedFiles.ts'

export interface AskRegistriesParts {
  readonly registries: Registries
  readonly repositories: RepositoryMemory
  readonly charts: OpenCharts
  readonly log: Logger
}

/** How the rows of Registries are asked for. */
export function askRegistries({
  registries,
  repositories,
  charts,
  log,
}: AskRegistriesParts): Browsing & { readonly files: OpenFiles } {
  return {
    repositories: (host, namespaces) => listRepositories(registries, host, { log, namespaces }),
    remembered: (host) => repositories.of(host),
    tags: (repository) => listTags(registries, repository, { log }),
    inspect: async (reference, options) => await inspectTag(registries, reference, { log, ...options }),
    files: async (reference, options) => {
      const location = { place: 'registry', reference } as const
      const { files } = await charts.open(location, options)
      return fileNodes(location, files)
    },
  }
}
