/**
 * The text of an rtf file, read once from front to back; pictures and tables of fonts are jumped over.
 * From: Microsoft, Rich Text Format Specification 1.9.1.
 * Does not promise: fields that need computing, or formulas.
 */
import { failures, refuse } from './failures.ts'
import type { ReadingLimits } from './reading.ts'
import { RtfText } from './rtf-text.ts'

const OPEN = 0x7b
const CLOSE = 0x7d
const ESCAPE = 0x5c

const isLetter = (b: number) => (b >= 0x61 && b <= 0x7a) || (b >= 0x41 && b <= 0x5a)
const isDigit = (b: number) => b >= 0x30 && b <= 0x39
const hex = (b: number) =>
  isDigit(b) ? b - 0x30 : (b | 0x20) >= 0x61 && (b | 0x20) <= 0x66 ? (b | 0x20) - 0x57 : -1

export function readRtf(bytes: Buffer, limits: ReadingLimits): string {
  const text = new RtfText(limits)
  const end = bytes.length
  let depth = 0
  let i = bytes.indexOf(OPEN)
  while (i < end) {
    const b = bytes[i]!
    if (b === OPEN) {
      if (++depth > limits.nesting)
        refuse(failures.damaged(`it is nested more than ${limits.nesting} levels deep`))
      text.openGroup()
      i++
    } else if (b === CLOSE) {
      depth--
      i++
      text.closeGroup()
      // What follows the last brace is no part of the text.
      if (depth === 0) break
    } else if (b === ESCAPE) {
      i = readEscape(bytes, i + 1, text)
      // A picture's megabytes are not looked at: on to the end of its group, whose brace the loop then meets.
      if (text.skipping) i = skipGroup(bytes, i)
    } else {
      // Line ends in the source mean nothing.
      if (b !== 0x0a && b !== 0x0d && b !== 0) text.byte(b)
      i++
    }
  }
  if (depth > 0) refuse(failures.damaged('it ends before its content does'))
  return text.finish()
}

/** From behind the backslash to the next thing to read. */
function readEscape(bytes: Buffer, at: number, text: RtfText): number {
  const b = bytes[at] ?? 0
  if (!isLetter(b)) {
    if (b !== 0x27) {
      text.symbol(String.fromCharCode(b))
      return at + 1
    }
    const code = hex(bytes[at + 1] ?? 0) * 16 + hex(bytes[at + 2] ?? 0)
    if (code >= 0) text.byte(code)
    return at + 3
  }
  let i = at
  while (i < bytes.length && i - at < 32 && isLetter(bytes[i]!)) i++
  const word = bytes.toString('latin1', at, i)
  const negative = bytes[i] === 0x2d && isDigit(bytes[i + 1] ?? 0)
  if (negative) i++
  let parameter: number | undefined
  for (let digits = 0; i < bytes.length && digits < 10 && isDigit(bytes[i]!); i++, digits++) {
    parameter = (parameter ?? 0) * 10 + bytes[i]! - 0x30
  }
  if (bytes[i] === 0x20) i++
  if (negative) parameter = -parameter!
  if (word === 'bin') return i + Math.max(0, parameter ?? 0)
  text.word(word, parameter)
  return i
}

/** The place of the brace that ends the group around `from`. */
function skipGroup(bytes: Buffer, from: number): number {
  let depth = 0
  for (let i = from; i < bytes.length; i++) {
    const b = bytes[i]!
    if (b === OPEN) depth++
    else if (b === CLOSE) {
      if (depth-- === 0) return i
    } else if (b === ESCAPE) {
      if (
        bytes[i + 1] === 0x62 &&
        bytes.toString('latin1', i + 1, i + 4) === 'bin' &&
        isDigit(bytes[i + 4] ?? 0)
      ) {
        let n = 0
        for (i += 4; isDigit(bytes[i] ?? 0); i++) n = Math.min(bytes.length, n * 10 + bytes[i]! - 0x30)
        i += n
      } else i++
    }
  }
  return bytes.length
}
