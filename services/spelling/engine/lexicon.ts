// Rule: one lexicon file becomes one block of shared memory; every worker reads the same bytes through its own views.
// From: docs/decisions/0003-spelling-data.md (what is in the file) and scripts/build-lexicon.ts (which writes it).
// Does not promise: to read a file of another format version, or to write.

import { readFileSync } from 'node:fs'
import { hashBytes } from './hashing.ts'

export const LEXICON_FORMAT = 1
export const MAGIC = 0x584c5341 // 'ASLX', little-endian

export const FLAG = {
  us: 1,
  gb: 2,
  /** Only written with a capital: a proper name. */
  name: 4,
  /** Only written in capitals. */
  abbreviation: 8,
  neverSuggest: 16,
  /** Takes 's. */
  possessive: 32,
  /** From a frequency list only: accepted, rarely suggested. */
  unsure: 64,
  /** An American spelling whose British twin is in `twin`, or the other way round. */
  variant: 128,
  /** A capitalised form exists beside the plain one (Polish, polish). */
  alsoName: 256,
  /** A name that in small letters is more likely a slip for a commoner word. */
  capitalOnly: 512,
} as const

/** Sections in the file, then those derived at load. Bytes per element in brackets. */
const SECTIONS = {
  wordBytes: 1,
  wordStart: 4,
  frequency: 1,
  bookFrequency: 1,
  flags: 2,
  twin: 4,
  prefixStart: 4,
  deleteCount: 1,
  deleteOverflow: 4,
  deletes: 2,
  keyBytes: 1,
  keyStart: 4,
  keyWordStart: 4,
  keyWords: 4,
  keyDeleteCount: 1,
  keyDeleteOverflow: 4,
  keyDeletes: 2,
  bigramCount: 2,
  bigramSecond: 4,
  bigramLog: 1,
  displayWord: 4,
  displayStart: 4,
  displayBytes: 1,
  deleteStart: 4,
  keyDeleteStart: 4,
  bigramStart: 4,
  letters: 4,
  table: 4,
} as const
type SectionName = keyof typeof SECTIONS

export type FileHeader = {
  stamp: string
  sections: Partial<Record<SectionName, [offset: number, length: number]>>
}

/** Plain data over one SharedArrayBuffer: post it to a worker and open it there. `sections` in bytes. */
export type SharedLexicon = {
  stamp: string
  buffer: SharedArrayBuffer
  sections: Record<SectionName, [offset: number, length: number]>
}

export type Lexicon = {
  stamp: string
  words: number
  wordBytes: Uint8Array
  wordStart: Uint32Array
  /** Round(14 × ln(occurrences per thousand million)), 0 to 255: speech and books together. */
  frequency: Uint8Array
  /** The same from books alone: the unigrams that belong to the bigrams. */
  bookFrequency: Uint8Array
  flags: Uint16Array
  /** The same word in the other dialect, or NO_WORD. */
  twin: Uint32Array
  prefixStart: Uint32Array
  deleteStart: Uint32Array
  deletes: Uint16Array
  keyBytes: Uint8Array
  keyStart: Uint32Array
  keyWordStart: Uint32Array
  keyWords: Uint32Array
  keyDeleteStart: Uint32Array
  keyDeletes: Uint16Array
  bigramStart: Uint32Array
  bigramSecond: Uint32Array
  bigramLog: Uint8Array
  /** Words whose written form is neither lower-case, Capitalised nor CAPITALS (McDonald): sorted ids. */
  displayWord: Uint32Array
  displayStart: Uint32Array
  displayBytes: Uint8Array
  /** Bit k set when the word holds the k-th letter; bit 26 for the apostrophe, 27 for any other byte. */
  letters: Uint32Array
  table: Uint32Array
}

export const NO_WORD = 0xffffffff
export const FREQUENCY_STEP = 14

export function letterBit(byte: number): number {
  return byte >= 97 && byte <= 122 ? 1 << (byte - 97) : byte === 39 ? 1 << 26 : 1 << 27
}

/** Counts become starts; a count of 255 in bytes is the next of `overflow`. */
function sums(counts: Uint8Array | Uint16Array, overflow: Uint32Array, out: Uint32Array): void {
  const inBytes = counts.BYTES_PER_ELEMENT === 1
  let at = 0
  let next = 0
  for (let i = 0; i < counts.length; i++) {
    out[i] = at
    const count = counts[i]!
    at += inBytes && count === 255 ? overflow[next++]! : count
  }
  out[counts.length] = at
}

export function openLexicon(shared: SharedLexicon): Lexicon {
  const u8 = (name: SectionName) => new Uint8Array(shared.buffer, ...shared.sections[name])
  const u16 = (name: SectionName) =>
    new Uint16Array(shared.buffer, shared.sections[name][0], shared.sections[name][1] / 2)
  const u32 = (name: SectionName) =>
    new Uint32Array(shared.buffer, shared.sections[name][0], shared.sections[name][1] / 4)
  const wordStart = u32('wordStart')
  return {
    stamp: shared.stamp,
    words: wordStart.length - 1,
    wordStart,
    wordBytes: u8('wordBytes'),
    frequency: u8('frequency'),
    bookFrequency: u8('bookFrequency'),
    flags: u16('flags'),
    twin: u32('twin'),
    prefixStart: u32('prefixStart'),
    deleteStart: u32('deleteStart'),
    deletes: u16('deletes'),
    keyBytes: u8('keyBytes'),
    keyStart: u32('keyStart'),
    keyWordStart: u32('keyWordStart'),
    keyWords: u32('keyWords'),
    keyDeleteStart: u32('keyDeleteStart'),
    keyDeletes: u16('keyDeletes'),
    bigramStart: u32('bigramStart'),
    bigramSecond: u32('bigramSecond'),
    bigramLog: u8('bigramLog'),
    displayWord: u32('displayWord'),
    displayStart: u32('displayStart'),
    displayBytes: u8('displayBytes'),
    letters: u32('letters'),
    table: u32('table'),
  }
}

/** Throws when the file is missing or of another format. Reads about 8 MB; 50 ms measured. */
export function loadLexicon(
  path: string | URL = new URL('../lexicon/en.bin', import.meta.url),
): SharedLexicon {
  const file = readFileSync(path)
  if (file.readUInt32LE(0) !== MAGIC || file.readUInt32LE(4) !== LEXICON_FORMAT)
    throw new Error(
      `${String(path)} is not a lexicon of format ${LEXICON_FORMAT}: run scripts/build-lexicon.ts`,
    )
  const headerLength = file.readUInt32LE(8)
  const header = JSON.parse(file.toString('utf8', 12, 12 + headerLength)) as FileHeader
  const body = (12 + headerLength + 7) & ~7

  const length = (name: SectionName) => header.sections[name]?.[1] ?? 0
  const words = length('wordStart') / 4 - 1
  let tableSize = 1
  while (tableSize < words * 2) tableSize *= 2
  const derived: Partial<Record<SectionName, number>> = {
    deleteStart: (length('deleteCount') + 1) * 4,
    keyDeleteStart: (length('keyDeleteCount') + 1) * 4,
    bigramStart: (length('bigramCount') / 2 + 1) * 4,
    letters: words * 4,
    table: tableSize * 4,
  }
  const sections = {} as SharedLexicon['sections']
  let end = (file.length - body + 7) & ~7
  for (const name of Object.keys(SECTIONS) as SectionName[]) {
    const inFile = header.sections[name]
    if (inFile !== undefined) sections[name] = inFile
    else {
      const bytes = derived[name]
      if (bytes === undefined) throw new Error(`lexicon without section ${name}`)
      sections[name] = [end, bytes]
      end = (end + bytes + 7) & ~7
    }
  }
  const buffer = new SharedArrayBuffer(end)
  new Uint8Array(buffer).set(file.subarray(body))
  const shared: SharedLexicon = { stamp: header.stamp, buffer, sections }
  derive(shared)
  return shared
}

function derive(shared: SharedLexicon): void {
  const lexicon = openLexicon(shared)
  const bytes = (name: SectionName) => new Uint8Array(shared.buffer, ...shared.sections[name])
  const overflow = (name: SectionName) =>
    new Uint32Array(shared.buffer, shared.sections[name][0], shared.sections[name][1] / 4)
  sums(bytes('deleteCount'), overflow('deleteOverflow'), lexicon.deleteStart)
  sums(bytes('keyDeleteCount'), overflow('keyDeleteOverflow'), lexicon.keyDeleteStart)
  const [pairs, pairBytes] = shared.sections.bigramCount
  sums(new Uint16Array(shared.buffer, pairs, pairBytes / 2), new Uint32Array(0), lexicon.bigramStart)
  const { wordBytes, wordStart, letters, table } = lexicon
  const mask = table.length - 1
  for (let id = 0; id < lexicon.words; id++) {
    const start = wordStart[id]!
    const end = wordStart[id + 1]!
    let bits = 0
    for (let i = start; i < end; i++) bits |= letterBit(wordBytes[i]!)
    letters[id] = bits
    let slot = hashBytes(wordBytes, start, end) & mask
    while (table[slot] !== 0) slot = (slot + 1) & mask
    table[slot] = id + 1
  }
}

/** The id of the word whose bytes are given, or NO_WORD. */
export function findBytes(lexicon: Lexicon, bytes: Uint8Array, length: number): number {
  const { table, wordBytes, wordStart } = lexicon
  const mask = table.length - 1
  let slot = hashBytes(bytes, 0, length) & mask
  for (;;) {
    const entry = table[slot]!
    if (entry === 0) return NO_WORD
    const start = wordStart[entry - 1]!
    if (wordStart[entry]! - start === length) {
      let same = 0
      while (same < length && wordBytes[start + same] === bytes[same]) same++
      if (same === length) return entry - 1
    }
    slot = (slot + 1) & mask
  }
}

const LONGEST = 64
const scratch = new Uint8Array(LONGEST)

/** The id of a lower-case word, or NO_WORD; words that are long or not Latin-1 are never found. */
export function findWord(lexicon: Lexicon, word: string): number {
  const length = word.length
  if (length === 0 || length > LONGEST) return NO_WORD
  for (let i = 0; i < length; i++) {
    const code = word.charCodeAt(i)
    if (code > 255) return NO_WORD
    scratch[i] = code
  }
  return findBytes(lexicon, scratch, length)
}

/** The lower-case word with this id. */
export function wordAt(lexicon: Lexicon, id: number): string {
  let word = ''
  for (let i = lexicon.wordStart[id]!; i < lexicon.wordStart[id + 1]!; i++)
    word += String.fromCharCode(lexicon.wordBytes[i]!)
  return word
}

/** The word as it is written: Paris, NATO, McDonald, house. */
export function writtenForm(lexicon: Lexicon, id: number): string {
  const word = wordAt(lexicon, id)
  const flags = lexicon.flags[id]!
  if ((flags & FLAG.abbreviation) !== 0) return word.toUpperCase()
  if ((flags & FLAG.name) === 0) return word
  const { displayWord, displayStart, displayBytes } = lexicon
  let low = 0
  let high = displayWord.length
  while (low < high) {
    const middle = (low + high) >> 1
    if (displayWord[middle]! < id) low = middle + 1
    else high = middle
  }
  if (displayWord[low] !== id) return word[0]!.toUpperCase() + word.slice(1)
  let form = ''
  for (let i = displayStart[low]!; i < displayStart[low + 1]!; i++)
    form += String.fromCharCode(displayBytes[i]!)
  return form
}

/** ln of the count of the pair, or undefined when the list does not hold it. */
export function bigramLog(lexicon: Lexicon, first: number, second: number): number | undefined {
  const { bigramStart, bigramSecond } = lexicon
  let low = bigramStart[first]!
  const end = bigramStart[first + 1]!
  let high = end
  while (low < high) {
    const middle = (low + high) >> 1
    if (bigramSecond[middle]! < second) low = middle + 1
    else high = middle
  }
  return low < end && bigramSecond[low] === second
    ? lexicon.bigramLog[low]! / BIGRAM_STEP + BIGRAM_FLOOR
    : undefined
}

/** The rarest pair in the list occurs 6.4 million times: ln is 15.7. */
export const BIGRAM_FLOOR = 15.5
export const BIGRAM_STEP = 22
/** ln of the running words behind the pairs, from P("of the") ≈ 0.7 %. */
export const BIGRAM_TOTAL = Math.log(2.2e13)
