import { zlibSync } from 'fflate'
import iconv from 'iconv-lite'
import { type Blocks, linesOf } from './blocks.ts'

export interface PdfOptions {
  runningHead?: string
  pageNumbers?: boolean
  /** Characters to a line; 88 fit an A4 page in 11 point Times. */
  lineLength?: number
  linesPerPage?: number
}

interface Picture {
  name: string
  bytes: Uint8Array
  width: number
  height: number
}

/**
 * A PDF of running text: each word once, in reading order, on as many A4 pages as it needs.
 * Its standard font has the characters of Windows-1252; any other character throws.
 */
export function makePdf(blocks: Blocks, options: PdfOptions = {}): Buffer {
  const { runningHead, pageNumbers = false, lineLength = 88, linesPerPage = 46 } = options
  const lines = linesOf(blocks).flatMap((text) => [...wrap(text, lineLength), ''])
  lines.pop()
  const pages: string[] = []
  for (let start = 0; start < Math.max(lines.length, 1); start += linesPerPage) {
    const parts = lines
      .slice(start, start + linesPerPage)
      .map((line, n) =>
        line === '' ? '' : `BT /F 11 Tf 1 0 0 1 72 ${756 - n * 15} Tm ${literal(line)} Tj ET`,
      )
    if (runningHead) parts.unshift(`BT /F 9 Tf 1 0 0 1 72 800 Tm ${literal(runningHead)} Tj ET`)
    if (pageNumbers) parts.push(`BT /F 9 Tf 1 0 0 1 292 40 Tm ${literal(String(pages.length + 1))} Tj ET`)
    pages.push(parts.filter(Boolean).join('\n'))
  }
  return writePdf(pages)
}

/** The file around the pages' contents (Latin-1 strings of PDF operators that may use the font F). */
export function writePdf(pages: string[], picture?: Picture): Buffer {
  const firstPage = 4
  const pictureAt = firstPage + pages.length * 2
  const resources = `<< /Font << /F 3 0 R >>${picture ? ` /XObject << /${picture.name} ${pictureAt} 0 R >>` : ''} >>`
  const objects: (string | Buffer)[] = [
    '<< /Type /Catalog /Pages 2 0 R >>',
    `<< /Type /Pages /Count ${pages.length} /Kids [${pages.map((_, n) => `${firstPage + n * 2} 0 R`).join(' ')}] >>`,
    '<< /Type /Font /Subtype /Type1 /BaseFont /Times-Roman /Encoding /WinAnsiEncoding >>',
  ]
  for (const [n, page] of pages.entries()) {
    objects.push(
      `<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Resources ${resources} /Contents ${firstPage + n * 2 + 1} 0 R >>`,
      stream('/Filter /FlateDecode', zlibSync(Buffer.from(page, 'latin1'))),
    )
  }
  if (picture) {
    const { width, height } = picture
    objects.push(
      stream(
        `/Type /XObject /Subtype /Image /Width ${width} /Height ${height} /ColorSpace /DeviceRGB /BitsPerComponent 8 /Filter /DCTDecode`,
        picture.bytes,
      ),
    )
  }
  return assemble(objects)
}

function assemble(objects: readonly (string | Buffer)[]): Buffer {
  const parts = [Buffer.from('%PDF-1.4\n%\xe2\xe3\xcf\xd3\n', 'latin1')]
  let offset = parts[0]!.length
  const places: number[] = []
  for (const [n, object] of objects.entries()) {
    const part = Buffer.concat([
      Buffer.from(`${n + 1} 0 obj\n`),
      typeof object === 'string' ? Buffer.from(object, 'latin1') : object,
      Buffer.from('\nendobj\n'),
    ])
    places.push(offset)
    parts.push(part)
    offset += part.length
  }
  const rows = places.map((place) => `${String(place).padStart(10, '0')} 00000 n \n`).join('')
  const trailer = `trailer\n<< /Size ${objects.length + 1} /Root 1 0 R >>\nstartxref\n${offset}\n%%EOF\n`
  parts.push(Buffer.from(`xref\n0 ${objects.length + 1}\n0000000000 65535 f \n${rows}${trailer}`))
  return Buffer.concat(parts)
}

function stream(dictionary: string, bytes: Uint8Array): Buffer {
  return Buffer.concat([
    Buffer.from(`<< ${dictionary} /Length ${bytes.length} >>\nstream\n`),
    bytes,
    Buffer.from('\nendstream'),
  ])
}

function literal(line: string): string {
  const bytes = iconv.encode(line, 'windows-1252')
  if (iconv.decode(bytes, 'windows-1252') !== line) throw new Error(`no such character in the font: ${line}`)
  return `(${bytes.toString('latin1').replace(/[\\()]/g, '\\$&')})`
}

function wrap(text: string, length: number): string[] {
  const lines: string[] = []
  let line = ''
  for (const word of text.split(/\s+/)) {
    if (line && line.length + 1 + word.length > length) {
      lines.push(line)
      line = word
    } else line = line ? `${line} ${word}` : word
  }
  if (line) lines.push(line)
  return lines
}
