/**
 * What somebody may have meant who made a typing error of a letter or two.
 * @returns the nearest of the candidates; nothing where none is near
 */
export function nearest(word: string, candidates: readonly string[]): string | undefined {
  const [best] = candidates
    .map((candidate) => ({ candidate, distance: distanceOf(word, candidate) }))
    .filter(({ candidate, distance }) => distance <= most(word, candidate))
    .sort((one, other) => one.distance - other.distance)
  return best?.candidate
}

/** In a short word two other letters make another word. */
function most(...words: readonly string[]): number {
  return Math.min(...words.map((word) => word.replace(/^-+/, '').length)) < 4 ? 1 : 2
}

/** How many letters have to be put in, taken out or replaced (Levenshtein). */
function distanceOf(one: string, other: string): number {
  const counterparts = Array.from(other)
  let row = [0, ...counterparts.map((_, column) => column + 1)]
  for (const [line, letter] of Array.from(one).entries()) {
    const next = [line + 1]
    for (const [column, counterpart] of counterparts.entries()) {
      const [before = 0, above = 0] = row.slice(column, column + 2)
      next.push(Math.min(above + 1, (next[column] ?? 0) + 1, before + (letter === counterpart ? 0 : 1)))
    }
    row = next
  }
  return row.at(-1) ?? 0
}
