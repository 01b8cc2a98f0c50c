// Rule: which words of the lexicon are worth comparing with a misspelling.
// From: symmetric deletes within two edits of the first seven letters, plus words whose phonetic key is equal or one off.
// Does not promise: every word within two edits of a long word's tail; the phonetic bucket usually holds those.

import { deleteHashes, INDEX_PREFIX } from './hashing.ts'
import type { Lexicon } from './lexicon.ts'
import { letterBit } from './lexicon.ts'
import { phoneticKey } from './phonetic.ts'

function bitsSet(value: number): number {
  let v = value - ((value >>> 1) & 0x55555555)
  v = (v & 0x33333333) + ((v >>> 2) & 0x33333333)
  return Math.imul((v + (v >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24
}

export type Finder = {
  /** Word ids in `found[0..n)`; `sameKey[id]` tells by its stamp whether the phonetic keys are equal. */
  find(typed: Uint8Array, length: number, plain: string): number
  found: Uint32Array
  /** Plain edits that `found[i]` is away at the least: by its letters and its length. */
  bound: Uint8Array
  hasSameKey(id: number): boolean
}

/** Phonetic buckets are read from their commonest word on; beyond this many words they hold only rare ones. */
const KEY_BUCKET_READ = 60
/** The same for keys one sound off. */
const NEAR_KEY_READ = 16

export function createFinder(lexicon: Lexicon): Finder {
  const { deleteStart, deletes, prefixStart, wordStart, letters, keyBytes, keyStart } = lexicon
  const { keyWordStart, keyWords, keyDeleteStart, keyDeletes } = lexicon
  const hashes = new Uint32Array(64)
  const prefixSeen = new Uint32Array(prefixStart.length)
  const keySeen = new Uint32Array(keyStart.length)
  const wordSeen = new Uint32Array(lexicon.words)
  const equalKey = new Uint32Array(lexicon.words)
  const found = new Uint32Array(1 << 14)
  const bound = new Uint8Array(1 << 14)
  const keyText = new Uint8Array(16)
  const deleteMask = deleteStart.length - 2
  const keyMask = keyDeleteStart.length - 2
  let round = 0
  let count = 0

  function offer(id: number, length: number, bits: number, slack: number, lengthSlack: number): void {
    if (wordSeen[id] === round || count === found.length) return
    const wordLength = wordStart[id + 1]! - wordStart[id]!
    if (wordLength - length > lengthSlack || length - wordLength > lengthSlack) return
    const own = letters[id]!
    const missing = bitsSet(own & ~bits)
    if (missing > slack) return
    const extra = bitsSet(bits & ~own)
    if (extra > slack) return
    wordSeen[id] = round
    const apart = Math.abs(wordLength - length)
    bound[count] = Math.max(missing, extra, apart)
    found[count++] = id
  }

  return {
    found,
    bound,
    hasSameKey: (id) => equalKey[id] === round,
    find(typed, length, plain) {
      round++
      count = 0
      let bits = 0
      for (let i = 0; i < length; i++) bits |= letterBit(typed[i]!)
      const head = Math.min(length, INDEX_PREFIX)
      const slack = length > 8 ? 3 : 2
      const lengthSlack = length > 6 ? 3 : 2
      const n = deleteHashes(typed, head, hashes, 2)
      for (let h = 0; h < n; h++) {
        const bucket = hashes[h]! & deleteMask
        for (let e = deleteStart[bucket]!; e < deleteStart[bucket + 1]!; e++) {
          const prefix = deletes[e]!
          if (prefixSeen[prefix] === round) continue
          prefixSeen[prefix] = round
          for (let id = prefixStart[prefix]!; id < prefixStart[prefix + 1]!; id++)
            offer(id, length, bits, slack, lengthSlack)
        }
      }
      const key = phoneticKey(plain)
      if (key === '') return count
      for (let i = 0; i < key.length; i++) keyText[i] = key.charCodeAt(i)
      const soundSlack = length > 6 ? 4 : 3
      const keyHashes = deleteHashes(keyText, key.length, hashes, key.length > 2 ? 1 : 0)
      for (let h = 0; h < keyHashes; h++) {
        const bucket = hashes[h]! & keyMask
        for (let e = keyDeleteStart[bucket]!; e < keyDeleteStart[bucket + 1]!; e++) {
          const k = keyDeletes[e]!
          if (keySeen[k] === round) continue
          keySeen[k] = round
          const keyLength = keyStart[k + 1]! - keyStart[k]!
          let equal = keyLength === key.length
          for (let i = 0; i < keyLength && equal; i++) equal = keyBytes[keyStart[k]! + i] === keyText[i]
          if (!equal && key.length < 3) continue
          const end = Math.min(
            keyWordStart[k + 1]!,
            keyWordStart[k]! + (equal ? KEY_BUCKET_READ : NEAR_KEY_READ),
          )
          for (let w = keyWordStart[k]!; w < end; w++) {
            const id = keyWords[w]!
            offer(id, length, bits, equal ? soundSlack : soundSlack - 1, lengthSlack + 1)
            if (equal) equalKey[id] = round
          }
        }
      }
      return count
    },
  }
}
