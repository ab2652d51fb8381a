/** One place of a pattern: takes a character or not. */
type Step = (character: string) => boolean

/** A run of single places; with a star in front it may start further on. */
interface Chunk {
  readonly star: boolean
  readonly steps: readonly Step[]
}

/**
 * Compiles a pattern of Go's `filepath.Match`: `*` and `?` stop at a slash, `[a-z]` and `[^a]` are classes, a backslash
 * takes the next character as it is.
 *
 * @returns what tells whether a whole text matches; `undefined` where the pattern has a syntax error
 * @see https://pkg.go.dev/path/filepath#Match
 */
export function compileGlob(pattern: string): ((text: string) => boolean) | undefined {
  const chunks = parseGlob(Array.from(pattern))
  return chunks === undefined ? undefined : (text) => matchChunks(chunks, Array.from(text))
}

function parseGlob(pattern: readonly string[]): Chunk[] | undefined {
  const chunks: { star: boolean; steps: Step[] }[] = [{ star: false, steps: [] }]
  for (let at = 0; at < pattern.length; at++) {
    const character = pattern[at]
    const steps = chunks.at(-1)?.steps ?? []
    if (character === '*') {
      chunks.push({ star: true, steps: [] })
    } else if (character === '?') {
      steps.push((found) => found !== '/')
    } else if (character === '[') {
      const parsed = parseClass(pattern, at + 1)
      if (parsed === undefined) return undefined
      steps.push(parsed.step)
      at = parsed.end
    } else {
      const literal = character === '\\' ? pattern[++at] : character
      if (literal === undefined) return undefined
      steps.push((found) => found === literal)
    }
  }
  return chunks
}

/** Reads a class from behind its bracket; `end` is where its closing bracket stands. */
function parseClass(pattern: readonly string[], start: number): { step: Step; end: number } | undefined {
  const isNegated = pattern[start] === '^'
  const ranges: [low: number, high: number][] = []
  let at = isNegated ? start + 1 : start
  while (pattern[at] !== ']' || ranges.length === 0) {
    const low = parseClassCharacter(pattern, at)
    if (low === undefined) return undefined
    const high = pattern[low.next] === '-' ? parseClassCharacter(pattern, low.next + 1) : low
    if (high === undefined) return undefined
    ranges.push([low.code, high.code])
    at = high.next
  }
  const contains = (code: number): boolean => ranges.some(([low, high]) => low <= code && code <= high)
  return { step: (found) => contains(found.codePointAt(0) ?? 0) !== isNegated, end: at }
}

function parseClassCharacter(
  pattern: readonly string[],
  start: number,
): { code: number; next: number } | undefined {
  const first = pattern[start]
  if (first === undefined || first === '-' || first === ']') return undefined
  const at = first === '\\' ? start + 1 : start
  const code = pattern[at]?.codePointAt(0)
  // Something must follow: at least the closing bracket.
  return code === undefined || at + 1 >= pattern.length ? undefined : { code, next: at + 1 }
}

/** Each chunk takes the first place where it fits, as in Go; nothing is tried twice, so no pattern is slow. */
function matchChunks(chunks: readonly Chunk[], text: readonly string[]): boolean {
  let at = 0
  for (const [index, { star, steps }] of chunks.entries()) {
    const isLast = index === chunks.length - 1
    const found = place(steps, text, at, star, isLast)
    if (found === undefined) return false
    at = found + steps.length
  }
  return at === text.length
}

function place(
  steps: readonly Step[],
  text: readonly string[],
  from: number,
  star: boolean,
  isLast: boolean,
): number | undefined {
  for (let at = from; at <= text.length; at++) {
    const fits = steps.every((step, index) => {
      const character = text[at + index]
      return character !== undefined && step(character)
    })
    if (fits && (!isLast || at + steps.length === text.length)) return at
    // A star does not go past a slash.
    if (!star || text[at] === '/') return undefined
  }
  return undefined
}
