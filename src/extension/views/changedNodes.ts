import { childrenOf, type CacheNode, type TopNode } from './cacheNodes.ts'

/**
 * Which rows have to be painted again so that the tree shows `after`.
 * @returns the smallest set of node ids, or `everything` where the first level itself differs
 */
export function changedNodes(before: readonly TopNode[], after: readonly TopNode[]): 'everything' | string[] {
  return sameIds(before, after) ? changedAmong(before, after) : 'everything'
}

/** The same list, with the very objects of the old one wherever nothing changed. */
export function keepUnchanged<Node extends { readonly id: string }>(
  before: readonly Node[],
  after: readonly Node[],
): Node[] {
  const old = new Map(before.map((node) => [node.id, node]))
  return after.map((node) => {
    const known = old.get(node.id)
    return known !== undefined && isSame(known, node) ? known : node
  })
}

/** Rows of one level that differ, given that their ids are the same. */
function changedAmong(before: readonly CacheNode[], after: readonly CacheNode[]): string[] {
  return after.flatMap((node, position) => {
    const old = before[position]
    if (old === undefined || isSame(old, node)) return []
    const [oldBelow, below] = [groupedBelow(old), groupedBelow(node)]
    return below.length > 0 && sameIds(oldBelow, below) ? changedAmong(oldBelow, below) : [node.id]
  })
}

/** A group looks the same as long as it has the same rows. */
function groupedBelow(node: CacheNode): readonly CacheNode[] {
  return node.kind === 'registry' || node.kind === 'repository' ? childrenOf(node) : []
}

function sameIds(
  before: readonly { readonly id: string }[],
  after: readonly { readonly id: string }[],
): boolean {
  return before.length === after.length && before.every(({ id }, position) => id === after[position]?.id)
}

function isSame(a: unknown, b: unknown): boolean {
  return a === b || JSON.stringify(a) === JSON.stringify(b)
}
