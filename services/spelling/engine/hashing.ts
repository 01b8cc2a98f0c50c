// Rule: the hash that the builder writes with and the engine reads with; the two must never differ.
// From: FNV-1a (Fowler, Noll, Vo), 32 bits, over Latin-1 bytes, with a final mix.
// Does not promise: freedom from collisions; every reader verifies the word it finds.

export const FNV_START = 0x811c9dc5

export function fnvStep(hash: number, byte: number): number {
  return Math.imul(hash ^ byte, 0x01000193)
}

/** Spreads the high bits into the low ones, which the tables use. */
export function fnvEnd(hash: number): number {
  let h = hash ^ (hash >>> 15)
  h = Math.imul(h, 0x2c1b3c6d)
  return (h ^ (h >>> 13)) >>> 0
}

export function hashBytes(bytes: Uint8Array, start: number, end: number): number {
  let h = FNV_START
  for (let i = start; i < end; i++) h = fnvStep(h, bytes[i]!)
  return fnvEnd(h)
}

/** How many leading letters of a word the delete index covers (SymSpell's "prefix length"). */
export const INDEX_PREFIX = 7

/**
 * Hashes of `bytes[0..length)` with up to two letters left out, written to `out`; returns how many.
 * At most 29 for seven letters. Equal strings give equal hashes and are written again.
 */
export function deleteHashes(bytes: Uint8Array, length: number, out: Uint32Array, most: number): number {
  let n = 0
  let h = FNV_START
  for (let k = 0; k < length; k++) h = fnvStep(h, bytes[k]!)
  out[n++] = fnvEnd(h)
  if (most < 1 || length < 2) return n
  for (let i = 0; i < length; i++) {
    h = FNV_START
    for (let k = 0; k < length; k++) if (k !== i) h = fnvStep(h, bytes[k]!)
    out[n++] = fnvEnd(h)
  }
  if (most < 2 || length < 3) return n
  for (let i = 0; i < length; i++)
    for (let j = i + 1; j < length; j++) {
      h = FNV_START
      for (let k = 0; k < length; k++) if (k !== i && k !== j) h = fnvStep(h, bytes[k]!)
      out[n++] = fnvEnd(h)
    }
  return n
}
