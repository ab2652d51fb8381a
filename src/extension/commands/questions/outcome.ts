import { parseReference, tagOrDigest, type Digest, type TagLookUp } from '../../../core/index.ts'

/** What saving or pushing a chart under a reference will do there, as far as it can be known before. */
export type Outcome =
  /** There is no such repository yet. `repository` is without its host. */
  | { readonly kind: 'creates'; readonly repository: string }
  | { readonly kind: 'adds'; readonly tag: string; readonly repository: string }
  /** The registry has there what the cache has under this name. */
  | { readonly kind: 'sameAsCached'; readonly tag: string }
  /** Something is there. Whether it is another chart than this one shows only when this one is packed. */
  | { readonly kind: 'replaces'; readonly tag: string }

/**
 * What a push will do, after what the registry says is there.
 * @param cached the digest of the manifest that the cache has under this reference
 */
export function judgeOutcome(reference: string, found: TagLookUp, cached: Digest | undefined): Outcome {
  const parsed = parseReference(reference)
  const { repository } = parsed
  const tag = tagOrDigest(parsed)
  switch (found.kind) {
    case 'noRepository':
      return { kind: 'creates', repository }
    case 'noTag':
      return { kind: 'adds', tag, repository }
    case 'taken':
      return {
        kind: found.digest !== undefined && found.digest === cached ? 'sameAsCached' : 'replaces',
        tag,
      }
  }
}
