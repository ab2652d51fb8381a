import type { CachedChart, ErrorKind } from '../../core/index.ts'
import type { LocalContext } from '../localContext.ts'
import type { Printer } from '../print.ts'
import { formatAge, formatSize, lookAtCache, printable, shortDigest } from '../../core/index.ts'
import { chartFields } from '../chartOutput.ts'
import { reportOffers } from '../reportOffers.ts'
import { formatTable, shortened } from '../table.ts'

export async function list({ cache, globals, print, options }: LocalContext): Promise<number> {
  const { charts, offers } = await lookAtCache(cache, options)
  if (globals.output === 'table') printTable(charts, globals.columnWidth, print)
  else print.data(charts.map(chartFields))
  for (const { reference, problem } of charts) {
    if (problem === undefined) continue
    const name = shortened(reference, longestName)
    const why = shortened(
      problem.message.replaceAll(reference, () => name),
      longestReason,
    )
    print.warning(`${name} cannot be used: ${why}`)
  }
  reportOffers(offers, print)
  return 0
}

function printTable(charts: readonly CachedChart[], columnWidth: number, print: Printer): void {
  const now = Date.now()
  const rows = charts.map((chart) => rowOf(chart, now).map(printable))
  print.lines(...formatTable([header, ...rows], columnWidth))
}

/** An index that something else wrote may hold names of any length; `--output json` has them whole. */
const longestName = 200
const longestReason = 1000

const header = ['REF', 'NAME', 'VERSION', 'DIGEST', 'SIZE', 'CREATED']

function rowOf(chart: CachedChart, now: number): string[] {
  if (chart.problem !== undefined)
    return [chart.reference, `<invalid: ${reasonOf(chart.problem.kind)}>`, '', '', '', '']
  const { reference, name, version, digest, size, created } = chart
  return [
    reference,
    name,
    version,
    shortDigest(digest),
    formatSize(size),
    formatAge(now - Date.parse(created)),
  ]
}

/** A few words that fit into a column; the warning has the sentence. */
function reasonOf(kind: ErrorKind): string {
  return reasons[kind] ?? kind.replaceAll('-', ' ')
}

const reasons: Partial<Record<ErrorKind, string>> = {
  integrity: 'damaged',
  'not-found': 'missing content',
  'store-corrupt': 'damaged',
  'archive-unsafe': 'unsafe archive',
}
