import type { RegistryNode } from './registryNodes.ts'

/**
 * The rows that the editor holds. It knows a row by the object that it was given first, so that one is given again
 * whenever the row comes up, whatever it looks like by then.
 */
export class GivenRows {
  readonly #first = new Map<string, RegistryNode>()
  readonly #last = new Map<string, RegistryNode>()
  readonly #parents = new Map<string, RegistryNode>()

  /** @returns the object that stands for the row */
  give(node: RegistryNode, parent: RegistryNode | undefined): RegistryNode {
    const row = this.#first.get(node.id) ?? node
    this.#first.set(node.id, row)
    this.#last.set(node.id, node)
    if (parent !== undefined) this.#parents.set(node.id, this.#first.get(parent.id) ?? parent)
    return row
  }

  /** What was last given for a row. */
  latest(row: RegistryNode): RegistryNode {
    return this.#last.get(row.id) ?? row
  }

  parentOf({ id }: RegistryNode): RegistryNode | undefined {
    return this.#parents.get(id)
  }

  /** The rows with these ids, as far as the editor has them. */
  withIds(ids: readonly string[]): RegistryNode[] {
    return ids.flatMap((id) => this.#first.get(id) ?? [])
  }
}
