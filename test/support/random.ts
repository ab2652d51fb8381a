/**
 * Numbers that look random and are always the same for a seed. The seed is CHARTROOM_SEED, else the time; it is printed, so
 * that a run can be repeated.
 */
export class Random {
  readonly seed: number
  #state: number

  constructor(seed = givenSeed()) {
    this.seed = seed
    this.#state = seed
  }

  /** The next number, from 0 up to and without 1: mulberry32. */
  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), 1 | this.#state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }

  /** A whole number, from 0 up to and without the limit. */
  below(limit: number): number {
    return Math.floor(this.next() * limit)
  }

  /** `true` as often as the chance says, from 0 to 1. */
  happens(chance: number): boolean {
    return this.next() < chance
  }

  /** @throws RangeError where there is nothing to choose from */
  one<Item>(items: readonly Item[]): Item {
    const item = items[this.below(items.length)]
    if (item === undefined) throw new RangeError('There is nothing to choose from.')
    return item
  }
}

function givenSeed(): number {
  const given = process.env['CHARTROOM_SEED']
  return given === undefined ? Date.now() % 1_000_000_000 : Number(given)
}
