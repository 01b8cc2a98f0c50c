// Divides a text into blocks (paragraphs, short lines, lists) by its line breaks.
// Own rule: a line is joined to the next when the next word would not have fitted, or starts in lower case.
// Does not promise to see indentation, columns or tables; those are for whoever reads the file.

/** UTF-16 offsets into the text, end exclusive. */
export interface Range {
  readonly start: number
  readonly end: number
}

/**
 * A `line` is a short line without a final stop: a heading, a salutation, a signature. Units are the
 * stretches within which only punctuation can end a sentence; a list has one for each item.
 */
export interface Block extends Range {
  readonly kind: 'paragraph' | 'line' | 'list'
  readonly units: readonly Range[]
}

interface Line extends Range {
  readonly text: string
  readonly item: boolean
  /** True when a blank line stands before this one. */
  readonly apart: boolean
}

const LINE = /[^\n\r\v\f\u0085\u2028\u2029]+|\r\n|[\n\r\v\f\u0085\u2028\u2029]/g
const MARKER = /^(?:[-*+•‣◦▪●○–—·]|\(?\d{1,2}[.)]|\(?[a-z]\)|\(?[ivx]{1,4}\))(?=\s+\S)/i
const ENDS_SENTENCE = /[\p{Sentence_Terminal}…][\p{Pe}\p{Pf}"'’*_]*$/u
const LOWER_START = /^["'“‘(]?\p{Ll}/u
const FIRST_WORD = /^\S{1,40}/

/** Beyond this many words a line without a final stop is a paragraph whose stop was forgotten. */
const SHORT_LINE_WORDS = 12

/** Where the mark of a list item ends and its words begin: past "-", "2." or "(b)". */
export const markerEnd = (text: string, unit: Range): number =>
  unit.start + (MARKER.exec(text.slice(unit.start, Math.min(unit.end, unit.start + 20)))?.[0].length ?? 0)

function readLines(text: string): Line[] {
  const lines: Line[] = []
  let newlines = 0
  for (const match of text.matchAll(LINE)) {
    const raw = match[0]
    const content = raw.trim()
    if (content === '') {
      if (/[\n\r\v\f\u0085\u2028\u2029]/.test(raw)) newlines++
      continue
    }
    const start = match.index + raw.length - raw.trimStart().length
    const apart = newlines > 1 && lines.length > 0
    lines.push({ start, end: start + content.length, text: content, item: MARKER.test(content), apart })
    newlines = 0
  }
  return lines
}

/**
 * The width at which the text was wrapped by hand or by a printer, in UTF-16 units; 0 when it was not.
 * Evidence is a line without a final stop that goes on in lower case: at least three, and a quarter of
 * all line ends.
 */
function wrapWidth(lines: readonly Line[]): number {
  let joints = 0
  let wraps = 0
  let width = 0
  for (let i = 1; i < lines.length; i++) {
    const line = lines[i]!
    const before = lines[i - 1]!
    width = Math.max(width, before.text.length)
    if (line.apart || line.item) continue
    joints++
    if (!ENDS_SENTENCE.test(before.text.slice(-8)) && LOWER_START.test(line.text)) wraps++
  }
  return wraps >= 3 && wraps * 4 >= joints && width >= 30 && width <= 160 ? width : 0
}

function continues(before: Line, line: Line, width: number): boolean {
  if (line.apart || line.item) return false
  const open = !ENDS_SENTENCE.test(before.text.slice(-8))
  if (open && LOWER_START.test(line.text)) return true
  const firstWord = FIRST_WORD.exec(line.text)?.[0].length ?? 0
  return width > 0 && before.text.length + 1 + firstWord > width
}

function isShortLine(text: string, range: Range): boolean {
  if (range.end - range.start > 120) return false
  const content = text.slice(range.start, range.end)
  return !ENDS_SENTENCE.test(content.slice(-8)) && content.split(/\s+/).length <= SHORT_LINE_WORDS
}

/** Blocks in order; every character that is not white space lies in exactly one unit of one block. */
export function findBlocks(text: string): Block[] {
  const lines = readLines(text)
  const width = wrapWidth(lines)
  const blocks: { start: number; end: number; kind: Block['kind']; units: Range[]; apart: boolean }[] = []
  let before: Line | undefined
  for (const line of lines) {
    const block = blocks.at(-1)
    if (block && before && continues(before, line, width)) {
      const unit = block.units.at(-1)!
      block.units[block.units.length - 1] = { start: unit.start, end: line.end }
      block.end = line.end
    } else if (block?.kind === 'list' && line.item) {
      block.units.push({ start: line.start, end: line.end })
      block.end = line.end
    } else {
      const kind = line.item ? 'list' : 'paragraph'
      const units = [{ start: line.start, end: line.end }]
      blocks.push({ start: line.start, end: line.end, kind, units, apart: line.apart })
    }
    before = line
  }
  const short = blocks.map((block) => block.kind === 'paragraph' && isShortLine(text, block))
  // A text of nothing but short lines is verse or notes: each group between blank lines is a paragraph.
  if (short.every((isShort) => isShort)) return mergeGroups(blocks)
  return blocks.map(({ start, end, kind, units }, i) => ({
    start,
    end,
    units,
    kind: short[i] ? 'line' : kind,
  }))
}

function mergeGroups(blocks: readonly (Range & { units: Range[]; apart: boolean })[]): Block[] {
  const merged: { start: number; end: number; kind: 'paragraph'; units: Range[] }[] = []
  for (const { start, end, units, apart } of blocks) {
    const last = merged.at(-1)
    if (last && !apart) {
      last.units.push(...units)
      last.end = end
    } else merged.push({ start, end, kind: 'paragraph', units: [...units] })
  }
  return merged
}
