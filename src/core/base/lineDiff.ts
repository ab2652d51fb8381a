/** Which lines of two texts have no counterpart in the other: 1 where a line has none. The others match one by one. */
export interface LineDiff {
  readonly removed: Uint8Array
  readonly added: Uint8Array
}

/**
 * Compares two texts line by line: as few lines as possible are removed and added, as long as that does not take too long.
 * Time is about the number of lines times the square root of it at worst, memory the number of lines.
 *
 * @see Eugene W. Myers, "An O(ND) Difference Algorithm and Its Variations", 1986, the variation in linear space
 */
export function diffLines(from: readonly string[], to: readonly string[]): LineDiff {
  const numbers = new Map<string, number>()
  const [a, b] = [numbered(from, numbers), numbered(to, numbers)]
  const removed = new Uint8Array(a.length)
  const added = new Uint8Array(b.length)
  // A line that the other text does not have at all needs no search.
  const x = shared(a, b, removed)
  const y = shared(b, a, added)
  search(sideOf(a, x, removed), sideOf(b, y, added))
  return { removed, added }
}

/** Lines as numbers, the same for the same line. */
function numbered(lines: readonly string[], numbers: Map<string, number>): Int32Array {
  return Int32Array.from(lines, (line) => {
    const number = numbers.get(line) ?? numbers.size
    numbers.set(line, number)
    return number
  })
}

/** The positions of the lines that the other text has, too; the rest is marked. */
function shared(lines: Int32Array, others: Int32Array, marks: Uint8Array): Int32Array {
  const there = new Set(others)
  marks.set(Uint8Array.from(lines, (line) => (there.has(line) ? 0 : 1)))
  return Int32Array.from(lines.keys()).filter((position) => marks[position] === 0)
}

interface Side {
  readonly ids: Int32Array
  /** Notes that a line has no counterpart. */
  mark(at: number): void
}

function sideOf(lines: Int32Array, positions: Int32Array, marks: Uint8Array): Side {
  return {
    ids: positions.map((position) => lines[position] ?? 0),
    mark: (at) => {
      marks[positions[at] ?? 0] = 1
    },
  }
}

/** Lines `[x, xEnd)` of one text against lines `[y, yEnd)` of the other. */
type Box = readonly [x: number, xEnd: number, y: number, yEnd: number]

function search(one: Side, other: Side): void {
  const [a, b] = [one.ids, other.ids]
  const ways = new Ways(a, b)
  const boxes: Box[] = [[0, a.length, 0, b.length]]
  for (let box = boxes.pop(); box !== undefined; box = boxes.pop()) {
    let [x, xEnd, y, yEnd] = box
    for (; x < xEnd && y < yEnd && a[x] === b[y]; x += 1) y += 1
    for (; x < xEnd && y < yEnd && a[xEnd - 1] === b[yEnd - 1]; xEnd -= 1) yEnd -= 1
    if (x === xEnd || y === yEnd) {
      for (let at = x; at < xEnd; at += 1) one.mark(at)
      for (let at = y; at < yEnd; at += 1) other.mark(at)
    } else {
      const [xMiddle, yMiddle] = ways.meetIn([x, xEnd, y, yEnd])
      boxes.push([x, xMiddle, y, yMiddle], [xMiddle, xEnd, yMiddle, yEnd])
    }
  }
}

/** Beyond every line. */
const never = 2 ** 31 - 1

/** The ways through a box from both its ends, as far as they have come: along x, by diagonal (x - y). */
class Ways {
  readonly #a: Int32Array
  readonly #b: Int32Array
  readonly #ahead: Int32Array
  readonly #back: Int32Array
  readonly #offset: number
  /** Steps after which a search settles for less than the shortest way. */
  readonly #patience: number

  constructor(a: Int32Array, b: Int32Array) {
    this.#a = a
    this.#b = b
    this.#ahead = new Int32Array(a.length + b.length + 3)
    this.#back = new Int32Array(a.length + b.length + 3)
    this.#offset = b.length + 1
    this.#patience = Math.max(256, Math.ceil(Math.sqrt(a.length + b.length)))
  }

  /**
   * A point half-way on a shortest way through a box: the ways from both ends grow by one removed or added line at a time, until
   * two meet. Where that takes too long, the farthest point that is reached from the beginning.
   */
  meetIn([x0, x1, y0, y1]: Box): readonly [x: number, y: number] {
    const [ahead, back, offset] = [this.#ahead, this.#back, this.#offset]
    const [least, most, first, last] = [x0 - y1, x1 - y0, x0 - y0, x1 - y1]
    let [low, high, backLow, backHigh] = [first, first, last, last]
    const meetsAhead = (first - last) % 2 !== 0
    ahead[offset + first] = x0
    back[offset + last] = x1
    for (let steps = 1; ; steps += 1) {
      if (low > least) ahead[offset + --low - 1] = -1
      else low += 1
      if (high < most) ahead[offset + ++high + 1] = -1
      else high -= 1
      for (let diagonal = high; diagonal >= low; diagonal -= 2) {
        const x = this.#stepAhead(diagonal, x1, y1)
        if (meetsAhead && backLow <= diagonal && diagonal <= backHigh && (back[offset + diagonal] ?? 0) <= x)
          return [x, x - diagonal]
      }
      if (backLow > least) back[offset + --backLow - 1] = never
      else backLow += 1
      if (backHigh < most) back[offset + ++backHigh + 1] = never
      else backHigh -= 1
      for (let diagonal = backHigh; diagonal >= backLow; diagonal -= 2) {
        const x = this.#stepBack(diagonal, x0, y0)
        if (!meetsAhead && low <= diagonal && diagonal <= high && x <= (ahead[offset + diagonal] ?? 0))
          return [x, x - diagonal]
      }
      if (steps === this.#patience) return this.#farthest(low, high, x1, y1)
    }
  }

  #stepAhead(diagonal: number, x1: number, y1: number): number {
    const [a, b, ahead, at] = [this.#a, this.#b, this.#ahead, this.#offset + diagonal]
    const [left = 0, right = 0] = [ahead[at - 1], ahead[at + 1]]
    let x = left < right ? right : left + 1
    while (x < x1 && x - diagonal < y1 && a[x] === b[x - diagonal]) x += 1
    ahead[at] = x
    return x
  }

  #stepBack(diagonal: number, x0: number, y0: number): number {
    const [a, b, back, at] = [this.#a, this.#b, this.#back, this.#offset + diagonal]
    const [left = 0, right = 0] = [back[at - 1], back[at + 1]]
    let x = left < right ? left : right - 1
    while (x > x0 && x - diagonal > y0 && a[x - 1] === b[x - diagonal - 1]) x -= 1
    back[at] = x
    return x
  }

  #farthest(low: number, high: number, x1: number, y1: number): readonly [x: number, y: number] {
    let best: readonly [x: number, y: number] = [0, 0]
    for (let diagonal = high; diagonal >= low; diagonal -= 2) {
      const x = Math.min(this.#ahead[this.#offset + diagonal] ?? 0, x1, y1 + diagonal)
      if (2 * x - diagonal > best[0] + best[1]) best = [x, x - diagonal]
    }
    return best
  }
}
