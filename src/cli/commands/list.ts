import type { CachedChart, ErrorKind } from '../../core/index.ts'
import type { Context } from '../context.ts'
import { formatAge, formatSize, listCharts, printable, shortDigest } from '../../core/index.ts'
import { chartFields } from '../chartOutput.ts'
import { formatTable } from '../table.ts'

export async function list({ cache, globals, print, options }: Context): Promise<number> {
  const charts = await listCharts(cache, options)
  const now = Date.now()
  const rows = charts.map((chart) => rowOf(chart, now).map(printable))
  print.lines(...formatTable([header, ...rows], globals.columnWidth))
  print.data(charts.map(chartFields))
  for (const { reference, problem } of charts) {
    if (problem !== undefined) print.warning(`${reference} cannot be used: ${problem.message}`)
  }
  return 0
}

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
