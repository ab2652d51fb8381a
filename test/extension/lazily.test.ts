import { expect, it } from 'vitest'
import { lazily } from '../../src/extension/lazily.ts'

class Counter {
  #count = 0
  readonly start: number

  constructor(start: number) {
    this.start = start
  }

  add(): number {
    this.#count += 1
    return this.start + this.#count
  }
}

it('makes an object when it is first used, once', () => {
  let made = 0
  const counter = lazily(() => {
    made += 1
    return new Counter(10)
  })

  expect(made).toBe(0)
  expect(counter.add()).toBe(11)
  expect(counter.add()).toBe(12)
  expect(counter.start).toBe(10)
  expect('add' in counter).toBe(true)
  expect(made).toBe(1)
})
