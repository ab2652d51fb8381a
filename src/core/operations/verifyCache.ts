import type { ChartCache, Offer } from '../cache/cache.ts'
import type { CachedChart, SoundChart } from '../cache/cacheReader.ts'
import type { Finding } from '../layout/finding.ts'
import type { IndexFile } from '../layout/indexFile.ts'
import type { OperationOptions } from '../base/progress.ts'
import { breaksHelm } from '../chart/helmName.ts'
import { namedEntries, refNameAnnotation } from '../layout/indexFile.ts'
import { Layout } from '../layout/layout.ts'
import { verifyLayout } from '../layout/verify.ts'
import { whileDoing } from './failure.ts'

export type { Finding } from '../layout/finding.ts'

/** What there is in a cache, and everything that is wrong with it. */
export interface CacheHealth {
  /** The directory. */
  readonly root: string
  /** Number of names in the index. */
  readonly references: number
  readonly blobs: number
  /** Bytes of all blobs. */
  readonly bytes: number
  readonly findings: readonly Finding[]
  /** What Chartroom put into the index and another program dropped without knowing of it. */
  readonly offers: readonly Offer[]
}

/**
 * Looks at a whole cache: index, entries, manifests, and every blob to its last byte. Nothing is written, and whatever is wrong is a
 * finding, the index itself included, so that it throws only where the disk fails or the signal says so.
 */
export async function verifyCache(cache: ChartCache, options: OperationOptions = {}): Promise<CacheHealth> {
  return await whileDoing('verify the cache', async () => {
    const { index, blobs, bytes, findings } = await verifyLayout(new Layout(cache.root), options)
    const isReadable = !findings.some(
      ({ kind, isFault }) => isFault && (kind === 'index' || kind === 'place'),
    )
    const charts = isReadable ? await cache.list(options) : []
    return {
      root: cache.root,
      references: namedEntries(index).size,
      blobs,
      bytes,
      findings: [...findings, ...chartFindings(charts, findings), ...helmFindings(charts, index)],
      offers: isReadable ? await cache.offers(options) : [],
    }
  })
}

/** What keeps an entry from being a chart although its blobs are what they should be. */
function chartFindings(charts: readonly CachedChart[], known: readonly Finding[]): Finding[] {
  const faulty = new Set(known.filter(({ isFault }) => isFault).map(({ reference }) => reference))
  return charts.flatMap(({ reference, problem, manifestDigest }): Finding[] => {
    // That something is an image and no chart matters more than that its blobs are not there.
    if (problem === undefined || (faulty.has(reference) && problem.kind !== 'not-a-chart')) return []
    const { message, advice } = problem
    return [
      {
        kind: 'entry',
        message,
        ...(advice === undefined ? {} : { advice }),
        reference,
        ...(manifestDigest === undefined ? {} : { digest: manifestDigest }),
        isFault: true,
      },
    ]
  })
}

/** One entry that Helm 3.0-3.6 sees and cannot read makes its `chart list` fail as a whole. */
function helmFindings(charts: readonly CachedChart[], index: IndexFile): Finding[] {
  return breakingHelm(charts, index).map(({ reference, manifestDigest }) => ({
    kind: 'entry',
    message: `Helm 3.0-3.6 cannot read ${reference}, and its "helm chart list" fails because of it.`,
    advice: 'Repair the cache, so that Helm passes the entry over.',
    reference,
    digest: manifestDigest,
    isFault: true,
  }))
}

/** The sound charts for which Helm 3.0-3.6 lists no chart at all. */
export function breakingHelm(charts: readonly CachedChart[], index: IndexFile): SoundChart[] {
  const entries = namedEntries(index)
  return charts.filter((chart): chart is SoundChart => {
    if (chart.problem !== undefined) return false
    const { reference, format, signed } = chart
    return (
      entries.get(reference)?.annotation === refNameAnnotation &&
      breaksHelm(reference, format, signed ? 2 : 1)
    )
  })
}
