import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { DockerRegistry } from './dockerRegistry.ts'
import { packedChart, type PackedChart } from './packedChart.ts'

/**
 * Puts one chart into many repositories of a real registry, `team/chart-0001:1.0.0` and so on. It is written into the
 * registry's storage, where a push would leave it, because thousands of requests take minutes.
 *
 * @returns the names of the repositories, in the order in which the registry lists them
 * @see https://github.com/distribution/distribution/blob/v2.8.3/registry/storage/paths.go
 */
export async function addManyRepositories({ storage }: DockerRegistry, count: number): Promise<string[]> {
  const chart = await packedChart('chart', '1.0.0')
  addBlobs(storage, chart)
  const names = Array.from({ length: count }, (_, at) => `team/chart-${String(at + 1).padStart(4, '0')}`)
  for (const name of names) addTag(storage, name, '1.0.0', chart)
  return names
}

/**
 * Puts many versions of a chart into one repository of a real registry, each a chart of its own: `1.0.0`, `1.1.0` and
 * so on.
 *
 * @param repository `team/mychart`
 * @returns the tags, oldest version first
 */
export async function addManyTags(
  { storage }: DockerRegistry,
  repository: string,
  count: number,
): Promise<string[]> {
  const tags = Array.from({ length: count }, (_, minor) => `1.${minor}.0`)
  for (const tag of tags) {
    const chart = await packedChart(repository.slice(repository.lastIndexOf('/') + 1), tag)
    addBlobs(storage, chart)
    addTag(storage, repository, tag, chart)
  }
  return tags
}

/**
 * Gives one chart many tags in one repository of a real registry: `1.0.0`, `1.1.0` and so on.
 *
 * @param repository `team/mychart`
 * @returns the tags, oldest version first
 */
export async function addManyNames(
  { storage }: DockerRegistry,
  repository: string,
  count: number,
): Promise<string[]> {
  const chart = await packedChart(repository.slice(repository.lastIndexOf('/') + 1), '1.0.0')
  addBlobs(storage, chart)
  const tags = Array.from({ length: count }, (_, minor) => `1.${minor}.0`)
  const [first = '1.0.0', ...others] = tags
  addTag(storage, repository, first, chart)
  for (const tag of others) addName(storage, repository, tag, chart)
  return tags
}

function addBlobs(storage: string, { manifest, blobs }: PackedChart): void {
  for (const { descriptor, bytes } of [...blobs, manifest]) {
    const hex = hexOf(descriptor.digest)
    write(join(registryRoot(storage), 'blobs', 'sha256', hex.slice(0, 2), hex, 'data'), bytes)
  }
}

function addTag(storage: string, repository: string, tag: string, { manifest, blobs }: PackedChart): void {
  const { digest } = manifest.descriptor
  link(storage, repository, [
    ...blobs.map(({ descriptor }): Link => [
      descriptor.digest,
      '_layers',
      'sha256',
      hexOf(descriptor.digest),
    ]),
    [digest, '_manifests', 'revisions', 'sha256', hexOf(digest)],
  ])
  addName(storage, repository, tag, { manifest })
}

/** One more tag of a chart that the repository has. */
function addName(
  storage: string,
  repository: string,
  tag: string,
  { manifest }: Pick<PackedChart, 'manifest'>,
): void {
  const { digest } = manifest.descriptor
  link(storage, repository, [
    [digest, '_manifests', 'tags', tag, 'current'],
    [digest, '_manifests', 'tags', tag, 'index', 'sha256', hexOf(digest)],
  ])
}

/** What a link leads to, and where in a repository it lies. */
type Link = readonly [target: string, ...place: string[]]

function link(storage: string, repository: string, links: readonly Link[]): void {
  const home = join(registryRoot(storage), 'repositories', ...repository.split('/'))
  for (const [target, ...place] of links) write(join(home, ...place, 'link'), target)
}

function registryRoot(storage: string): string {
  return join(storage, 'docker', 'registry', 'v2')
}

function hexOf(digest: string): string {
  return digest.slice('sha256:'.length)
}

/** One after the other, which is the fastest for many small files. */
function write(path: string, content: string | Buffer): void {
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, content)
}
