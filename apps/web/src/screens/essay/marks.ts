// Rule: findings are numbered 1, 2, 3 and hints lettered a, b, c in the order of the text, as on paper; names have
// keys n1, n2 and no label. Paragraphs are what line breaks make; an endless one is cut at a space.
// From: the offsets in the essay, which are UTF-16 units.
// Not promised: that a key means the same after the essay is checked again.
import type { EssayResult } from '#contracts/results.ts'
import type { FindingKind } from '#contracts/spelling.ts'

export const layers = ['spelling', 'names', 'hints'] as const
export type Layer = (typeof layers)[number]

/** One place of the text that something is said about. */
export interface Mark {
  /** Names it in the URL: "3", "c", "n2". */
  key: string
  /** Behind the marked words: "3", "c", or nothing. */
  label: string
  layer: Layer
  kind: FindingKind | 'hint'
  start: number
  end: number
  words: string
  /** Of a hint: what it says. */
  message: string | null
  suggestions: readonly string[]
}

/** 1 → a, 26 → z, 27 → aa. */
function letterOf(number: number): string {
  let letters = ''
  for (let n = number; n > 0; n = Math.floor((n - 1) / 26))
    letters = String.fromCharCode(97 + ((n - 1) % 26)) + letters
  return letters
}

/** Every mark of an essay, in the order of the text. */
export function listMarks({ text = '', spelling, language }: EssayResult): Mark[] {
  const order = (a: { start: number; end: number }, b: { start: number; end: number }): number =>
    a.start - b.start || a.end - b.end
  const findings = (spelling.findings ?? []).toSorted(order)
  const spelt = findings.filter((finding) => finding.kind !== 'name')
  const names = findings.filter((finding) => finding.kind === 'name')
  return [
    ...spelt.map((finding, i): Mark => ({
      ...finding,
      key: String(i + 1),
      label: String(i + 1),
      layer: 'spelling',
      words: finding.text,
      message: null,
    })),
    ...names.map((finding, i): Mark => ({
      ...finding,
      key: `n${i + 1}`,
      label: '',
      layer: 'names',
      words: finding.text,
      message: null,
    })),
    ...(language.hints ?? []).toSorted(order).map(({ start, end, message, suggestions }, i): Mark => ({
      key: letterOf(i + 1),
      label: letterOf(i + 1),
      layer: 'hints',
      kind: 'hint',
      start,
      end,
      words: text.slice(start, end),
      message,
      suggestions,
    })),
  ].sort(order)
}

/** A stretch of a paragraph that the same marks cover. */
export interface Piece {
  start: number
  end: number
  marks: readonly Mark[]
  /** Those that end here: their labels follow. */
  ended: readonly Mark[]
}

/** Paragraphs that are drawn together; together they are some thousand characters. */
export interface Section {
  start: number
  end: number
  paragraphs: readonly (readonly Piece[])[]
}

const longestParagraph = 8000
const sectionLength = 6000

/** Where paragraphs begin and end; empty lines are left out. */
function* paragraphsOf(text: string): Generator<[start: number, end: number]> {
  for (let start = 0; start < text.length;) {
    const lineBreak = text.indexOf('\n', start)
    const lineEnd = lineBreak < 0 ? text.length : lineBreak
    let end = lineEnd
    if (end - start > longestParagraph) {
      const space = text.lastIndexOf(' ', start + longestParagraph)
      end = space > start ? space : start + longestParagraph
    }
    if (text.slice(start, end).trim() !== '') yield [start, end]
    start = end === lineEnd ? end + 1 : end
  }
}

/** The text cut so that each piece is covered by the same marks throughout. `marks` in the order of the text. */
export function cutText(text: string, marks: readonly Mark[]): Section[] {
  const sections: { start: number; end: number; paragraphs: Piece[][] }[] = []
  let next = 0
  let open: Mark[] = []
  for (const [start, end] of paragraphsOf(text)) {
    while (next < marks.length && marks[next]!.start < end) open.push(marks[next++]!)
    open = open.filter((mark) => mark.end > start)
    const pieces = cutParagraph(
      start,
      end,
      open.filter((mark) => mark.start < end),
    )
    const last = sections.at(-1)
    if (last && last.end - last.start < sectionLength) {
      last.paragraphs.push(pieces)
      last.end = end
    } else sections.push({ start, end, paragraphs: [pieces] })
  }
  return sections
}

function cutParagraph(start: number, end: number, marks: readonly Mark[]): Piece[] {
  const cuts = new Set([start, end])
  for (const mark of marks) {
    cuts.add(Math.max(start, mark.start))
    cuts.add(Math.min(end, mark.end))
  }
  const places = [...cuts].sort((a, b) => a - b)
  return places.slice(0, -1).map((from, i) => {
    const to = places[i + 1]!
    return {
      start: from,
      end: to,
      marks: marks.filter((mark) => mark.start <= from && mark.end >= to),
      ended: marks.filter((mark) => mark.end === to),
    }
  })
}
