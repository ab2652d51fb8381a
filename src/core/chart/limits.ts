import type { OperationOptions } from '../base/progress.ts'

/**
 * How much of a chart is read before it counts as hostile (CVE-2025-32386). The numbers are those of Helm 3.17.3, which
 * has no limit on entries.
 */
export interface Limits {
  /** Bytes of all files together, unpacked. */
  readonly unpacked: number
  /** Bytes of one file, unpacked. */
  readonly file: number
  readonly entries: number
}

export const defaultLimits: Limits = {
  unpacked: 100 * 1024 * 1024,
  file: 5 * 1024 * 1024,
  entries: 10_000,
}

export interface ChartOptions extends OperationOptions {
  readonly limits?: Limits
  /** Take in files that a symbolic link brings from outside the chart; by default such a link is refused. */
  readonly followLinks?: boolean
}

/** Bytes of a config blob, which every list of the cache has to read for each chart. */
export const maxConfigSize = 1024 * 1024

/** Bytes of a `.prov` file, which holds a signed Chart.yaml and a digest. */
export const maxProvenanceSize = 1024 * 1024

/** Layers of a chart's manifest: the chart, its provenance, and some room for what may come. */
export const maxLayers = 16
