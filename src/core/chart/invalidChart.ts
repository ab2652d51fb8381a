import { ChartroomError, type ErrorDetails } from '../base/errors.ts'

/** Where a file of a chart is, for people and for editors. */
export interface Place {
  /** What the chart is called in messages, for example `mychart` or `mychart: charts/lamp.tgz`. */
  readonly chart: string
  /** Relative to the chart, for example `charts/lamp/Chart.yaml`; empty for the chart itself. */
  readonly path: string
  /** The directory of the chart on disk, where it is one. */
  readonly directory?: string
}

type Details = Partial<Pick<ErrorDetails, 'advice' | 'cause' | 'link'>> & {
  readonly line?: number | undefined
}

/**
 * The error for a chart that Helm would not load either.
 *
 * @param problem completes "mychart: Chart.yaml, line 3: …", without a full stop
 */
export function invalidChart(
  place: Place,
  problem: string,
  { line, advice, cause, link }: Details = {},
): ChartroomError {
  const position = line === undefined ? place.path : `${place.path}, line ${line}`
  const path = pathOf(place)
  return new ChartroomError('invalid-chart', {
    message: `${[place.chart, position, problem].filter((part) => part !== '').join(': ')}.`,
    cause,
    ...(advice === undefined ? {} : { advice }),
    ...(path === '' ? {} : { path }),
    ...(line === undefined ? {} : { line }),
    ...(link === undefined ? {} : { link }),
  })
}

/** Only what can be opened is a path: a file on disk, not one in an archive, and not the folder itself. */
function pathOf({ path, directory }: Place): string {
  return directory === undefined || path === '' ? '' : `${directory}/${path}`
}
