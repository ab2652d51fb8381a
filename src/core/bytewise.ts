/**
 * A new list, sorted by the UTF-8 bytes of one text of each item: the order in which Go, and so Helm, sorts texts.
 * JavaScript's own differs from it beyond U+FFFF.
 */
export function bytewise<Item>(items: Iterable<Item>, textOf: (item: Item) => string): Item[] {
  return Array.from(items, (item) => ({ item, bytes: Buffer.from(textOf(item)) }))
    .sort((a, b) => Buffer.compare(a.bytes, b.bytes))
    .map(({ item }) => item)
}
