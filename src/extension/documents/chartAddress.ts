/** Where a chart lies: in the cache, at a registry (read without saving), or in an archive file on disk. */
export type ChartPlace = 'cache' | 'registry' | 'archive'

/** A chart, wherever it lies. */
export interface ChartLocation {
  readonly place: ChartPlace
  /** The name that the chart has in the cache, its reference at the registry, or the path of the archive file. */
  readonly reference: string
}

/** A file, or a directory, inside a chart. */
export interface ChartAddress extends ChartLocation {
  /** Path in the chart without a slash in front; empty for the chart itself. */
  readonly path: string
}

/** The parts of a document's Uri that say which file of which chart it is. */
export interface ChartUriParts {
  readonly authority: string
  readonly path: string
}

/**
 * The authority and the path of a `chartroom-chart:` document: the reference as one segment, then the path in the chart.
 * The authority is the place, and empty for the cache.
 *
 * The slashes of the reference are written as `∕` (U+2215), so that the segment stays readable in tabs and breadcrumbs;
 * whatever could be taken for something else is percent-encoded.
 */
export function encodeAddress({ place, reference, path }: ChartAddress): ChartUriParts {
  const segment = reference.replace(/[%\u2215]|^\.{1,2}$/g, encodeURIComponentFully).replaceAll('/', '\u2215')
  return {
    authority: place === 'cache' ? '' : place,
    path: path === '' ? `/${segment}` : `/${segment}/${path}`,
  }
}

/** The address that `encodeAddress` wrote; `undefined` where the parts name no chart. */
export function decodeAddress({ authority, path }: ChartUriParts): ChartAddress | undefined {
  const place = authority === '' ? 'cache' : authority
  const [, segment = '', ...rest] = path.split('/')
  if (segment === '' || !isPlace(place)) return undefined
  const inside = rest.filter((part) => part !== '').join('/')
  try {
    return { place, reference: decodeURIComponent(segment.replaceAll('\u2215', '/')), path: inside }
  } catch {
    // Not written by encodeAddress: a lone percent sign.
    return undefined
  }
}

function isPlace(text: string): text is ChartPlace {
  return text === 'cache' || text === 'registry' || text === 'archive'
}

function encodeURIComponentFully(text: string): string {
  return encodeURIComponent(text).replaceAll('.', '%2E')
}
