/** A row of either tree, as far as a command has to know it. */
export interface Row {
  readonly kind: string
  readonly id: string
}

/** Whether something that the editor hands to a command is a row of a tree. */
export function isRow(value: unknown): value is Row {
  return textIn(value, 'kind') !== undefined && textIn(value, 'id') !== undefined
}

/** The reference that a row of a tree, or a program, means; `undefined` where the command was called without either. */
export function referenceOf(argument: unknown): string | undefined {
  return typeof argument === 'string' ? argument : textIn(argument, 'reference')
}

/** The registry that a row of a tree, or a program, means; `undefined` where the command was called without either. */
export function hostNamed(argument: unknown): string | undefined {
  return typeof argument === 'string' ? argument : textIn(argument, 'host')
}

/** The token server that the row of a registry, or a program, names because nobody trusts it. */
export function realmNamed(argument: unknown): string | undefined {
  const problem: unknown = isRow(argument) ? Reflect.get(argument, 'problem') : argument
  return textIn(problem, 'realm')
}

/** The repository with its host that a row of a tree means; `undefined` where it is no row of a repository. */
export function repositoryNamed(argument: unknown): string | undefined {
  return isRow(argument) && repositoryKinds.has(argument.kind) ? textIn(argument, 'name') : undefined
}

/**
 * The references of the charts that a command is about, each once: those of the selection where the row belongs to it,
 * else that of the row. A file or a folder of a chart does not stand for its chart.
 *
 * @param argument the row that the command was called on, or a reference
 * @param selection what is selected in the tree of the row
 */
export function chartsMeant(argument: unknown, selection: readonly unknown[]): string[] {
  if (typeof argument === 'string') return [argument]
  const references = rowsMeant(argument, selection).flatMap((row) =>
    chartKinds.has(row.kind) ? (referenceOf(row) ?? []) : [],
  )
  return [...new Set(references)]
}

/**
 * The names that a command is about, each once: those of charts, and those of repositories, `localhost:5000/myrepo/mychart`.
 * A file stands for its chart.
 */
export function namesMeant(argument: unknown, selection: readonly unknown[]): string[] {
  if (typeof argument === 'string') return [argument]
  const names = rowsMeant(argument, selection).flatMap(
    (row) => repositoryNamed(row) ?? referenceOf(row) ?? [],
  )
  return [...new Set(names)]
}

/** The references of the charts that could come back and that a command is about; `all` where it is about the row above them. */
export function offersMeant(argument: unknown, selection: readonly unknown[]): readonly string[] | 'all' {
  if (typeof argument === 'string') return [argument]
  const rows = rowsMeant(argument, selection)
  if (rows.some(({ kind }) => kind === 'offers')) return 'all'
  return rows.flatMap((row) => (row.kind === 'offer' ? (referenceOf(row) ?? []) : []))
}

/** The rows that a command is about: the selection where the row belongs to it, else the row alone. */
export function rowsMeant(argument: unknown, selection: readonly unknown[]): Row[] {
  if (!isRow(argument)) return []
  const selected = selection.filter(isRow)
  return selected.some(({ id }) => id === argument.id) ? selected : [argument]
}

/** Rows that stand for a chart, sound or not, cached or remote. */
const chartKinds: ReadonlySet<string> = new Set(['tag', 'problem', 'remoteTag'])

const repositoryKinds: ReadonlySet<string> = new Set(['repository', 'remoteRepository'])

function textIn(value: unknown, name: string): string | undefined {
  if (typeof value !== 'object' || value === null) return undefined
  const text: unknown = Reflect.get(value, name)
  return typeof text === 'string' ? text : undefined
}
