/**
 * What a student typed into a form's fields or onto the page with a viewer: no part of the page, but of what was written.
 * From: ISO 32000-1, 12.7 (fields of text and of choice) and 12.5.6.6 (free text); pdftotext prints them too.
 * Does not promise: ticks and buttons, or words in comments that only open when clicked; those are no text.
 */
import type { Line } from './pdf-lines.ts'
import type { PdfAnnotation } from './pdfjs.ts'

const SIZE = 10

function typedText(one: PdfAnnotation): string {
  if (one.hidden) return ''
  if (one.subtype === 'FreeText') return one.contentsObj?.str ?? ''
  if (one.subtype !== 'Widget' || one.password || (one.fieldType !== 'Tx' && one.fieldType !== 'Ch'))
    return ''
  const values: unknown[] = Array.isArray(one.fieldValue) ? one.fieldValue : [one.fieldValue]
  return values.filter((value) => typeof value === 'string').join(', ')
}

/** Each stands behind the last line that is not below it; `bottom` is the height at which the page begins. */
export function withTyped(lines: Line[], annotations: PdfAnnotation[], bottom: number): Line[] {
  const all = [...lines]
  for (const one of annotations) {
    const text = typedText(one).trim()
    const [left = 0, low = 0, right = 0, high = 0] = one.rect ?? []
    if (text === '') continue
    // An upright line could be taken for a head or be run together with its label.
    const line: Line = {
      text,
      left,
      right,
      base: high - bottom - SIZE,
      size: SIZE,
      upright: false,
      note: false,
    }
    const before = all.findLastIndex((other) => other.base >= Math.max(low - bottom, line.base - SIZE / 2))
    all.splice(before + 1, 0, line)
  }
  return all
}
