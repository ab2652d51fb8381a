import type { Metadata } from './metadata.ts'
import { checkLock, decodeMetadata, decodeRequirements, type RawMetadata } from './decodeMetadata.ts'
import { hasNonNumber, isMap, Misfit, nameOf } from './goDecode.ts'
import { invalidChart, type Place } from './invalidChart.ts'
import { problemOfMetadata, validateMetadata } from './validateMetadata.ts'
import { parseYaml, type Yaml } from './parseYaml.ts'

/** What a loader wants to know of a file. */
export type FileUse =
  /** Its path is enough. */
  | 'path'
  /** Its content, for `take`. */
  | 'content'
  /** It is a chart archive and must be valid as such. */
  | 'archive'
  /** Helm drops it, so it is none of the chart's. */
  | 'none'

/** The files that Helm reads when it loads a chart; all others are templates and plain files to it. */
const readFiles = [
  'Chart.yaml',
  'Chart.lock',
  'values.yaml',
  'values.schema.json',
  'requirements.yaml',
  'requirements.lock',
] as const

type ReadFile = (typeof readFiles)[number]

/**
 * Loads a chart file by file, in any order, and refuses what Helm 3.6.3 refuses. It holds the metadata only, so any
 * chart can stream through it.
 *
 * For each file: ask `use`, and hand the content to `take` where it is wanted. At the end, `finish`.
 * @see Helm 3.6.3 pkg/chart/loader/load.go LoadFiles
 */
export class ChartLoader {
  readonly #place: Place
  readonly #subcharts = new Map<string, ChartLoader>()
  readonly #archived: string[] = []
  #raw: RawMetadata | undefined
  #source: Uint8Array | undefined
  #requirements: Yaml | undefined
  /** A name that would be Chart.yaml but for its case. */
  #misspelt: string | undefined

  /** @param place of the chart itself; its path is that of a subchart inside its parent */
  constructor(place: Place) {
    this.#place = place
  }

  /**
   * @param path relative to the chart
   * @throws ChartroomError `invalid-chart` for a file that has no business where it is
   */
  use(path: string): FileUse {
    if (path.startsWith('charts/')) return this.#useInCharts(path)
    if (!path.includes('/') && path.toLowerCase() === 'chart.yaml' && path !== 'Chart.yaml') {
      this.#misspelt = path
    }
    return isReadFile(path) ? 'content' : 'path'
  }

  /** @throws ChartroomError `invalid-chart` */
  take(path: string, content: Uint8Array): void {
    if (isReadFile(path)) {
      this.#read(path, content)
      return
    }
    const [, name = '', rest = ''] = splitSubchart(path)
    this.#subchart(name).take(rest, content)
  }

  /** @param metadata of the chart in an archive under `path` */
  takeArchive(path: string, { name }: Pick<Metadata, 'name'>): void {
    const [, folder = '', rest] = splitSubchart(path)
    if (rest === undefined) this.#archived.push(name)
    else this.#subchart(folder).takeArchive(rest, { name })
  }

  /**
   * @param warnings is added to
   * @returns what the chart says about itself, and the names of the charts right in its `charts/`
   * @throws ChartroomError `invalid-chart`
   */
  finish(warnings: string[]): { readonly metadata: Metadata; readonly subcharts: readonly string[] } {
    const metadata = this.#metadata()
    if (metadata.apiVersion !== 'v1' && this.#requirements !== undefined) {
      warnings.push(
        `${this.#label()}requirements.yaml is meant for apiVersion v1; move its dependencies to Chart.yaml, where apiVersion ${metadata.apiVersion} has them.`,
      )
    }
    const folders = [...this.#subcharts].sort(([a], [b]) => (a < b ? -1 : 1))
    const subcharts = folders.map(([, loader]) => loader.finish(warnings).metadata.name)
    return { metadata, subcharts: [...subcharts, ...this.#archived] }
  }

  #useInCharts(path: string): FileUse {
    // A provenance file beside a subchart is a plain file of the parent.
    if (path.endsWith('.prov')) return 'path'
    const [, name = '', rest] = splitSubchart(path)
    if (/^[_.]/.test(name)) return 'none'
    if (name.endsWith('.tgz')) {
      if (rest === undefined) return 'archive'
      throw invalidChart(this.#inside(`charts/${name}`), 'a folder must not have the name of an archive')
    }
    if (rest === undefined) {
      throw invalidChart(
        this.#inside(path),
        'in charts/ there may be only chart folders and chart archives (.tgz)',
        {
          advice: 'Move the file elsewhere, or start its name with a dot or "_".',
        },
      )
    }
    return this.#subchart(name).use(rest)
  }

  #subchart(name: string): ChartLoader {
    const loader = this.#subcharts.get(name) ?? new ChartLoader(this.#inside(`charts/${name}`))
    this.#subcharts.set(name, loader)
    return loader
  }

  #inside(path: string): Place {
    const own = this.#place.path
    return { ...this.#place, path: own === '' ? path : `${own}/${path}` }
  }

  #label(): string {
    const { chart, path } = this.#place
    return path === '' ? `${chart}: ` : `${chart}: ${path}/`
  }

  #read(path: ReadFile, content: Uint8Array): void {
    const place = this.#inside(path)
    switch (path) {
      case 'Chart.yaml': {
        const value = parseYaml(content, place, ample)
        this.#raw = decoded(() => decodeMetadata(value), content, place)
        this.#source = content
        return
      }
      case 'requirements.yaml':
        this.#requirements = parseYaml(content, place, ample)
        return
      case 'Chart.lock':
      case 'requirements.lock': {
        const value = parseYaml(content, place, ample)
        decoded(
          () => {
            checkLock(value)
          },
          content,
          place,
        )
        return
      }
      case 'values.yaml':
        checkValues(parseYaml(content, place, { maxAliases: 1000 }), place)
        return
      case 'values.schema.json':
        checkJson(content, place)
        return
    }
  }

  #metadata(): Metadata {
    const raw = this.#raw
    const place = this.#inside('Chart.yaml')
    if (raw === undefined || this.#source === undefined) throw this.#noChartYaml()
    const requirements = this.#requirements
    const besides = this.#inside('requirements.yaml')
    const { taken, byHelm } =
      requirements === undefined
        ? { taken: raw, byHelm: raw }
        : decoded(() => decodeRequirements(requirements, raw), undefined, besides)
    const checked = validateMetadata(taken)
    if ('metadata' in checked) {
      const wrong = problemOfMetadata(byHelm)
      if (wrong === undefined) return checked.metadata
      throw invalidChart(besides, `Helm takes this file over Chart.yaml, and then ${wrong.problem}`)
    }
    throw invalidChart(place, checked.problem, {
      line: checked.key === undefined ? undefined : lineOf(checked.key, this.#source),
      ...(checked.advice === undefined ? {} : { advice: checked.advice }),
    })
  }

  #noChartYaml(): Error {
    const why =
      this.#misspelt === undefined ? 'there is no Chart.yaml' : `Chart.yaml is called ${this.#misspelt} here`
    return invalidChart(this.#place, `${why}, so this is not a chart`, {
      advice: 'A chart has a file Chart.yaml with at least apiVersion, name and version.',
    })
  }
}

/** More than any Chart.yaml has. */
const ample = { maxAliases: 100, maxValues: 1_000_000 }

function isReadFile(path: string): path is ReadFile {
  return readFiles.some((name) => name === path)
}

/** `charts/NAME/REST` in its parts. */
function splitSubchart(path: string): [string, string | undefined, string | undefined] {
  const [, name, rest] = /^charts\/([^/]*)(?:\/(.*))?$/s.exec(path) ?? []
  return [path, name, rest]
}

function decoded<Value>(decode: () => Value, source: Uint8Array | undefined, place: Place): Value {
  try {
    return decode()
  } catch (error) {
    if (!(error instanceof Misfit)) throw error
    const line = error.key === undefined || source === undefined ? undefined : lineOf(error.key, source)
    throw invalidChart(place, error.message, { line })
  }
}

/** The line of a key at the top of a document, counted from 1; the last one, because the last one counts. */
function lineOf(key: string, source: Uint8Array): number | undefined {
  const lines = new TextDecoder().decode(source).split('\n')
  const pattern = new RegExp(`^["']?${key}["']?\\s*:`, 'i')
  const index = lines.findLastIndex((line) => pattern.test(line))
  return index < 0 ? undefined : index + 1
}

function checkValues(value: Yaml, place: Place): void {
  if (value !== null && !isMap(value)) {
    throw invalidChart(place, `the values must be a map of names to values, not ${nameOf(value)}`)
  }
  if (hasNonNumber(value)) {
    throw invalidChart(place, 'values that are not numbers, such as .inf and .nan, cannot be used')
  }
}

/** A schema is never evaluated, so whatever it refers to is not looked up. */
function checkJson(content: Uint8Array, place: Place): void {
  const text = new TextDecoder().decode(content)
  try {
    JSON.parse(text)
  } catch (cause) {
    throw invalidChart(place, 'this is not valid JSON', { cause })
  }
  if (depthOf(text) > maxJsonDepth)
    throw invalidChart(place, `this is nested more than ${maxJsonDepth} levels deep`)
}

/** As far as Go reads JSON. */
const maxJsonDepth = 10_000

function depthOf(json: string): number {
  let depth = 0
  let deepest = 0
  for (const [token] of json.matchAll(/"(?:[^"\\]|\\.)*"|[[{}\]]/gs)) {
    if (token === '[' || token === '{') deepest = Math.max(deepest, ++depth)
    else if (token === ']' || token === '}') depth--
  }
  return deepest
}
