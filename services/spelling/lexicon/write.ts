// Rule: writes the words, the delete index, the phonetic index and the word pairs as the sections that lexicon.ts reads.
// From: symmetric deletes (Wolf Garbe, SymSpell) over the distinct 7-letter prefixes instead of over the words.
// Does not promise: to fit more than 65,536 distinct prefixes or keys; it throws then.

import { deleteHashes, INDEX_PREFIX } from '../engine/hashing.ts'
import { type FileHeader, LEXICON_FORMAT, MAGIC, NO_WORD } from '../engine/lexicon.ts'
import { phoneticKey } from '../engine/phonetic.ts'
import type { LexiconWord } from './collect.ts'
import type { Pair } from './sources.ts'

/** Powers of two. A reader looks into 29 buckets for a long word, so strangers in them cost more than their memory. */
const DELETE_BUCKETS = 1 << 20
const KEY_BUCKETS = 1 << 17
const LONGEST_KEY_BYTES = 16

const latin1 = (text: string) => Uint8Array.from(text, (c) => c.charCodeAt(0))
const byteLevel = (level: number) => Math.min(255, Math.max(0, Math.round(level)))

function joinBytes(texts: string[]): { bytes: Uint8Array; start: Uint32Array } {
  const start = new Uint32Array(texts.length + 1)
  texts.forEach((text, i) => (start[i + 1] = start[i]! + text.length))
  return { bytes: latin1(texts.join('')), start }
}

type Buckets = { counts: Uint8Array; overflow: Uint32Array; entries: Uint16Array }

function buckets(items: Uint8Array[], most: number, size: number): Buckets {
  if (items.length > 65_536) throw new Error(`${items.length} entries do not fit 16 bits`)
  const lists: number[][] = Array.from({ length: size }, () => [])
  const hashes = new Uint32Array(1 + LONGEST_KEY_BYTES * LONGEST_KEY_BYTES)
  items.forEach((bytes, item) => {
    const n = deleteHashes(bytes, bytes.length, hashes, most)
    for (const hash of new Set(hashes.subarray(0, n))) {
      const list = lists[hash & (size - 1)]!
      if (list[list.length - 1] !== item) list.push(item)
    }
  })
  const counts = Uint8Array.from(lists, (list) => Math.min(255, list.length))
  const overflow = Uint32Array.from(lists.map((list) => list.length).filter((length) => length > 254))
  return { counts, overflow, entries: Uint16Array.from(lists.flat()) }
}

export function writeLexicon(words: LexiconWord[], pairs: Pair[]) {
  const idOf = new Map(words.map(({ word }, id) => [word, id]))
  const text = joinBytes(words.map(({ word }) => word))

  const prefixes: string[] = []
  const prefixStart: number[] = []
  words.forEach(({ word }, id) => {
    const prefix = word.slice(0, INDEX_PREFIX)
    if (prefixes[prefixes.length - 1] === prefix) return
    prefixes.push(prefix)
    prefixStart.push(id)
  })
  prefixStart.push(words.length)
  const deletes = buckets(prefixes.map(latin1), 2, DELETE_BUCKETS)

  const wordsOfKey = new Map<string, number[]>()
  words.forEach(({ word }, id) => {
    const key = phoneticKey(word.normalize('NFD').replace(/\p{M}/gu, ''))
    if (key === '') return
    const list = wordsOfKey.get(key)
    if (list === undefined) wordsOfKey.set(key, [id])
    else list.push(id)
  })
  const keys = [...wordsOfKey.keys()].toSorted()
  const keyText = joinBytes(keys)
  const keyWordStart = new Uint32Array(keys.length + 1)
  keys.forEach((key, i) => (keyWordStart[i + 1] = keyWordStart[i]! + wordsOfKey.get(key)!.length))
  // The commonest first, so that a reader may stop early.
  const keyWords = keys.flatMap((key) =>
    wordsOfKey.get(key)!.toSorted((a, b) => words[b]!.frequency - words[a]!.frequency),
  )
  const keyDeletes = buckets(keys.map(latin1), 1, KEY_BUCKETS)

  const bigrams: [number, number, number][] = []
  for (const [first, second, level] of pairs) {
    const a = idOf.get(first)
    const b = idOf.get(second)
    if (a !== undefined && b !== undefined) bigrams.push([a, b, level])
  }
  bigrams.sort((x, y) => x[0] - y[0] || x[1] - y[1])
  const bigramCount = new Uint16Array(words.length)
  for (const [first] of bigrams) bigramCount[first]!++

  const displayed = words.flatMap(({ display }, id) => (display === undefined ? [] : [{ id, display }]))
  const displayText = joinBytes(displayed.map(({ display }) => display))

  const sections: [keyof FileHeader['sections'], Uint8Array | Uint16Array | Uint32Array][] = [
    ['wordBytes', text.bytes],
    ['wordStart', text.start],
    ['frequency', Uint8Array.from(words, (w) => byteLevel(w.frequency))],
    ['bookFrequency', Uint8Array.from(words, (w) => byteLevel(w.bookFrequency))],
    ['flags', Uint16Array.from(words, (w) => w.flags)],
    [
      'twin',
      Uint32Array.from(words, (w) => (w.twin === undefined ? NO_WORD : (idOf.get(w.twin) ?? NO_WORD))),
    ],
    ['prefixStart', Uint32Array.from(prefixStart)],
    ['deleteCount', deletes.counts],
    ['deleteOverflow', deletes.overflow],
    ['deletes', deletes.entries],
    ['keyBytes', keyText.bytes],
    ['keyStart', keyText.start],
    ['keyWordStart', keyWordStart],
    ['keyWords', Uint32Array.from(keyWords)],
    ['keyDeleteCount', keyDeletes.counts],
    ['keyDeleteOverflow', keyDeletes.overflow],
    ['keyDeletes', keyDeletes.entries],
    ['bigramCount', bigramCount],
    ['bigramSecond', Uint32Array.from(bigrams, (b) => b[1])],
    ['bigramLog', Uint8Array.from(bigrams, (b) => byteLevel(b[2]))],
    ['displayWord', Uint32Array.from(displayed, (d) => d.id)],
    ['displayStart', displayText.start],
    ['displayBytes', displayText.bytes],
  ]
  const header: FileHeader = { stamp: '', sections: {} }
  const parts: Uint8Array[] = []
  let at = 0
  for (const [name, data] of sections) {
    const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength)
    const gap = (8 - (bytes.length & 7)) & 7
    header.sections[name] = [at, bytes.length]
    parts.push(bytes, new Uint8Array(gap))
    at += bytes.length + gap
  }
  const bytes = Buffer.concat(parts)
  console.log(
    `${prefixes.length} prefixes, ${deletes.entries.length} deletes, ${keys.length} keys, ${keyDeletes.entries.length} key deletes, ${bigrams.length} pairs`,
  )
  return {
    bytes,
    withStamp(stamp: string): Buffer {
      const json = Buffer.from(JSON.stringify({ ...header, stamp }))
      const head = Buffer.alloc((12 + json.length + 7) & ~7)
      head.writeUInt32LE(MAGIC, 0)
      head.writeUInt32LE(LEXICON_FORMAT, 4)
      head.writeUInt32LE(json.length, 8)
      json.copy(head, 12)
      return Buffer.concat([head, bytes])
    },
  }
}
