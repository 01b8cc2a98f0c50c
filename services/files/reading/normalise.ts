/**
 * The last step of every reader: NFC, one kind of line end, nothing invisible inside words, and an end to size.
 * From: Unicode UAX #15; the specification's list of bad input.
 * Does not promise: to repair spelling, quotes or spacing; those are the student's.
 */
import { failures, refuse } from './failures.ts'
import type { ReadingLimits, ReadingRemark } from './reading.ts'
import { countWords } from './words.ts'

export interface NormalText {
  text: string
  words: number
  remarks: ReadingRemark[]
}

// Soft hyphen, zero-width space, word joiner and byte-order mark show nothing and split words for every later check.
// Zero-width joiner and non-joiner stay: emoji and Persian need them.
// oxlint-disable-next-line no-misleading-character-class
const INVISIBLE = /[\u00ad\u200b\u2060\ufeff]/g
// oxlint-disable-next-line no-control-regex
const CONTROL = /[\u0000-\u0008\u000e-\u001f\u007f-\u0084\u0086-\u009f]/g
// oxlint-disable-next-line no-control-regex
const LINE_END = /\r\n?|[\u0085\u2028\u000b]/g
const PARAGRAPH_END = /[\u2029\f]/g
const WIDE_SPACE = /[\u00a0\u2007\u202f]/g
const HYPHEN = /[\u2010\u2011]/g
const PRIVATE = /[\ue000-\uf8ff\u{f0000}-\u{ffffd}\u{100000}-\u{10fffd}]/gu
const UNUSUAL = /[^\t\n -~]/
const VISIBLE = /[^\s\p{C}\ufffd]/u

export function normaliseText(raw: string, limits: ReadingLimits): NormalText {
  // One UTF-16 unit is at least one byte; anything longer than this is refused before it is copied eight times.
  if (raw.length > limits.textBytes) refuse(failures.tooMuchText(limits.textBytes))
  const remarks: ReadingRemark[] = []
  let text = raw
  if (UNUSUAL.test(text)) {
    if (!text.isWellFormed()) {
      remarks.push({
        code: 'replaced-characters',
        message: 'Some characters were cut in half; each is shown as \ufffd.',
      })
      text = text.toWellFormed()
    }
    text = text
      .replace(LINE_END, '\n')
      .replace(PARAGRAPH_END, '\n\n')
      .replace(CONTROL, '')
      .replace(INVISIBLE, '')
      .replace(WIDE_SPACE, ' ')
      .replace(HYPHEN, '-')
      .normalize('NFC')
  }
  // By lines, not by a pattern: /[ \t]+$/ takes quadratic time on a megabyte of spaces.
  text = text
    .split('\n')
    .map((line) => line.trimEnd())
    .join('\n')
    .replace(/\n{3,}/g, '\n\n')
    .replace(/^\n+/, '')
    .trimEnd()
  if (Buffer.byteLength(text) > limits.textBytes) refuse(failures.tooMuchText(limits.textBytes))
  if (!VISIBLE.test(text)) refuseTextless(text)
  return { text, words: countWords(text), remarks }
}

function refuseTextless(text: string): never {
  if (text === '') refuse(failures.noText('The file holds no text.'))
  if (text.match(PRIVATE)) {
    refuse(
      failures.noText(
        'Its letters are private-use characters, which only its own font can show; none is text.',
      ),
    )
  }
  refuse(failures.noText('No character in it could be read as text.'))
}
