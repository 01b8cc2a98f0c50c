/**
 * Leaves out what stands at the top or bottom of page after page: running heads and page numbers.
 * From: the observation that they repeat at one height, with nothing but their digits changed.
 * Does not promise: heads of a file of one page, except its own page number in the margin.
 */
import type { Line } from './pdf-lines.ts'
import type { Page } from './pdf-paragraphs.ts'

/** Lines looked at from each end of a page. */
const OUTER = 3
const HEIGHT_TOLERANCE = 4
/** Share of the page's height above and below which no text of a paragraph stands. */
const MARGIN = 0.08
/** Within this share repeating lines are heads; a refrain further in is the author's. */
const ZONE = 0.14

const pattern = (line: Line) => line.text.replace(/\d+/g, '#').toLowerCase()

/** Digits, "Page 3 of 9", "- 3 -", "[3]", "iv". */
const PAGE_NUMBER =
  /^(?:(?:page|p\.|pg\.?|seite|side|sida|página|pagina)\s*)?[-–—[(]?\s*(\d{1,4}|[ivxl]{1,6})\s*[-–—\])]?(?:\s*(?:of|\/|von|av|de|sur)\s*\d{1,4})?$/i

/** "Smith 3": a name and the number of the page, as style guides ask for at the top. */
const NAME_AND_NUMBER = /^(?:\p{Lu}[\p{L}’'-]*\s+){1,3}(\d{1,4})$/u

interface Outer {
  line: Line
  page: number
  edge: 'top' | 'bottom'
}

function outerLines(pages: Page[]): Outer[] {
  return pages.flatMap(({ lines, height }, page) => {
    const byHeight = lines.filter((line) => line.upright).sort((a, b) => b.base - a.base)
    const top = byHeight.slice(0, OUTER).filter((line) => line.base > height * (1 - ZONE))
    const bottom = byHeight.slice(-OUTER).filter((line) => line.base < height * ZONE)
    return [
      ...top.map((line) => ({ line, page, edge: 'top' as const })),
      ...bottom.map((line) => ({ line, page, edge: 'bottom' as const })),
    ]
  })
}

export function withoutRunningHeads(pages: Page[]): Page[] {
  const outer = outerLines(pages)
  const heads = new Set<Line>()
  const groups = new Map<string, Outer[]>()
  for (const one of outer) {
    const key = `${one.edge} ${pattern(one.line)}`
    groups.set(key, [...(groups.get(key) ?? []), one])
  }
  for (const group of groups.values()) {
    for (const one of group) {
      const alike = group.filter((other) => Math.abs(other.line.base - one.line.base) <= HEIGHT_TOLERANCE)
      const onPages = new Set(alike.map((other) => other.page)).size
      // Left and right pages may differ: a third of the pages is enough, of at least two.
      if (onPages >= 2 && onPages >= pages.length / 3) heads.add(one.line)
    }
  }
  for (const { line, page, edge } of outer) {
    const margin = pages[page]!.height * MARGIN
    const inMargin = edge === 'bottom' ? line.base < margin : line.base > pages[page]!.height - margin
    const number = PAGE_NUMBER.exec(line.text)?.[1] ?? NAME_AND_NUMBER.exec(line.text)?.[1]
    if (inMargin && number === String(page + 1)) heads.add(line)
  }
  const rest = pages.map((page) => ({ ...page, lines: page.lines.filter((line) => !heads.has(line)) }))
  return rest.some((page) => page.lines.length > 0) ? rest : pages
}
