import { describe, expect, it } from 'vitest'
import {
  ageOf,
  formatAge,
  formatCount,
  formatSize,
  formatSizeOf,
  partOfSize,
} from '../../../src/core/base/humanize.ts'

const second = 1000
const minute = 60 * second
const hour = 60 * minute
const day = 24 * hour

describe('a count', () => {
  it('has the plural of its noun for all numbers but one', () => {
    expect([0, 1, 2].map((count) => formatCount(count, 'blob'))).toEqual(['0 blobs', '1 blob', '2 blobs'])
    expect(formatCount(2, 'entry', 'entries')).toBe('2 entries')
  })
})

describe('a size', () => {
  it.each([
    [0, '0 B'],
    [1023, '1023 B'],
    [1024, '1.0 KiB'],
    [1280, '1.2 KiB'],
    [1792, '1.8 KiB'],
    [2487, '2.4 KiB'],
    [1048575, '1024.0 KiB'],
    [1048576, '1.0 MiB'],
    [95.4 * 1024 * 1024, '95.4 MiB'],
    [3 * 1024 ** 4, '3.0 TiB'],
  ])('of %d bytes reads as Helm prints it: %s', (bytes, text) => {
    expect(formatSize(bytes)).toBe(text)
  })
})

describe('a part of a size', () => {
  it('is told in the unit of the whole', () => {
    expect(formatSizeOf(12.4 * 1024 * 1024, 95.4 * 1024 * 1024)).toBe('12.4 of 95.4 MiB')
    expect(formatSizeOf(512, 2487)).toBe('0.5 of 2.4 KiB')
    expect(formatSizeOf(0, 900)).toBe('0 of 900 B')
    expect(partOfSize(12.4 * 1024 * 1024, 95.4 * 1024 * 1024)).toBe('12.4')
  })
})

describe('an age', () => {
  it.each([
    [-5 * second, 'Less than a second'],
    [0, 'Less than a second'],
    [second, '1 second'],
    [59 * second, '59 seconds'],
    [60 * second, 'About a minute'],
    [119 * second, 'About a minute'],
    [120 * second, '2 minutes'],
    [59 * minute, '59 minutes'],
    [60 * minute, 'About an hour'],
    [89 * minute, 'About an hour'],
    [90 * minute, '2 hours'],
    [47 * hour + 29 * minute, '47 hours'],
    [47 * hour + 30 * minute, '2 days'],
    [13 * day + 23 * hour, '13 days'],
    [14 * day, '2 weeks'],
    [60 * day, '2 months'],
    [730 * day, '2 years'],
  ])('of %d ms reads as Helm prints it: %s', (milliseconds, text) => {
    expect(formatAge(milliseconds)).toBe(text)
  })

  it.each([
    [-5 * second, 0, 'second'],
    [59 * second, 59, 'second'],
    [60 * second, 1, 'minute'],
    [60 * minute, 1, 'hour'],
    [47 * hour + 30 * minute, 2, 'day'],
    [14 * day, 2, 'week'],
    [60 * day, 2, 'month'],
    [730 * day, 2, 'year'],
  ])('of %d ms is %d of the unit %s', (milliseconds, count, unit) => {
    expect(ageOf(milliseconds)).toEqual({ count, unit })
  })
})
