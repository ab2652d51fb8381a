/** Something that a look at a whole layout found. */
export interface Finding {
  readonly kind: FindingKind
  /** A sentence that says what is so. */
  readonly message: string
  /** A sentence that says what to do. */
  readonly advice?: string
  /** The name in the index that this is about, byte for byte. */
  readonly reference?: string
  /** As the index or a manifest has it, which need not be a digest. */
  readonly digest?: string
  readonly path?: string
  /** Whether something cannot be used because of it. What is merely superfluous is no fault. */
  readonly isFault: boolean
}

export type FindingKind =
  /** The directory, or what stands in its place. */
  | 'place'
  /** The file `oci-layout`, which says that the directory is a layout. */
  | 'oci-layout'
  /** The file `index.json` as a whole. */
  | 'index'
  /** The journal of Chartroom. */
  | 'journal'
  /** An entry of the index that cannot be used as it is. */
  | 'entry'
  | 'duplicate-name'
  /** A blob that something needs and that is not there. */
  | 'missing-blob'
  /** A blob that is not what its name says. */
  | 'damaged-blob'
  /** A blob that nothing needs. */
  | 'orphan'
  /** Something among the blobs that is no blob. */
  | 'stray-file'
  /** What a process that has ended left behind. */
  | 'leftover'
  /** Another program is writing. */
  | 'busy'
