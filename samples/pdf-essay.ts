import PDFDocument from 'pdfkit'
import { linesOf } from '#platform/testing/documents/blocks.ts'
import type { Source } from './sources.ts'

const margin = 72
const bottom = 752
const top = margin + 16
const gap = 21

/** A printed essay: one or two columns, a running head, page numbers and, where asked, divided words. */
export function pdfOf(source: Source): Promise<Buffer> {
  const pdf = new PDFDocument({ size: 'A4', margin: 0, autoFirstPage: false, info: fixedInfo(source.file) })
  const { columns, hyphenate } = source
  // A single column that divides words leaves a wide margin for the marker's comments.
  const width = columns === 2 ? (451 - gap) / 2 : hyphenate ? 262 : 451
  let page = 0
  let column: number = columns
  let y = bottom
  const nextColumn = () => {
    column += 1
    y = top
    if (column < columns) return
    column = 0
    page += 1
    pdf.addPage().font('Times-Italic', 10)
    if (source.runningHead) pdf.text(source.runningHead, margin, 40, { lineBreak: false })
    pdf.text(`Page ${page}`, 280, 790, { lineBreak: false })
  }
  for (const block of source.blocks) {
    const heading = block.kind === 'heading'
    const font = heading ? 'Times-Bold' : 'Times-Roman'
    const size = heading ? 15 : 12
    const leading = columns === 2 ? 18 : hyphenate ? 21 : 27
    const widthOf = (part: string) => pdf.font(font, size).widthOfString(part)
    for (const text of linesOf([block])) {
      for (const line of breakLines(text, width, widthOf, hyphenate)) {
        if (y + leading > bottom) nextColumn()
        pdf.font(font, size).text(line, margin + column * (width + gap), y, { lineBreak: false })
        y += leading
      }
    }
    y += 7
  }
  return finished(pdf)
}

function breakLines(
  text: string,
  width: number,
  widthOf: (part: string) => number,
  hyphenate: boolean,
): string[] {
  const lines: string[] = []
  let line = ''
  for (const word of text.split(' ')) {
    const longer = line ? `${line} ${word}` : word
    if (widthOf(longer) <= width) {
      line = longer
      continue
    }
    const cut = hyphenate
      ? breaksOf(word).findLast((place) => widthOf(`${line} ${word.slice(0, place)}-`) <= width)
      : undefined
    lines.push(cut ? `${line} ${word.slice(0, cut)}-` : line)
    line = cut ? word.slice(cut) : word
  }
  return [...lines, line]
}

/** Places where a long word may be divided: before a single consonant that stands between two vowels, or between two. */
function breaksOf(word: string): number[] {
  if (!/^[a-z]{7,}[.,;:]?$/.test(word)) return []
  const places = word.matchAll(
    /(?<=[aeiouy])(?=[bdfglmnprst][aeiouy])|(?<=[aeiouy][bdflmnprst])(?=[bdfgmnpst][aeiouy])/g,
  )
  return [...places].map((place) => place.index).filter((place) => place >= 3 && place <= word.length - 4)
}

// pdfkit derives the file's identity from these, so a rebuild gives the same bytes.
function fixedInfo(title: string): PDFKit.DocumentInfo {
  const date = new Date('2026-11-04T09:00:00Z')
  return { Title: title, CreationDate: date, ModDate: date }
}

async function finished(pdf: PDFKit.PDFDocument): Promise<Buffer> {
  const chunks: Buffer[] = []
  pdf.on('data', (chunk: Buffer) => chunks.push(chunk))
  const done = new Promise((resolve) => pdf.on('end', resolve))
  pdf.end()
  await done
  return Buffer.concat(chunks)
}
