/**
 * From the lines of all pages to paragraphs: running heads out, broken words whole, drop caps with their word.
 * From: typography as word processors set it: leading, indents, ragged last lines; hyphens as pdftotext joins them.
 * Does not promise: the author's paragraphs where a page marks them by nothing.
 */
import { needsNoSpace, type Line } from './pdf-lines.ts'
import { withoutRunningHeads } from './pdf-heads.ts'

export interface Page {
  lines: Line[]
  height: number
}

interface Measure {
  /** Usual distance of two baselines. */
  leading: number
  /** Right end of full lines. */
  right: number
}

function median(numbers: number[]): number {
  const sorted = [...numbers].sort((a, b) => a - b)
  return sorted[sorted.length >> 1] ?? 0
}

function measure(lines: Line[]): Measure {
  const gaps: number[] = []
  for (let i = 1; i < lines.length; i++) {
    const gap = lines[i - 1]!.base - lines[i]!.base
    if (gap > 0 && gap < 3 * lines[i]!.size && Math.abs(lines[i]!.size - lines[i - 1]!.size) < 1)
      gaps.push(gap)
  }
  const rights = lines.map((line) => line.right).sort((a, b) => a - b)
  return {
    leading: median(gaps) || median(lines.map((line) => line.size)) * 1.2,
    right: rights[Math.floor(rights.length * 0.9)] ?? 0,
  }
}

const ENDS_SENTENCE = /[.!?…:]["'”’»)\]]*$/
const LOWER = /^["'“‘«(]*\p{Ll}/u
const LIST_MARK = /^(?:[•●◦▪■–—*·‣-]|\(?(?:\d{1,3}|[a-z]|[ivx]{1,5})[.)])\s/

const CAP = /^["'“‘«]?\p{L}{1,2}$/u

/** The first of the lines that stand right beside a very large letter; it may have been drawn before or after it. */
function besideDropCap(cap: Line, lines: Line[]): Line | undefined {
  if (!CAP.test(cap.text)) return undefined
  let first: Line | undefined
  for (const line of lines) {
    const beside = line.left >= cap.right - line.size * 0.5 && line.left < cap.right + line.size * 2
    const within = line.base >= cap.base - cap.size * 0.2 && line.base <= cap.base + cap.size
    if (
      line !== cap &&
      beside &&
      within &&
      cap.size > line.size * 1.7 &&
      line.base > (first?.base ?? -Infinity)
    )
      first = line
  }
  return first && /^\p{L}/u.test(first.text) ? first : undefined
}

function joinDropCaps(lines: Line[]): Line[] {
  const capOf = new Map<Line, Line>()
  const caps = new Set<Line>()
  for (const line of lines) {
    const beside = besideDropCap(line, lines)
    if (!beside || capOf.has(beside)) continue
    capOf.set(beside, line)
    caps.add(line)
  }
  if (caps.size === 0) return lines
  return lines.flatMap((line, i) => {
    if (caps.has(line)) return []
    const cap = capOf.get(line)
    if (!cap) return line
    // "A time" against "And then": a space at the start pushes the first line behind the second.
    const second = lines[i + 1]
    const apart =
      second && second.left >= cap.right - second.size && line.left - second.left > line.size * 0.12
    return { ...line, text: cap.text + (apart ? ' ' : '') + line.text, left: cap.left }
  })
}

const isBrokenCapitals = (before: string, line: string) =>
  /\p{Lu}{2}-$/u.test(before) && /^\p{Lu}{2}/u.test(line)

function startsParagraph(before: Line, line: Line, m: Measure, samePage: boolean): boolean {
  if (Math.abs(line.size - before.size) > Math.max(line.size, before.size) * 0.12) return true
  if (!line.upright || !before.upright) return true
  if (line.note || LIST_MARK.test(line.text)) return true
  if (BROKEN.test(before.text) && (LOWER.test(line.text) || isBrokenCapitals(before.text, line.text)))
    return false
  const gap = before.base - line.base
  const full = before.right > m.right - 0.12 * Math.max(1, m.right - before.left)
  if (!samePage || gap <= 0) {
    // A new column or page: the sentence decides.
    return ENDS_SENTENCE.test(before.text)
      ? !LOWER.test(line.text) && (!full || line.left > before.left + line.size * 0.8)
      : !LOWER.test(line.text) && !full
  }
  if (gap > m.leading * 1.3 && gap > line.size * 1.25) return true
  const indented = line.left - before.left
  if (indented > line.size * 0.8 && indented < line.size * 6) return !LOWER.test(line.text)
  return !full && ENDS_SENTENCE.test(before.text)
}

/** Words that stand with a hyphen inside a line: there the hyphen is the author's. */
function hyphenated(pages: Page[]): Set<string> {
  const found = new Set<string>()
  for (const { lines } of pages) {
    for (const { text } of lines) {
      if (text.includes('-'))
        for (const word of text.match(/\p{L}+-\p{L}+/gu) ?? []) found.add(word.toLowerCase())
    }
  }
  return found
}

const BROKEN = /(\p{L}[\p{L}\p{M}]*)[-\u00ad\u2010]$/u
/** "mother-in-" goes on with a hyphen; "case-insensi-" is a word with a hyphen that was broken once more. */
const LITTLE_WORD = /-(?:a|an|and|as|at|by|for|from|in|la|le|of|off|on|or|out|over|the|to|up|with)-$/iu
const CONTINUED = /^\p{Ll}[\p{L}\p{M}]*/u

function join(before: string, line: string, kept: Set<string>): string {
  const broken = BROKEN.exec(before)
  if (!broken) return needsNoSpace(before, line) ? before + line : `${before} ${line}`
  const rest = CONTINUED.exec(line)
  if (rest) {
    const isAuthors = kept.has(`${broken[1]}-${rest[0]}`.toLowerCase()) || LITTLE_WORD.test(before)
    return isAuthors ? before + line : before.slice(0, -1) + line
  }
  if (isBrokenCapitals(before, line)) return before.slice(0, -1) + line
  // "Anglo-" and "Saxon", "pre-" and "1914"; a dash before a space would be " -".
  return /^[\p{L}\p{N}]/u.test(line) ? before + line : `${before} ${line}`
}

/** Notes stand at the foot of their pages; they follow the text, as in every other format. */
function splitNotes(lines: Line[], bodySize: number): { body: Line[]; notes: Line[] } {
  const first = lines.findIndex((line) => line.note && line.size < bodySize * 0.95)
  if (first < 0) return { body: lines, notes: [] }
  const from = lines[first]!.base + 1
  const isNote = (line: Line, i: number) => i >= first && line.base < from && line.size < bodySize * 0.95
  return { body: lines.filter((l, i) => !isNote(l, i)), notes: lines.filter(isNote) }
}

/** The size most letters have. */
function usualSize(pages: Page[]): number {
  const letters = new Map<number, number>()
  for (const { lines } of pages) {
    for (const { size, text } of lines) {
      const key = Math.round(size * 2) / 2
      letters.set(key, (letters.get(key) ?? 0) + text.length)
    }
  }
  return [...letters].reduce((most, one) => (one[1] > most[1] ? one : most), [0, 0])[0]
}

function joinLines(pages: Line[][], kept: Set<string>): string[] {
  const paragraphs: string[] = []
  let before: Line | undefined
  for (const lines of pages) {
    const m = measure(lines)
    let samePage = false
    for (const line of lines) {
      if (before === undefined || startsParagraph(before, line, m, samePage)) paragraphs.push(line.text)
      else paragraphs[paragraphs.length - 1] = join(paragraphs.at(-1)!, line.text, kept)
      before = line
      samePage = true
    }
  }
  return paragraphs
}

export function joinPages(all: Page[]): string {
  const pages = withoutRunningHeads(all)
  const kept = hyphenated(pages)
  const bodySize = usualSize(pages)
  const parts = pages.map((page) => splitNotes(joinDropCaps(page.lines), bodySize))
  const body = joinLines(
    parts.map((part) => part.body),
    kept,
  )
  const notes = joinLines(
    parts.map((part) => part.notes),
    kept,
  )
  return [...body, ...notes].join('\n\n')
}
