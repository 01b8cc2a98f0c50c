/**
 * Makes documents as students hand them in, to compare readers on: every construct that loses or doubles words.
 * From: the specification, "The text is what the student wrote". Always the same for the same seed.
 * Does not promise: sense; the words are real, their order is not.
 */
import {
  AlignmentType,
  Column,
  DeletedTextRun,
  Document,
  Footer,
  FootnoteReferenceRun,
  Header,
  InsertedTextRun,
  LevelFormat,
  Packer,
  PageNumber,
  Paragraph,
  SymbolRun,
  Tab,
  Table,
  TableCell,
  TableRow,
  TextRun,
  Textbox,
  type ISectionOptions,
} from 'docx'
import PDFDocument from 'pdfkit'

const VOCABULARY = (
  'the a of and to in is was that it for on with as at by from this which their they had were been because although ' +
  'parliament government school pupils teacher essay argument evidence history experiment weather mountain river ' +
  'therefore however nevertheless furthermore surprisingly extraordinarily internationally responsibility ' +
  'environment electricity well-known twentieth-century mother-in-law don’t isn’t Shakespeare’s Zürich naïve façade café ' +
  'différent Ångström coöperate London Victoria 1914 1989 3.5 50% efficient office afflict flow fjord'
).split(' ')

export interface Words {
  sentence(words: number): string
  paragraph(words: number): string
  /** Everything given out since the last call, with what was written besides: what a reader should find. */
  said(besides?: string): string
}

export function words(seed: number): Words {
  let state = seed * 2654435761
  const next = (n: number) => {
    state = (Math.imul(state, 1103515245) + 12345) >>> 0
    return (state >>> 8) % n
  }
  let log: string[] = []
  const logged = (text: string) => {
    log.push(text)
    return text
  }
  const sentence = (count: number) => {
    const list = Array.from({ length: count }, () => VOCABULARY[next(VOCABULARY.length)]!)
    const text = list.join(' ')
    return text[0]!.toUpperCase() + text.slice(1) + '.!?.'[next(4)]
  }
  return {
    sentence: (count) => logged(sentence(count)),
    said(besides = '') {
      const text = [...log, besides].join(' ')
      log = []
      return text
    },
    paragraph(count) {
      const parts: string[] = []
      for (let left = count; left > 0;) {
        const n = Math.min(left, 6 + next(18))
        parts.push(sentence(n))
        left -= n
      }
      return logged(parts.join(' '))
    },
  }
}

export interface Made {
  name: string
  bytes: Buffer
  /** The words the author wrote, in no certain order. */
  truth: string
}

type Children = ISectionOptions['children'][number][]

async function docx(
  w: Words,
  name: string,
  children: Children,
  more: Partial<ISectionOptions> = {},
  footnotes = {},
  besides = '',
): Promise<Made> {
  const truth = w.said(besides)
  const document = new Document({
    footnotes,
    numbering: {
      config: [
        {
          reference: 'numbers',
          levels: [{ level: 0, format: LevelFormat.DECIMAL, text: '%1.', alignment: AlignmentType.START }],
        },
      ],
    },
    sections: [{ ...more, children }],
  })
  return { name: `${name}.docx`, bytes: await Packer.toBuffer(document), truth }
}

const plain = (w: Words, paragraphs: number, length = 80) =>
  Array.from(
    { length: paragraphs },
    () => new Paragraph({ text: w.paragraph(length), spacing: { after: 160 } }),
  )

const cell = (text: string) => new TableCell({ children: [new Paragraph(text)] })

/** One kind of document for each construct; `seed` varies the words. */
export async function makeDocx(seed: number): Promise<Made[]> {
  const w = words(seed)
  const header = new Header({
    children: [
      new Paragraph({
        children: [new TextRun('Runninghead Smith '), new TextRun({ children: [PageNumber.CURRENT] })],
      }),
    ],
  })
  const footer = new Footer({
    children: [
      new Paragraph({
        children: [new TextRun({ children: ['Page ', PageNumber.CURRENT, ' of ', PageNumber.TOTAL_PAGES] })],
      }),
    ],
  })
  const heads = { headers: { default: header }, footers: { default: footer } }
  return Promise.all([
    docx(w, `plain-${seed}`, plain(w, 6)),
    docx(w, `heads-${seed}`, plain(w, 22), heads),
    docx(
      w,
      `justified-${seed}`,
      Array.from(
        { length: 6 },
        () =>
          new Paragraph({
            text: w.paragraph(90),
            alignment: AlignmentType.JUSTIFIED,
            indent: { firstLine: 400 },
          }),
      ),
    ),
    docx(
      w,
      `notes-${seed}`,
      Array.from(
        { length: 6 },
        (_, i) =>
          new Paragraph({
            children: [
              new TextRun(w.paragraph(70)),
              new FootnoteReferenceRun(i + 1),
              new TextRun(` ${w.sentence(9)}`),
            ],
          }),
      ),
      heads,
      Object.fromEntries(
        Array.from({ length: 6 }, (_, i) => [i + 1, { children: [new Paragraph(w.sentence(12))] }]),
      ),
    ),
    docx(w, `table-${seed}`, [
      ...plain(w, 2),
      new Table({
        rows: Array.from(
          { length: 8 },
          () => new TableRow({ children: Array.from({ length: 4 }, () => cell(w.sentence(3))) }),
        ),
      }),
      ...plain(w, 2),
      new Table({
        rows: [
          new TableRow({
            children: [
              new TableCell({ children: plain(w, 2, 40) }),
              new TableCell({ children: plain(w, 2, 40) }),
            ],
          }),
        ],
      }),
    ]),
    docx(w, `box-${seed}`, [
      ...plain(w, 2),
      new Textbox({
        alignment: 'center',
        children: [new Paragraph(w.paragraph(20)), new Paragraph(w.paragraph(20))],
        style: { width: '200pt', height: 'auto' },
      }),
      ...plain(w, 3),
    ]),
    docx(
      w,
      `tracked-${seed}`,
      Array.from({ length: 6 }, (_, i) => {
        const change = { id: i * 2, author: 'A', date: '2026-01-01T00:00:00Z' }
        return new Paragraph({
          children: [
            new TextRun(`${w.paragraph(50)} `),
            new InsertedTextRun({ text: 'insertedword ', ...change }),
            new DeletedTextRun({ text: 'deletedword ', ...change, id: i * 2 + 1 }),
            new TextRun(w.sentence(12)),
          ],
        })
      }),
      {},
      {},
      'insertedword '.repeat(6),
    ),
    docx(w, `lists-${seed}`, [
      ...plain(w, 2),
      ...Array.from({ length: 8 }, () => new Paragraph({ text: w.sentence(12), bullet: { level: 0 } })),
      ...Array.from(
        { length: 8 },
        () => new Paragraph({ text: w.sentence(12), numbering: { reference: 'numbers', level: 0 } }),
      ),
      ...plain(w, 2),
    ]),
    docx(w, `columns-${seed}`, plain(w, 10), {
      ...heads,
      properties: {
        column: { count: 2, space: 500, equalWidth: true, children: [new Column({ width: 4000 })] },
      },
    }),
    docx(
      w,
      `breaks-${seed}`,
      [
        new Paragraph({
          children: [
            new TextRun(w.sentence(8)),
            new TextRun({ text: w.sentence(8), break: 1 }),
            new TextRun({ children: [new Tab(), w.sentence(5), new Tab(), w.sentence(5)] }),
          ],
        }),
        ...plain(w, 3),
        new Paragraph({
          children: [
            new TextRun('Split'),
            new TextRun({ text: 'wor', bold: true }),
            new TextRun('d and '),
            new TextRun({ text: 'E', allCaps: true }),
            new TextRun('nd '),
            new SymbolRun('F04A'),
          ],
        }),
        new Paragraph({ pageBreakBefore: true, text: w.paragraph(60) }),
      ],
      {},
      {},
      'Splitword and End',
    ),
  ])
}

const ODF = ['office', 'text', 'table', 'style', 'drawing', 'xsl-fo-compatible', 'svg-compatible']
const PREFIX: Record<string, string> = { drawing: 'draw', 'xsl-fo-compatible': 'fo', 'svg-compatible': 'svg' }
const spaces = ODF.map(
  (name) => `xmlns:${PREFIX[name] ?? name}="urn:oasis:names:tc:opendocument:xmlns:${name}:1.0"`,
).join(' ')

const ODT_STYLES = `<office:document-styles ${spaces} office:version="1.2"><office:styles>
<style:style style:name="Standard" style:family="paragraph"><style:paragraph-properties fo:text-align="justify" fo:margin-bottom="8pt"/><style:text-properties fo:font-size="12pt" fo:language="en" fo:country="US" fo:hyphenate="true" fo:hyphenation-remain-char-count="2" fo:hyphenation-push-char-count="2"/></style:style>
</office:styles><office:automatic-styles><style:page-layout style:name="L"><style:page-layout-properties fo:page-width="14cm" fo:page-height="20cm" fo:margin-top="1.5cm" fo:margin-bottom="1.5cm" fo:margin-left="2cm" fo:margin-right="2cm"/>
<style:header-style><style:header-footer-properties fo:min-height="1cm"/></style:header-style><style:footer-style><style:header-footer-properties fo:min-height="1cm"/></style:footer-style></style:page-layout></office:automatic-styles>
<office:master-styles><style:master-page style:name="Standard" style:page-layout-name="L"><style:header><text:p>Runninghead Smith <text:page-number/></text:p></style:header><style:footer><text:p>Page <text:page-number/> of <text:page-count/></text:p></style:footer></style:master-page></office:master-styles></office:document-styles>`

const ODT_AUTOMATIC = `<style:style style:name="Cap" style:family="paragraph" style:parent-style-name="Standard"><style:paragraph-properties><style:drop-cap style:lines="3" style:length="1"/></style:paragraph-properties></style:style>
<style:style style:name="G" style:family="graphic"><style:graphic-properties style:wrap="none" style:vertical-pos="top" style:vertical-rel="paragraph" style:horizontal-pos="center" style:horizontal-rel="paragraph"/></style:style>`

/** Hyphenated narrow justified text with a drop cap, a frame, notes of both kinds, a table, heads and feet. */
export async function makeOdt(seed: number): Promise<Made[]> {
  const { zip } = await import('./make-files.ts')
  const w = words(seed + 2000)
  const p = (content: string, style = 'Standard') => `<text:p text:style-name="${style}">${content}</text:p>`
  const note = (id: number, kind: string) =>
    `<text:note text:id="n${id}" text:note-class="${kind}"><text:note-citation>${id}</text:note-citation><text:note-body>${p(w.sentence(9))}</text:note-body></text:note>`
  const cell = () => `<table:table-cell>${p(w.sentence(2))}</table:table-cell>`
  const frame = `<draw:frame draw:style-name="G" text:anchor-type="paragraph" svg:width="6cm"><draw:text-box fo:min-height="1cm">${p(w.paragraph(20))}${p(w.paragraph(20))}</draw:text-box></draw:frame>`
  const body = [
    p(w.paragraph(90), 'Cap'),
    p(w.paragraph(120)),
    p(`${w.paragraph(40)}${note(1, 'footnote')} ${w.paragraph(40)}${note(2, 'footnote')}`),
    p(frame + w.paragraph(70)),
    p(`${w.paragraph(50)}${note(1, 'endnote')}`),
    `<table:table><table:table-column table:number-columns-repeated="3"/>${`<table:table-row>${cell()}${cell()}${cell()}</table:table-row>`}</table:table>`,
    ...Array.from({ length: 5 }, () => p(w.paragraph(110))),
  ].join('')
  const content = `<office:document-content ${spaces} office:version="1.2"><office:automatic-styles>${ODT_AUTOMATIC}</office:automatic-styles><office:body><office:text>${body}</office:text></office:body></office:document-content>`
  const file = (path: string) =>
    `<manifest:file-entry manifest:full-path="${path}" manifest:media-type="${path === '/' ? ODT_TYPE : 'text/xml'}"/>`
  const manifest = `<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0" manifest:version="1.2">${file('/')}${file('content.xml')}${file('styles.xml')}</manifest:manifest>`
  const bytes = zip([
    { name: 'mimetype', data: ODT_TYPE, stored: true },
    { name: 'content.xml', data: content },
    { name: 'styles.xml', data: ODT_STYLES },
    { name: 'META-INF/manifest.xml', data: manifest },
  ])
  return [{ name: `book-${seed}.odt`, bytes, truth: w.said() }]
}

const ODT_TYPE = 'application/vnd.oasis.opendocument.text'

type Draw = (pdf: PDFKit.PDFDocument, w: Words) => void

const DRAWINGS: Record<string, Draw> = {
  kit(pdf, w) {
    pdf.fontSize(18).text(w.sentence(5)).moveDown().fontSize(11)
    for (let i = 0; i < 6; i++) pdf.text(w.paragraph(85), { align: i % 2 ? 'justify' : 'left' }).moveDown()
  },
  kitcolumns(pdf, w) {
    pdf.font('Times-Roman').fontSize(10)
    for (let i = 0; i < 8; i++) pdf.text(w.paragraph(80), { columns: 2, columnGap: 20, align: 'justify' })
  },
  kitheads(pdf, w) {
    for (let page = 1; page <= 5; page++) {
      if (page > 1) pdf.addPage()
      pdf.fontSize(9).text(`Smith, History essay`, 72, 40, { lineBreak: false })
      pdf.text(`${page}`, 300, 740, { lineBreak: false })
      pdf.fontSize(12).text('', 72, 90)
      for (let i = 0; i < 4; i++) pdf.text(w.paragraph(60), { indent: 20 })
    }
  },
}

export async function makePdf(seed: number): Promise<Made[]> {
  const w = words(seed + 1000)
  return Promise.all(
    Object.entries(DRAWINGS).map(async ([name, draw]) => {
      const pdf = new PDFDocument({ size: 'A4' })
      const pieces: Buffer[] = []
      pdf.on('data', (piece: Buffer) => pieces.push(piece))
      const ended = new Promise((resolve) => pdf.on('end', resolve))
      draw(pdf, w)
      const truth = w.said()
      pdf.end()
      await ended
      return { name: `${name}-${seed}.pdf`, bytes: Buffer.concat(pieces), truth }
    }),
  )
}
