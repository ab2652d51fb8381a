import type { QuickPick, QuickPickItem } from 'vscode'

/** An item of a list in which one can write, too. */
export interface WritableItem extends QuickPickItem {
  /** It stands for the text in the box. */
  readonly isTyped?: true
}

/**
 * The item that a person confirmed. Who writes fast does so before the list has followed: the text counts as it stands then.
 *
 * @param typedItem makes the item for a text
 */
export function confirmedItem<Item extends WritableItem>(
  { activeItems, value }: Pick<QuickPick<Item>, 'activeItems' | 'value'>,
  typedItem: (text: string) => Item,
): Item | undefined {
  const [active] = activeItems
  const text = value.trim()
  const isTyped = text !== '' && (active === undefined || active.isTyped === true)
  return isTyped ? typedItem(text) : active
}
