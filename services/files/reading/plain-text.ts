/**
 * The text of a txt or md file in whichever of the usual encodings it was saved.
 * From: the Unicode byte-order marks; WHATWG Encoding for UTF-8, UTF-16 and Windows-1252.
 * Does not promise: other 8-bit code pages; a guess is always said in a remark.
 */
import { isUtf8 } from 'node:buffer'
import { failures, refuse } from './failures.ts'
import type { ReadingRemark } from './reading.ts'

export interface DecodedText {
  text: string
  remarks: ReadingRemark[]
}

const SAMPLE = 1 << 16

/** 'le' or 'be' when every second byte of the sample is mostly zero: UTF-16 of a European language, unmarked. */
function unmarkedUtf16(bytes: Buffer): 'le' | 'be' | undefined {
  const n = Math.min(bytes.length, SAMPLE) & ~1
  if (n < 4) return undefined
  let even = 0
  let odd = 0
  for (let i = 0; i < n; i += 2) {
    if (bytes[i] === 0) even++
    if (bytes[i + 1] === 0) odd++
  }
  const half = n / 2
  if (odd > half * 0.4 && even < half * 0.02) return 'le'
  if (even > half * 0.4 && odd < half * 0.02) return 'be'
  return undefined
}

function decodeUtf16(bytes: Buffer, order: 'le' | 'be', marked: boolean): DecodedText {
  const even = bytes.length & ~1
  const swapped = order === 'be' ? Buffer.from(bytes.subarray(0, even)).swap16() : bytes.subarray(0, even)
  const text = swapped.toString('utf16le', marked ? 2 : 0)
  const remarks: ReadingRemark[] = []
  if (!marked) remarks.push(guessed('UTF-16'))
  if (even !== bytes.length) {
    remarks.push({ code: 'cut-off', message: 'The last character is cut in half and was left out.' })
  }
  return { text, remarks }
}

const guessed = (encoding: string): ReadingRemark => ({
  code: 'encoding-guessed',
  message: `The file does not say how its letters are coded; it was read as ${encoding}.`,
})

const replaced = (characters: number): ReadingRemark => ({
  code: 'replaced-characters',
  message: `${characters === 1 ? 'One character' : `${characters} characters`} could not be read; each is shown as \ufffd.`,
})

const strict = new TextDecoder('utf-8', { fatal: true })
const lenient = new TextDecoder('utf-8')

interface Utf8Count {
  good: number
  bad: number
  /** Halves of surrogate pairs written as if they were characters (CESU-8). */
  halves: number
}

function countUtf8(bytes: Buffer): Utf8Count {
  const count: Utf8Count = { good: 0, bad: 0, halves: 0 }
  for (let i = 0; i < bytes.length;) {
    const byte = bytes[i]!
    const length =
      byte < 0x80
        ? 1
        : byte >= 0xc2 && byte < 0xe0
          ? 2
          : byte >= 0xe0 && byte < 0xf0
            ? 3
            : byte >= 0xf0 && byte < 0xf5
              ? 4
              : 0
    let k = 1
    while (k < length && (bytes[i + k]! & 0xc0) === 0x80) k++
    if (length === 0 || k < length) {
      count.bad++
      i++
      continue
    }
    if (byte === 0xed && bytes[i + 1]! >= 0xa0) count.halves++
    else if (length > 1) count.good++
    i += length
  }
  return count
}

function withoutHalves(bytes: Buffer): Buffer {
  const out = Buffer.from(bytes)
  for (let i = 0; i + 2 < out.length; i++) {
    if (out[i] === 0xed && out[i + 1]! >= 0xa0 && (out[i + 2]! & 0xc0) === 0x80) {
      // U+FFFD has three bytes as well.
      out.set([0xef, 0xbf, 0xbd], i)
      i += 2
    }
  }
  return out
}

/** Control characters no text file has; outside UTF-8 the five bytes Windows-1252 leaves free count as such. */
function controlShare(bytes: Buffer): number {
  const n = Math.min(bytes.length, SAMPLE)
  const free = !isUtf8(bytes)
  let strange = 0
  for (let i = 0; i < n; i++) {
    const b = bytes[i]!
    if ((b < 0x20 && b !== 9 && b !== 10 && b !== 12 && b !== 13 && b !== 0x1a) || b === 0x7f) strange++
    else if (free && (b === 0x81 || b === 0x8d || b === 0x8f || b === 0x90 || b === 0x9d)) strange++
  }
  return strange / Math.max(1, n)
}

/** Bytes without any text in them: zero bytes or more than 2 % of other control characters. */
export function looksBinary(bytes: Buffer): boolean {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return false
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return false
  if (unmarkedUtf16(bytes)) return false
  return bytes.subarray(0, SAMPLE).includes(0) || controlShare(bytes) > 0.02
}

export function decodePlainText(bytes: Buffer): DecodedText {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return decodeUtf16(bytes, 'le', true)
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return decodeUtf16(bytes, 'be', true)
  const order = unmarkedUtf16(bytes)
  if (order) return decodeUtf16(bytes, order, false)
  if (looksBinary(bytes)) refuse(failures.undecodable())
  try {
    return { text: strict.decode(bytes), remarks: [] }
  } catch {
    // Not valid as a whole: mostly UTF-8 with some faults, or one byte a letter.
  }
  const { good, bad, halves } = countUtf8(bytes)
  if (good > bad || (bad === 0 && halves > 0)) {
    const text = lenient.decode(halves > 0 ? withoutHalves(bytes) : bytes)
    return { text, remarks: [replaced(bad + halves)] }
  }
  const text = new TextDecoder('windows-1252').decode(bytes)
  return { text, remarks: [guessed('Windows-1252 (Western European)')] }
}
