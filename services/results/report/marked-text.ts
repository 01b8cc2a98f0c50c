import type { FindingKind } from '#contracts/spelling.ts'
import type { ListedFindings } from '../exports/findings.ts'
import { html, type Content, type Html } from './html.ts'
import { cutIntoPieces, type Piece, type Range } from './markup.ts'
import { showText } from './visible.ts'

interface Mark extends Range {
  kind: FindingKind | 'hint'
  /** Number or letter behind the marked words; names have none. */
  label: string
}

/** Ties a mark in the text to its line in the list; the same place ends in `-text`. */
export const keyOf = (slot: number, label: string): string => `e${slot}-${label}`

function marksOf({ spelling, names, hints }: ListedFindings): Mark[] {
  const mark = ({ start, end }: Range, kind: Mark['kind'], label: string): Mark => ({
    start,
    end,
    kind,
    label,
  })
  return [
    ...spelling.map(({ item, label }) => mark(item, item.kind, label)),
    ...names.map(({ item, label }) => mark(item, item.kind, label)),
    ...hints.map(({ item, label }) => mark(item, 'hint', label)),
  ]
}

function labelBehind({ kind, label }: Mark, slot: number): Content {
  if (label === '') return null
  const layer = kind === 'hint' ? 'hint' : 'finding'
  const key = keyOf(slot, label)
  return html`<sup class="${layer}"
    ><a href="#${key}" aria-label="${layer} ${label}" data-pair="${key}">${label}</a></sup
  >`
}

function markedPiece(text: string, piece: Piece<Mark>, slot: number): Html {
  let inner: Content = showText(text.slice(piece.start, piece.end))
  for (const mark of piece.marks.toReversed()) {
    const key = keyOf(slot, mark.label)
    const tie = mark.label !== '' && html` data-pair="${key}"`
    const place = mark.label !== '' && piece.first.includes(mark) && html` id="${key}-text"`
    inner = html`<mark class="mark ${mark.kind}" ${tie}${place}>${inner}</mark>`
  }
  return html`${inner}${piece.last.map((mark) => labelBehind(mark, slot))}`
}

/** The essay as it was written, its paragraphs kept, every finding and hint marked where it stands. */
export function markedText(text: string, listed: ListedFindings, slot: number, lang: string): Html {
  const paragraphs = cutIntoPieces(text, marksOf(listed))
  if (paragraphs.length === 0) return html`<p class="empty">The text is empty.</p>`
  return html`<div class="text" lang="${lang}">
    ${paragraphs.map((pieces) => html`<p dir="auto">${pieces.map((piece) => markedPiece(text, piece, slot))}</p>`)}
  </div>`
}
