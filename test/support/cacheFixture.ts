import { readdirSync } from 'node:fs'
import { cp, mkdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { ChartCache } from '../../src/core/cache/cache.ts'
import { fixture } from './fixtures.ts'
import { temporaryDirectory } from './temporary.ts'

/** The Helm versions that wrote the caches among the fixtures. */
export const helmVersions = ['3.2.4', '3.6.3'] as const

export type HelmVersion = (typeof helmVersions)[number]

/** A copy of a cache that Helm wrote, for example `cacheOf('3.6.3', 'base')`. */
export async function cacheOf(version: HelmVersion, variant: string): Promise<ChartCache> {
  const root = join(await temporaryDirectory(), 'registry', 'cache')
  await mkdir(root, { recursive: true })
  await cp(fixture('cache', `helm-${version}`, variant, 'registry', 'cache'), root, { recursive: true })
  return new ChartCache(root)
}

/** Names of all recorded caches of a Helm version. */
export function cacheVariants(version: HelmVersion): string[] {
  const names = readdirSync(fixture('cache', `helm-${version}`), { withFileTypes: true })
  return names.filter((entry) => entry.isDirectory()).map(({ name }) => name)
}

/** The rows that `helm chart list` printed for a cache, one list of cells each. */
export async function recordedRows(version: HelmVersion, variant: string): Promise<string[][]> {
  const text = await readFile(fixture('cache', `helm-${version}`, `${variant}.json`), 'utf8')
  const { list } = JSON.parse(text) as { list: { stdout: string } }
  const lines = list.stdout.split('\n').slice(1)
  return lines.filter((line) => line !== '').map((line) => line.split('\t').map((cell) => cell.trim()))
}
