import type { Content } from '../oci/target.ts'
import type { Metadata } from './metadata.ts'

/** A chart whose files have not been read yet, but whose metadata has. */
export interface Chart {
  readonly metadata: Metadata
  /** The names of the charts right in its `charts/`, folders and archives. */
  readonly subcharts: readonly string[]
  /** Sorted bytewise by path. */
  readonly files: readonly ChartFile[]
  /** What a person should know although the chart is valid, as sentences. */
  readonly warnings: readonly string[]
}

export interface ChartFile {
  /** Relative to the root of the chart, with `/`. */
  readonly path: string
  /** Bytes. */
  readonly size: number
  readonly open: Content
}
