// Rule: a text is cut where a mark or a paragraph begins or ends; each piece carries every mark that covers it.
// From: offsets in UTF-16 units, end exclusive, as the contracts of spelling and language give them.
// Not promised: a mark that covers nothing but the space between paragraphs has no piece to stand on.

export interface Range {
  start: number
  end: number
}
export interface Piece<Mark> extends Range {
  /** From the outermost to the innermost. */
  marks: Mark[]
  /** Those of them that begin, and that end, with this piece. */
  first: Mark[]
  last: Mark[]
}

/** Blocks of text between blank lines; single line ends stay inside a block. */
export function paragraphsOf(text: string): Range[] {
  const paragraphs: Range[] = []
  let start = 0
  const take = (end: number) => {
    if (text.slice(start, end).trim() !== '') paragraphs.push({ start, end })
  }
  for (const gap of text.matchAll(/(?:[ \t]*\r?\n){2,}/g)) {
    take(gap.index)
    start = gap.index + gap[0].length
  }
  take(text.length)
  return paragraphs
}

const splitsPair = (text: string, at: number): boolean =>
  at > 0 && at < text.length && /^[\ud800-\udbff][\udc00-\udfff]$/.test(text.slice(at - 1, at + 1))

/** The range inside the text, widened where it would cut a character in two; `null` when nothing is left. */
export function fitRange(text: string, { start, end }: Range): Range | null {
  const from = Math.max(0, Math.min(start, text.length))
  const to = Math.max(0, Math.min(end, text.length))
  if (to <= from) return null
  return { start: splitsPair(text, from) ? from - 1 : from, end: splitsPair(text, to) ? to + 1 : to }
}

/** For each paragraph its pieces in order; together they are exactly the paragraph's text. */
export function cutIntoPieces<Mark extends Range>(text: string, marks: readonly Mark[]): Piece<Mark>[][] {
  const fitted = marks
    .flatMap((mark) => {
      const range = fitRange(text, mark)
      return range ? [{ mark, ...range }] : []
    })
    .sort((a, b) => a.start - b.start || b.end - a.end)

  const pieces = paragraphsOf(text).map((paragraph) => {
    const inside = fitted.filter(({ start, end }) => start < paragraph.end && end > paragraph.start)
    const cuts = new Set([paragraph.start, paragraph.end])
    for (const { start, end } of inside) {
      if (start > paragraph.start) cuts.add(start)
      if (end < paragraph.end) cuts.add(end)
    }
    const places = [...cuts].sort((a, b) => a - b)
    return places.slice(1).map((end, i): Piece<Mark> => {
      const start = places[i]!
      const covering = inside.filter((range) => range.start < end && range.end > start)
      return { start, end, marks: covering.map(({ mark }) => mark), first: [], last: [] }
    })
  })

  const firstOf = new Map<Mark, Piece<Mark>>()
  const lastOf = new Map<Mark, Piece<Mark>>()
  for (const piece of pieces.flat())
    for (const mark of piece.marks) {
      if (!firstOf.has(mark)) firstOf.set(mark, piece)
      lastOf.set(mark, piece)
    }
  for (const [mark, piece] of firstOf) piece.first.push(mark)
  for (const [mark, piece] of lastOf) piece.last.push(mark)
  return pieces
}
