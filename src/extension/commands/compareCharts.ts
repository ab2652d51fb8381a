import { commands, l10n, type Uri } from 'vscode'
import {
  ChartroomError,
  diffCharts,
  newestFirst,
  type ChartDiff,
  type OpenedChart,
} from '../../core/index.ts'
import { withProgress } from '../adapters/progress.ts'
import type { App } from '../app.ts'
import type { ChartLocation } from '../documents/chartAddress.ts'
import { chartUri } from '../documents/chartFileSystem.ts'
import { plainText } from '../plainText.ts'
import { locationFor, locationsMeant, openLocated, pickLocation } from './chartLocation.ts'
import { announce } from './runCommand.ts'

/** Shows what differs between two charts, cached or remote, file by file: the older version on the left. Nothing is saved. */
export async function compareCharts(
  app: App,
  argument?: unknown,
  selection: readonly unknown[] = [],
): Promise<void> {
  const both = await twoLocations(app, argument, selection)
  const opened: Side[] = []
  for (const location of both) opened.push({ location, chart: await openLocated(app, location) })
  const [right, left] = newestFirst(opened.toReversed(), ({ chart }) => chart.metadata.version)
  if (left === undefined || right === undefined) return
  const [from, to] = [nameOf(left, right), nameOf(right, left)]
  const { files } = await withProgress(
    app,
    l10n.t('Comparing {0} with {1}', from, to),
    async (options) => await diffCharts(left.chart, right.chart, options),
  )
  if (files.length === 0) announce(app, l10n.t('The charts are equal: {0} and {1}.', from, to))
  else await showChanges(`${from} ↔ ${to}`, files, left.location, right.location)
}

/** One of the two charts. */
interface Side {
  readonly location: ChartLocation
  readonly chart: OpenedChart
}

/** The two rows that are selected; what is missing is asked for. */
async function twoLocations(
  app: App,
  argument: unknown,
  selection: readonly unknown[],
): Promise<readonly [ChartLocation, ChartLocation]> {
  const meant = locationsMeant(argument, selection)
  if (meant.length > 2) {
    throw new ChartroomError('unsupported', {
      message: l10n.t('Two charts can be compared, and {0} are selected.', meant.length),
    })
  }
  const [first = await locationFor(app, argument, l10n.t('Compare a chart')), second] = meant
  return [first, second ?? (await pickLocation(app, l10n.t('Compare {0} with', first.reference), first))]
}

/** Its name and version, where that tells it from the other; else its reference. */
function nameOf({ location, chart }: Side, other: Side): string {
  const text = ({ metadata }: OpenedChart): string => `${metadata.name} ${metadata.version}`
  return text(chart) === text(other.chart) ? location.reference : text(chart)
}

async function showChanges(
  title: string,
  files: ChartDiff['files'],
  left: ChartLocation,
  right: ChartLocation,
): Promise<void> {
  const rows = files.map(({ path, change }): [Uri, Uri | undefined, Uri | undefined] => {
    const [before, after] = [chartUri({ ...left, path }), chartUri({ ...right, path })]
    return [
      change === 'removed' ? before : after,
      change === 'added' ? undefined : before,
      change === 'removed' ? undefined : after,
    ]
  })
  await commands.executeCommand('vscode.changes', plainText(title), rows)
}
