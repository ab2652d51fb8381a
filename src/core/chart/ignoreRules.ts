import { compileGlob } from './compileGlob.ts'
import { invalidChart, type Place } from './invalidChart.ts'

/** A rule of a .helmignore file. */
export interface IgnoreRule {
  readonly text: string
  /** Counted from 1; `undefined` for the rule that Helm adds. */
  readonly line: number | undefined
  readonly isNegated: boolean
  readonly isForDirectories: boolean
  readonly matches: (path: string) => boolean
}

/**
 * The rules of a chart's .helmignore, as Helm 3.6.3 reads them, with the one that it adds: hidden files directly in
 * templates/ are left out. The format is not that of .gitignore.
 *
 * @param bytes content of the file; `undefined` where there is none
 * @throws ChartroomError `invalid-chart` with the line, for a rule that Helm refuses
 * @see Helm 3.6.3 internal/ignore/rules.go
 */
export function parseIgnoreRules(bytes: Uint8Array | undefined, place: Place): IgnoreRule[] {
  const lines = bytes === undefined ? [] : new TextDecoder().decode(bytes).split('\n')
  const own = lines.map((line, index) => parseRule(trimmed(line), index + 1, place))
  const hidden = parseRule('templates/.?*', undefined, place)
  return [...own, hidden].filter((rule) => rule !== undefined)
}

/**
 * The rule that leaves a path out, if any does. The first rule that decides wins; a negated one leaves out everything
 * that it does not match.
 *
 * @param path relative to the chart, with `/`
 */
export function ruleAgainst(
  path: string,
  isDirectory: boolean,
  rules: readonly IgnoreRule[],
): IgnoreRule | undefined {
  return rules.find(({ isNegated, isForDirectories, matches }) => {
    const isOfKind = !isForDirectories || isDirectory
    return isNegated ? !isOfKind || !matches(path) : isOfKind && matches(path)
  })
}

/** Without spaces around it, as Go knows them: to JavaScript, a byte order mark is one, too. */
function trimmed(line: string): string {
  return line.replace(/^\p{White_Space}+|\p{White_Space}+$/gu, '')
}

function parseRule(text: string, line: number | undefined, place: Place): IgnoreRule | undefined {
  if (text === '' || text.startsWith('#')) return undefined
  if (text.includes('**')) {
    throw invalidChart(place, `the rule "${text}" has a double star, which Helm does not support`, { line })
  }
  if (compileGlob(text) === undefined) throw badPattern(text, line, place)
  const isNegated = text.startsWith('!')
  const positive = isNegated ? text.slice(1) : text
  const isForDirectories = positive.endsWith('/')
  const path = isForDirectories ? positive.slice(0, -1) : positive
  const glob = compileGlob(path.replace(/^\//, ''))
  if (glob === undefined) throw badPattern(text, line, place)
  const isPath = path.includes('/')
  return {
    text,
    line,
    isNegated,
    isForDirectories,
    matches: (candidate) => glob(isPath ? candidate : baseName(candidate)),
  }
}

function baseName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1)
}

function badPattern(text: string, line: number | undefined, place: Place): Error {
  return invalidChart(place, `the rule "${text}" is not a valid pattern`, {
    line,
    advice: 'A "[" needs its "]", and a backslash needs a character behind it.',
  })
}
