import type { Progress } from './progress.ts'

/** How far something is, for example `12.4 of 95.4 MiB`. */
export function formatProgress({ step, done, total }: Progress): string {
  if (step === 'listing') return total === undefined ? String(done) : `${done} of ${total}`
  if (step === 'waiting') return `${(total ?? done) - done} s`
  return total === undefined ? formatSize(done) : formatSizeOf(done, total)
}

/**
 * A number of bytes as Helm prints it: `1023 B`, `2.4 KiB`, `1024.0 KiB`.
 *
 * The unit is chosen by whole division and the decimal rounded as Go's `%.1f` does, a tie to the even digit.
 *
 * @param bytes a whole number, not negative
 * @see Helm 3.6.3 internal/experimental/registry/util.go, `byteCountBinary`
 */
export function formatSize(bytes: number): string {
  const { divisor, unit } = sizeUnit(bytes)
  return `${inUnit(bytes, divisor)} ${unit}`
}

/**
 * How far something is, in the unit of the whole: `12.4 of 95.4 MiB`.
 *
 * @param done bytes
 * @param total bytes
 */
export function formatSizeOf(done: number, total: number): string {
  return `${partOfSize(done, total)} of ${formatSize(total)}`
}

/**
 * A part in the unit of the whole, which is not named: `12.4` of `95.4 MiB`.
 *
 * @param part bytes
 * @param whole bytes
 */
export function partOfSize(part: number, whole: number): string {
  return inUnit(part, sizeUnit(whole).divisor)
}

/** A number of things: `1 blob`, `12 blobs`, `2 entries`. */
export function formatCount(count: number, one: string, many = `${one}s`): string {
  return `${count} ${count === 1 ? one : many}`
}

/** How long something took or is ago. */
export interface Age {
  /** Whole ones; 0 seconds is less than one. */
  readonly count: number
  readonly unit: 'second' | 'minute' | 'hour' | 'day' | 'week' | 'month' | 'year'
}

/**
 * How long something took or is ago, as exactly as Helm's lists say it.
 *
 * @param milliseconds what is negative counts as nothing
 * @see docker/go-units duration.go, `HumanDuration`
 */
export function ageOf(milliseconds: number): Age {
  const seconds = Math.max(0, Math.trunc(milliseconds / 1000))
  const minutes = Math.trunc(milliseconds / 60_000)
  const hours = Math.trunc(milliseconds / 3_600_000 + 0.5)
  if (seconds < 60) return { count: seconds, unit: 'second' }
  if (minutes < 60) return { count: minutes, unit: 'minute' }
  if (hours < 48) return { count: hours, unit: 'hour' }
  if (hours < 24 * 7 * 2) return { count: Math.trunc(hours / 24), unit: 'day' }
  if (hours < 24 * 30 * 2) return { count: Math.trunc(hours / 24 / 7), unit: 'week' }
  if (hours < 24 * 365 * 2) return { count: Math.trunc(hours / 24 / 30), unit: 'month' }
  return { count: Math.trunc(hours / 24 / 365), unit: 'year' }
}

/** An age as Helm's lists say it: `27 seconds`, `About an hour`, `3 weeks`. @param milliseconds as for `ageOf` */
export function formatAge(milliseconds: number): string {
  const { count, unit } = ageOf(milliseconds)
  if (count === 0) return 'Less than a second'
  if (count === 1 && unit === 'minute') return 'About a minute'
  if (count === 1 && unit === 'hour') return 'About an hour'
  return formatCount(count, unit)
}

const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB', 'EiB'] as const

function sizeUnit(bytes: number): { divisor: number; unit: string } {
  let divisor = 1
  let step = 0
  for (let rest = bytes; rest >= 1024 && step < units.length - 1; rest = Math.floor(rest / 1024)) {
    divisor *= 1024
    step += 1
  }
  return { divisor, unit: units[step] ?? 'B' }
}

function inUnit(bytes: number, divisor: number): string {
  if (divisor === 1) return String(bytes)
  const value = bytes / divisor
  // The divisor is a power of two, so .25 and .75 are the only ties, and toFixed rounds every tie up.
  return value % 1 === 0.25 ? (value - 0.05).toFixed(1) : value.toFixed(1)
}
