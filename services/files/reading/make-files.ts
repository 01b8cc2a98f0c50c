/**
 * Small writers of zip, docx, odt and pdf files for tests: exact bytes, so that each may be wrong in one chosen way.
 * From: the formats' own specifications, the least of each that readers accept.
 * Does not promise: anything a person would want to open.
 */
import { crc32, deflateRawSync } from 'node:zlib'
import PDFDocument from 'pdfkit'

export interface Entry {
  name: string | Buffer
  data: Buffer | string
  /** What the lists say instead of the truth. */
  saysUnpacked?: number
  stored?: boolean
  flags?: number
  /** Unix mode in the upper half of the external attributes. */
  mode?: number
  /** Another entry's place, for archives whose entries overlap. */
  at?: number
}

export function zip(entries: Entry[], saysEntries = entries.length): Buffer {
  const parts: Buffer[] = []
  const list: Buffer[] = []
  let place = 0
  for (const entry of entries) {
    const data = Buffer.from(entry.data as Buffer)
    const name = Buffer.from(entry.name as Buffer)
    const packed = entry.stored ? data : deflateRawSync(data)
    const unpacked = entry.saysUnpacked ?? data.length
    const flags = entry.flags ?? (typeof entry.name === 'string' ? 0x800 : 0)
    const common = Buffer.alloc(26)
    common.writeUInt16LE(20, 0)
    common.writeUInt16LE(flags, 2)
    common.writeUInt16LE(entry.stored ? 0 : 8, 4)
    common.writeUInt32LE(0x5a210000, 6)
    common.writeUInt32LE(crc32(data), 10)
    common.writeUInt32LE(packed.length, 14)
    common.writeUInt32LE(unpacked, 18)
    common.writeUInt16LE(name.length, 22)
    const central = Buffer.alloc(46)
    central.writeUInt32LE(0x02014b50, 0)
    central.writeUInt16LE(0x0314, 4)
    common.copy(central, 6)
    central.writeUInt32LE(((entry.mode ?? 0o100644) << 16) >>> 0, 38)
    central.writeUInt32LE(entry.at ?? place, 42)
    list.push(central, name)
    if (entry.at !== undefined) continue
    const local = Buffer.concat([Buffer.from('PK\x03\x04', 'latin1'), common, name, packed])
    parts.push(local)
    place += local.length
  }
  const directory = Buffer.concat(list)
  const end = Buffer.alloc(22)
  end.writeUInt32LE(0x06054b50, 0)
  end.writeUInt16LE(Math.min(saysEntries, 0xffff), 8)
  end.writeUInt16LE(Math.min(saysEntries, 0xffff), 10)
  end.writeUInt32LE(directory.length, 12)
  end.writeUInt32LE(place, 16)
  return Buffer.concat([...parts, directory, end])
}

const TYPES = '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>'
const W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
const MORE =
  'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" xmlns:wps="urn:wps" xmlns:v="urn:v" ' +
  'xmlns:m="http://schemas.openxmlformats.org/officeDocument/2006/math"'

/** A docx around the given content of its body. */
export function docxOf(body: string, parts: Record<string, string> = {}, before = ''): Buffer {
  return zip([
    { name: '[Content_Types].xml', data: TYPES },
    {
      name: 'word/document.xml',
      data: `${before}<w:document ${W} ${MORE}><w:body>${body}</w:body></w:document>`,
    },
    ...Object.entries(parts).map(([name, data]) => ({ name, data: data.replaceAll('$W', W) })),
  ])
}

export const p = (text: string) => `<w:p><w:r><w:t xml:space="preserve">${text}</w:t></w:r></w:p>`

const ODF = ['office', 'text', 'table']
  .map((n) => `xmlns:${n}="urn:oasis:names:tc:opendocument:xmlns:${n}:1.0"`)
  .join(' ')
const DRAW = 'xmlns:draw="urn:oasis:names:tc:opendocument:xmlns:drawing:1.0"'

/** An odt around the given content of its text. */
export function odtOf(text: string, manifest = '<manifest/>', before = ''): Buffer {
  return zip([
    { name: 'mimetype', data: 'application/vnd.oasis.opendocument.text', stored: true },
    {
      name: 'content.xml',
      data: `${before}<office:document-content ${ODF} ${DRAW}><office:body><office:text>${text}</office:text></office:body></office:document-content>`,
    },
    { name: 'META-INF/manifest.xml', data: manifest },
  ])
}

/** A pdf of the given objects (the first is number 1) with a sound table of places. */
export function pdfOf(objects: (string | Buffer)[]): Buffer {
  const parts: Buffer[] = [Buffer.from('%PDF-1.7\n')]
  const places: number[] = []
  let place = parts[0]!.length
  objects.forEach((object, i) => {
    const part = Buffer.concat([
      Buffer.from(`${i + 1} 0 obj\n`),
      Buffer.from(object as Buffer),
      Buffer.from('\nendobj\n'),
    ])
    places.push(place)
    parts.push(part)
    place += part.length
  })
  const rows = places.map((at) => `${String(at).padStart(10, '0')} 00000 n \n`).join('')
  parts.push(
    Buffer.from(
      `xref\n0 ${objects.length + 1}\n0000000000 65535 f \n${rows}trailer\n<< /Size ${objects.length + 1} /Root 1 0 R >>\nstartxref\n${place}\n%%EOF\n`,
    ),
  )
  return Buffer.concat(parts)
}

export function stream(data: Buffer | string, dictionary = '', packed?: Buffer): Buffer {
  const bytes = packed ?? Buffer.from(data as Buffer)
  const filter = packed ? ' /Filter /FlateDecode' : ''
  return Buffer.concat([
    Buffer.from(`<< /Length ${bytes.length}${filter} ${dictionary} >>\nstream\n`),
    bytes,
    Buffer.from('\nendstream'),
  ])
}

export const FONT = '<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>'
export const PAGE = '/Type /Page /Parent 2 0 R /MediaBox [0 0 595 842]'

/** A pdf of one page with the given content stream and further objects from number 6 on. */
export function onePage(
  content: Buffer | string,
  resources = '',
  more: (string | Buffer)[] = [],
  packed?: Buffer,
): Buffer {
  return pdfOf([
    '<< /Type /Catalog /Pages 2 0 R >>',
    '<< /Type /Pages /Kids [3 0 R] /Count 1 >>',
    `<< ${PAGE} /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> ${resources} >> >>`,
    stream(content, '', packed),
    FONT,
    ...more,
  ])
}

export function kitPdf(
  options: PDFKit.PDFDocumentOptions,
  draw: (pdf: PDFKit.PDFDocument) => void,
): Promise<Buffer> {
  const pdf = new PDFDocument(options)
  const pieces: Buffer[] = []
  pdf.on('data', (piece: Buffer) => pieces.push(piece))
  draw(pdf)
  pdf.end()
  return new Promise((resolve) => pdf.on('end', () => resolve(Buffer.concat(pieces))))
}

export const goodPdf = () => kitPdf({}, (pdf) => pdf.text('A good page of words.'))
