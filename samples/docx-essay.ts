import {
  DeletedTextRun,
  Document,
  FootnoteReferenceRun,
  HeadingLevel,
  InsertedTextRun,
  Packer,
  Paragraph,
  type ParagraphChild,
  Table,
  TableCell,
  TableRow,
  TextRun,
} from 'docx'
import { unzipSync } from 'fflate'
import type { Block } from '#platform/testing/documents/blocks.ts'
import { makeZip } from '#platform/testing/documents/zip.ts'
import type { Source } from './sources.ts'

const tracked = { author: 'Student', date: '2026-11-04T09:00:00Z' }

/** A Word file as Word itself would save it: styles, footnotes, a real table, tracked changes. */
export async function docxOf(source: Source): Promise<Buffer> {
  let changes = 0
  const inline = (text: string): ParagraphChild[] =>
    text.split(/(\[\^\d+\]|~~.*?~~|\+\+.*?\+\+)/).flatMap((part): ParagraphChild[] => {
      if (part === '') return []
      if (part.startsWith('[^')) return [new FootnoteReferenceRun(Number(part.slice(2, -1)))]
      const change = { text: part.slice(2, -2), id: ++changes, ...tracked }
      if (part.startsWith('~~')) return [new DeletedTextRun(change)]
      if (part.startsWith('++')) return [new InsertedTextRun(change)]
      return [new TextRun(part)]
    })
  const block = (item: Block): (Paragraph | Table)[] => {
    switch (item.kind) {
      case 'heading':
        return [new Paragraph({ heading: HeadingLevel.HEADING_1, children: inline(item.text) })]
      case 'paragraph':
        return [new Paragraph({ spacing: { after: 160, line: 320 }, children: inline(item.text) })]
      case 'list':
        return item.items.map((text) => new Paragraph({ bullet: { level: 0 }, children: inline(text) }))
      case 'table': {
        const cell = (text: string) =>
          new TableCell({ children: [new Paragraph({ children: inline(text) })] })
        return [new Table({ rows: item.rows.map((row) => new TableRow({ children: row.map(cell) })) })]
      }
    }
  }
  const document = new Document({
    title: source.file.replace(/\.docx$/, ''),
    creator: 'Student',
    lastModifiedBy: 'Student',
    styles: { default: { document: { run: { font: 'Calibri', size: 24 } } } },
    footnotes: Object.fromEntries(
      [...source.footnotes].map(([number, text]) => [number, { children: [new Paragraph(text)] }]),
    ),
    sections: [{ children: source.blocks.flatMap(block) }],
  })
  return withFixedDates(await Packer.toBuffer(document))
}

/** The library stamps the time of the build into the properties and into each zip entry. */
function withFixedDates(docx: Uint8Array): Buffer {
  const entries = Object.entries(unzipSync(docx)).map(([name, bytes]) => {
    if (name !== 'docProps/core.xml') return { name, bytes }
    const fixed = Buffer.from(bytes)
      .toString()
      .replace(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, tracked.date)
    return { name, bytes: Buffer.from(fixed) }
  })
  return makeZip(entries)
}
