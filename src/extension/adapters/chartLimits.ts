import { defaultLimits, type Limits } from '../../core/index.ts'

const mebibyte = 1024 * 1024

/** How much of a chart is read, as a person set it: sizes in MiB. What is no positive number counts as not set. */
export function chartLimits({ unpacked, file, entries }: Readonly<Record<keyof Limits, unknown>>): Limits {
  return {
    unpacked: limit(unpacked, mebibyte) ?? defaultLimits.unpacked,
    file: limit(file, mebibyte) ?? defaultLimits.file,
    entries: limit(entries, 1) ?? defaultLimits.entries,
  }
}

function limit(set: unknown, unit: number): number | undefined {
  return typeof set === 'number' && set > 0 ? Math.ceil(set * unit) : undefined
}
