/**
 * Files that attack the reader, each made here, with the refusal that is due.
 * From: the specification's list of bad input, line by line.
 * Does not promise: faults of the engine itself; the process around the reader is for those.
 */
import { deflateSync } from 'node:zlib'
import { docxOf, FONT, kitPdf, goodPdf, odtOf, onePage, p, PAGE, pdfOf, stream, zip } from './make-files.ts'
import type { ReadingErrorCode } from './reading.ts'

const MB = 1024 * 1024

export interface Hostile {
  about: string
  fileName: string
  bytes: () => Buffer | Promise<Buffer>
  code: ReadingErrorCode
}

/** An OLE file with the given stream names in its directory. */
function ole(...names: string[]): Buffer {
  const head = Buffer.alloc(512)
  Buffer.from('d0cf11e0a1b11ae1', 'hex').copy(head)
  return Buffer.concat([
    head,
    ...names.map((name) => Buffer.concat([Buffer.from(name, 'utf16le'), Buffer.alloc(64)])),
  ])
}

const laughs = (name: string) =>
  `<?xml version="1.0"?><!DOCTYPE ${name} [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;">]>`

/** Forms of which each draws the next ten times: 10⁹ words in 2 kB. */
function formsWithinForms(): Buffer {
  const levels = 9
  const forms: Buffer[] = []
  for (let i = 0; i < levels; i++) {
    const last = i === levels - 1
    const content = last ? 'BT /F1 12 Tf (word ) Tj ET' : '/X Do '.repeat(10)
    const inner = last ? '/Font << /F1 5 0 R >>' : `/XObject << /X ${7 + i} 0 R >>`
    forms.push(stream(content, `/Type /XObject /Subtype /Form /BBox [0 0 9 9] /Resources << ${inner} >>`))
  }
  return onePage('/X Do', '/XObject << /X 6 0 R >>', forms)
}

/** As above, but nothing is ever written: no count of text can end it. */
function silentForms(): Buffer {
  const forms: Buffer[] = []
  for (let i = 0; i < 9; i++) {
    const inner = i === 8 ? '' : `/XObject << /X ${7 + i} 0 R >>`
    forms.push(
      stream(
        i === 8 ? '0 0 m' : '/X Do '.repeat(10),
        `/Type /XObject /Subtype /Form /BBox [0 0 9 9] /Resources << ${inner} >>`,
      ),
    )
  }
  return onePage('/X Do', '/XObject << /X 6 0 R >>', forms)
}

function pages(kids: string, count: number, more: string[] = []): Buffer {
  return pdfOf([
    '<< /Type /Catalog /Pages 2 0 R >>',
    `<< /Type /Pages /Kids [${kids}] /Count ${count} >>`,
    `<< ${PAGE} /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>`,
    stream('BT /F1 12 Tf 72 700 Td (word) Tj ET'),
    FONT,
    ...more,
  ])
}

const deflated = (text: Buffer) => deflateSync(text, { level: 9 })

const cut = (bytes: Buffer, share: number) => bytes.subarray(0, Math.floor(bytes.length * share))

export const hostileFiles: Hostile[] = [
  { about: 'an empty file', fileName: 'a.docx', bytes: () => Buffer.alloc(0), code: 'empty-file' },
  {
    about: 'a file of more than 25 MB',
    fileName: 'a.txt',
    bytes: () => Buffer.alloc(25 * MB + 1, 'word '),
    code: 'too-large',
  },
  {
    about: 'more than 2 MB of text',
    fileName: 'a.txt',
    bytes: () => Buffer.alloc(3 * MB, 'word '),
    code: 'too-large',
  },
  {
    about: 'one line of 20 MB',
    fileName: 'a.txt',
    bytes: () => Buffer.alloc(20 * MB, 'a'),
    code: 'too-large',
  },
  {
    about: 'one line of 20 MB of spaces',
    fileName: 'a.md',
    bytes: () => Buffer.alloc(20 * MB, ' '),
    code: 'too-large',
  },
  {
    about: 'a docx whose text grows a thousandfold',
    fileName: 'a.docx',
    bytes: () => docxOf(p('a'.repeat(30 * MB))),
    code: 'archive-bomb',
  },
  {
    about: 'a docx that says it unpacks to 1 GB',
    fileName: 'a.docx',
    bytes: () =>
      zip([
        { name: '[Content_Types].xml', data: '<a/>' },
        { name: 'word/document.xml', data: Buffer.alloc(11 * MB, 'x'), saysUnpacked: 1000 * MB },
      ]),
    code: 'archive-bomb',
  },
  {
    about: 'a docx that unpacks to more than it says',
    fileName: 'a.docx',
    bytes: () =>
      zip([
        { name: '[Content_Types].xml', data: '<a/>' },
        { name: 'word/document.xml', data: Buffer.alloc(50 * MB, 'x'), saysUnpacked: 1000 },
      ]),
    code: 'archive-bomb',
  },
  {
    about: 'a docx whose parts share their bytes',
    fileName: 'a.docx',
    bytes: () =>
      zip([
        { name: '[Content_Types].xml', data: '<a/>' },
        { name: 'word/document.xml', data: '<a/>', at: 0 },
      ]),
    code: 'archive-bomb',
  },
  {
    about: 'a docx that lists fewer parts than it says',
    fileName: 'a.docx',
    bytes: () => zip([{ name: '[Content_Types].xml', data: '<a/>' }], 7),
    code: 'damaged',
  },
  {
    about: 'a zip handed in as an essay',
    fileName: 'a.docx',
    bytes: () => zip([{ name: 'inner.txt', data: 'words' }]),
    code: 'archive-too-deep',
  },
  {
    about: 'a docx of over 10,000 parts',
    fileName: 'a.docx',
    bytes: () => zip(Array.from({ length: 10_001 }, (_, i) => ({ name: `${i}`, data: '' }))),
    code: 'too-many-files',
  },
  {
    about: 'a pdf of over 2,000 pages',
    fileName: 'a.pdf',
    bytes: () => pages('3 0 R '.repeat(2001), 2001),
    code: 'too-large',
  },
  {
    about: 'a pdf that lists one page 200,000 times',
    fileName: 'a.pdf',
    bytes: () => pages('3 0 R '.repeat(200_000), 200_000),
    code: 'too-large',
  },
  {
    about: 'HTML named .txt',
    fileName: 'a.txt',
    bytes: () => Buffer.from('<!DOCTYPE html>\n<html><body>Hello</body></html>'),
    code: 'unsupported-type',
  },
  {
    about: 'HTML in UTF-16 behind a comment',
    fileName: 'a.txt',
    bytes: () => Buffer.from('\ufeff<!-- saved --><html><p>Hello', 'utf16le'),
    code: 'unsupported-type',
  },
  {
    about: 'a Word file of 1997',
    fileName: 'a.docx',
    bytes: () => ole('Root Entry', 'WordDocument'),
    code: 'unsupported-type',
  },
  {
    about: 'a picture named .docx',
    fileName: 'a.docx',
    bytes: () => Buffer.concat([Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'), Buffer.alloc(99)]),
    code: 'unsupported-type',
  },
  {
    about: 'a docx with a password',
    fileName: 'a.docx',
    bytes: () => ole('Root Entry', 'EncryptionInfo', 'EncryptedPackage'),
    code: 'encrypted',
  },
  {
    about: 'an odt with a password',
    fileName: 'a.odt',
    bytes: () =>
      odtOf('x', '<manifest:manifest xmlns:manifest="urn:m"><manifest:encryption-data/></manifest:manifest>'),
    code: 'encrypted',
  },
  {
    about: 'a pdf with a password',
    fileName: 'a.pdf',
    bytes: () => kitPdf({ userPassword: 'secret' }, (pdf) => pdf.text('Hidden')),
    code: 'encrypted',
  },
  {
    about: 'a docx cut in the middle',
    fileName: 'a.docx',
    bytes: () => cut(docxOf(p('words '.repeat(1000))), 0.5),
    code: 'damaged',
  },
  {
    about: 'an odt cut in the middle',
    fileName: 'a.odt',
    bytes: () => cut(odtOf('<text:p>words</text:p>'), 0.6),
    code: 'damaged',
  },
  {
    about: 'a pdf cut in the middle',
    fileName: 'a.pdf',
    bytes: async () => cut(await goodPdf(), 0.6),
    code: 'damaged',
  },
  {
    about: 'an rtf cut in the middle',
    fileName: 'a.rtf',
    bytes: () => Buffer.from('{\\rtf1\\ansi {\\b words and'),
    code: 'damaged',
  },
  {
    about: 'an rtf whose picture says it has 2 GB',
    fileName: 'a.rtf',
    bytes: () => Buffer.from('{\\rtf1 Words {\\pict\\bin2000000000 abc}}'),
    code: 'damaged',
  },
  {
    about: 'a docx with a part that does not match its checksum',
    fileName: 'a.docx',
    bytes: () => flip(docxOf(p('words'))),
    code: 'damaged',
  },
  {
    about: 'a pdf whose pages contain themselves',
    fileName: 'a.pdf',
    bytes: () => pages('2 0 R', 1),
    code: 'damaged',
  },
  {
    about: 'a pdf whose pages go in a circle',
    fileName: 'a.pdf',
    bytes: () =>
      pages('6 0 R', 3, [
        '<< /Type /Pages /Kids [7 0 R] /Count 3 >>',
        '<< /Type /Pages /Kids [6 0 R] /Count 3 >>',
      ]),
    code: 'damaged',
  },
  {
    about: 'a pdf that says it has 5 million pages',
    fileName: 'a.pdf',
    bytes: () => pages('3 0 R', 5_000_000),
    code: 'damaged',
  },
  {
    about: 'a docx with entities that expand',
    fileName: 'a.docx',
    bytes: () => docxOf(p('&c;'), {}, laughs('w:document')),
    code: 'damaged',
  },
  {
    about: 'an odt with an entity that points outside',
    fileName: 'a.odt',
    bytes: () => odtOf('<text:p>&x;</text:p>', '', '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]>'),
    code: 'damaged',
  },
  {
    about: 'a docx nested 5,000 deep',
    fileName: 'a.docx',
    bytes: () => docxOf('<w:sdt>'.repeat(5_000) + '</w:sdt>'.repeat(5_000)),
    code: 'damaged',
  },
  {
    about: 'an rtf nested a million deep',
    fileName: 'a.rtf',
    bytes: () => Buffer.from(`{\\rtf1 ${'{'.repeat(1e6)}a${'}'.repeat(1e6)}}`),
    code: 'damaged',
  },
  {
    about: 'a pdf of a million nested arrays',
    fileName: 'a.pdf',
    bytes: () => onePage(`${'['.repeat(1e6)} 1 ${']'.repeat(1e6)} TJ`),
    code: 'damaged',
  },
  {
    about: 'a pdf of scanned pages',
    fileName: 'a.pdf',
    bytes: () => pages('6 0 R 6 0 R 6 0 R 6 0 R', 4, [`<< ${PAGE} >>`]),
    code: 'no-text',
  },
  {
    about: 'a docx of white space',
    fileName: 'a.docx',
    bytes: () => docxOf(p('  ') + p('\t')),
    code: 'no-text',
  },
  {
    about: 'a text of private-use characters only',
    fileName: 'a.txt',
    bytes: () => Buffer.from('\ue000\ue001 \uf8ff'.repeat(50)),
    code: 'no-text',
  },
  {
    about: 'a pdf of forms within forms',
    fileName: 'a.pdf',
    bytes: formsWithinForms,
    code: 'too-large',
  },
  { about: 'a pdf of empty forms within forms', fileName: 'a.pdf', bytes: silentForms, code: 'no-text' },
  {
    about: 'a pdf of 1 MB with 240 MB of text',
    fileName: 'a.pdf',
    bytes: () =>
      onePage(
        '',
        '',
        [],
        deflated(
          Buffer.alloc(
            240 * MB,
            'BT /F1 9 Tf 9 9 Td (word word word word word word word word word word word) Tj ET\n',
          ),
        ),
      ),
    code: 'archive-bomb',
  },
  {
    about: 'an odt with a cell repeated 10⁹ times',
    fileName: 'a.odt',
    bytes: () =>
      odtOf(
        '<table:table><table:table-row><table:table-cell table:number-columns-repeated="1000000000"><text:p>x</text:p></table:table-cell></table:table-row></table:table>',
      ),
    code: 'too-large',
  },
  {
    about: 'an odt with a row repeated 10⁹ times',
    fileName: 'a.odt',
    bytes: () =>
      odtOf(
        '<table:table><table:table-row table:number-rows-repeated="1000000000"><table:table-cell><text:p>x</text:p></table:table-cell></table:table-row></table:table>',
      ),
    code: 'too-large',
  },
  {
    about: 'an odt with 10⁹ spaces',
    fileName: 'a.odt',
    bytes: () => odtOf('<text:p>a<text:s text:c="1000000000"/>b</text:p>'),
    code: 'too-large',
  },
  {
    about: 'bytes that are no text',
    fileName: 'a.txt',
    bytes: () => Buffer.from(Array.from({ length: 4000 }, (_, i) => (i * 7919) % 251)),
    code: 'undecodable',
  },
  {
    about: 'a name of 256 characters',
    fileName: `${'n'.repeat(252)}.txt`,
    bytes: () => Buffer.from('words'),
    code: 'name-too-long',
  },
]

function flip(bytes: Buffer): Buffer {
  const at = bytes.indexOf('PK\x03\x04', 40)
  const out = Buffer.from(bytes)
  // The checksum stands in the list as well as before the part; the list is believed.
  const central = out.indexOf('PK\x01\x02', out.indexOf('PK\x01\x02') + 4)
  if (at > 0 && central > 0) out.writeUInt32LE(0xdeadbeef, central + 16)
  return out
}
