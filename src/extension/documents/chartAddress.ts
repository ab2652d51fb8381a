/** A file, or a directory, inside a chart. */
export interface ChartAddress {
  /** The name that the chart has in the cache. */
  readonly reference: string
  /** Path in the chart without a slash in front; empty for the chart itself. */
  readonly path: string
}

/** The scheme of documents that lie in a chart. */
export const chartScheme = 'chartroom-chart'

/**
 * The path of a `chartroom-chart:` document: the reference as one segment, then the path in the chart.
 *
 * The slashes of the reference are written as `∕` (U+2215), so that the segment stays readable in tabs and breadcrumbs;
 * whatever could be taken for something else is percent-encoded.
 */
export function encodeAddress({ reference, path }: ChartAddress): string {
  const segment = reference.replace(/[%\u2215]|^\.{1,2}$/g, encodeURIComponentFully).replaceAll('/', '\u2215')
  return path === '' ? `/${segment}` : `/${segment}/${path}`
}

/** The address that `encodeAddress` wrote; `undefined` where the path names no chart. */
export function decodeAddress(path: string): ChartAddress | undefined {
  const [, segment = '', ...rest] = path.split('/')
  if (segment === '') return undefined
  const inside = rest.filter((part) => part !== '').join('/')
  try {
    return { reference: decodeURIComponent(segment.replaceAll('\u2215', '/')), path: inside }
  } catch {
    // Not written by encodeAddress: a lone percent sign.
    return undefined
  }
}

function encodeURIComponentFully(text: string): string {
  return encodeURIComponent(text).replaceAll('.', '%2E')
}
