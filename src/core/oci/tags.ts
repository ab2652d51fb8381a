import semver from 'semver'
import { compareNaturally } from '../base/natural.ts'

/** A tag that came from a registry as a person writes it: `_` is a `+` where that makes a version with build metadata. */
export function tagOfWire(tag: string): string {
  const version = tag.replace('_', '+')
  return semver.valid(version) === null ? tag : version
}

/**
 * Sorts what has tags: versions first, the newest before all others, then what is no version in natural order, `a2`
 * before `a10`.
 */
export function newestFirst<Item>(items: readonly Item[], tagOf: (item: Item) => string): Item[] {
  return items
    .map((item) => ({ item, tag: tagOf(item), version: semver.parse(tagOf(item), { loose: true }) }))
    .sort((a, b) => {
      if (a.version !== null && b.version !== null) return semver.compareBuild(b.version, a.version, true)
      if (a.version === null && b.version === null) return compareNaturally(a.tag, b.tag)
      return a.version === null ? 1 : -1
    })
    .map(({ item }) => item)
}
