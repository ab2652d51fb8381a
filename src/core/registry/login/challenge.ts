/** One way to log in that a server offers. */
export interface Challenge {
  /** In lower case: `basic`, `bearer`, … */
  readonly scheme: string
  /** Names in lower case, values unquoted. */
  readonly parameters: ReadonlyMap<string, string>
}

/**
 * Reads the values of `WWW-Authenticate`. Several challenges may stand in one value, separated by the same commas that
 * separate their parameters. What cannot be read is left out, so that one odd challenge does not hide the others.
 *
 * @see https://www.rfc-editor.org/rfc/rfc7235#section-4.1
 */
export function parseChallenges(values: readonly string[]): Challenge[] {
  return values.flatMap(parseValue)
}

const separators = /[\s,]*/y
const token = /[!#$%&'*+.^_`|~0-9A-Za-z-]+/y
const token68 = /[ \t]+[A-Za-z0-9\-._~+/]+=*[ \t]*(?=,|$)/y
const equals = /[ \t]*=[ \t]*/y
const quoted = /"((?:[^"\\]|\\.)*)"/y

function parseValue(text: string): Challenge[] {
  const challenges: { scheme: string; parameters: Map<string, string> }[] = []
  let position = 0
  const take = (pattern: RegExp): RegExpExecArray | null => {
    pattern.lastIndex = position
    const match = pattern.exec(text)
    if (match !== null) position = pattern.lastIndex
    return match
  }
  for (;;) {
    take(separators)
    const name = take(token)?.[0].toLowerCase()
    if (name === undefined) return challenges
    if (take(equals) === null) {
      challenges.push({ scheme: name, parameters: new Map() })
      // Negotiate and NTLM have one bare value in the place of parameters; it looks like none.
      if (!hasParameter(text, position)) take(token68)
      continue
    }
    const value = take(quoted)?.[1]?.replace(/\\(.)/g, '$1') ?? take(token)?.[0]
    if (value === undefined) return challenges.slice(0, -1)
    challenges.at(-1)?.parameters.set(name, value)
  }
}

function hasParameter(text: string, position: number): boolean {
  return /^[ \t]+[^\s,="]+[ \t]*=[ \t]*[^\s,=]/.test(text.slice(position))
}
