/** Bytes that are looked at together: a text between pictures must not go under among them. */
const pieceSize = 32 * 1024

/** Bits a byte. Random bytes have 7.994 in a piece; with 2 % of text among them it is less than this. */
const noise = 7.99

/** How far back deflate refers to, in bytes. */
const windowSize = 32 * 1024

/**
 * Whether deflate would hardly make a block smaller, as with pictures, archives and keys: every byte value is about as
 * frequent everywhere, and nothing comes again. Takes a small part of the time that trying would take, and depends on
 * nothing but the bytes.
 */
export function isIncompressible(block: Buffer): boolean {
  for (let start = 0; start < block.length; start += pieceSize) {
    if (entropyOf(block.subarray(start, start + pieceSize)) < noise) return false
  }
  return !repeatsItself(block)
}

/** In bits a byte; of less than a whole piece it is too low for noise. */
function entropyOf(piece: Buffer): number {
  const counts = new Uint32Array(256)
  // Walking by number takes a third of the time of iterating.
  for (let at = piece.length - 1; at >= 0; at -= 1) {
    const byte = piece[at] ?? 0
    counts[byte] = (counts[byte] ?? 0) + 1
  }
  let bits = 0
  for (const count of counts) if (count > 0) bits += count * Math.log2(piece.length / count)
  return bits / piece.length
}

/**
 * Whether about a hundredth of a block stands in the window before it already. Looks at what follows each zero: places
 * that are chosen by content are the same in every copy.
 */
function repeatsItself(block: Buffer): boolean {
  const seen = new Map<number, number>()
  let repeats = 0
  let places = 0
  for (let at = block.indexOf(0); at >= 0 && at + 5 <= block.length; at = block.indexOf(0, at + 1)) {
    // Signed, because V8 keeps those as they are.
    const next = block.readInt32LE(at + 1)
    if (at - (seen.get(next) ?? -Infinity) <= windowSize) repeats += 1
    seen.set(next, at)
    places += 1
  }
  return repeats * 100 > places
}
