import { afterAll, describe, expect, test } from 'vitest'
import { goodPdf, docxOf, odtOf, onePage, p, pdfOf, PAGE, FONT, stream } from './make-files.ts'
import { createReaderPool } from './reader-pool.ts'

const pool = createReaderPool({ size: 1 })
afterAll(() => pool.close())

const read = (fileName: string, bytes: Buffer | string, encoding: BufferEncoding = 'utf8') =>
  pool.read({ fileName, bytes: Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes, encoding) })

const swapped = (text: string) => Buffer.from(text, 'utf16le').swap16()
const codes = (reading: Awaited<ReturnType<typeof read>>) =>
  reading.ok ? reading.remarks.map((r) => r.code) : reading.error.code

const WORDS = 'Zoë’s café, naïve: “quoted” – and so on.'

describe('text in any usual encoding is read', () => {
  test.each([
    ['UTF-16 little-endian with a mark', Buffer.from('\ufeff' + WORDS, 'utf16le'), []],
    ['UTF-16 big-endian with a mark', swapped('\ufeff' + WORDS), []],
    ['UTF-16 little-endian without a mark', Buffer.from(WORDS, 'utf16le'), ['encoding-guessed']],
    ['UTF-16 big-endian without a mark', swapped(WORDS), ['encoding-guessed']],
    ['UTF-8 with a mark', Buffer.from('\ufeff' + WORDS), []],
    ['UTF-8', Buffer.from(WORDS), []],
    [
      'Windows-1252',
      Buffer.from('Zo\xeb\x92s caf\xe9, na\xefve: \x93quoted\x94 \x96 and so on.', 'latin1'),
      ['encoding-guessed'],
    ],
  ])('%s', async (_, bytes, remarks) => {
    const reading = await read('essay.txt', bytes)
    expect(reading).toMatchObject({ ok: true, text: WORDS, words: 7 })
    expect(codes(reading)).toEqual(remarks)
  })

  test('Chinese in UTF-8 is not taken for a binary file', async () => {
    const text = '我的假期很好。'.repeat(40)
    expect(await read('essay.txt', text)).toMatchObject({ ok: true, text, words: 240 })
  })

  test('decomposed letters become NFC', async () => {
    expect(await read('essay.txt', 'Zoe\u0308')).toMatchObject({ ok: true, text: 'Zoë' })
  })

  test('half a surrogate pair becomes U+FFFD with a remark, in UTF-16 and in UTF-8', async () => {
    for (const bytes of [Buffer.from('\ufeffa\ud83db', 'utf16le'), Buffer.from('61eda0bd62', 'hex')]) {
      const reading = await read('essay.txt', bytes)
      expect(reading).toMatchObject({ ok: true, text: 'a\ufffdb' })
      expect(codes(reading)).toEqual(['replaced-characters'])
    }
  })

  test('one bad byte in UTF-8 does not turn the whole text into Windows-1252', async () => {
    const reading = await read(
      'essay.txt',
      Buffer.concat([Buffer.from('Zoë, café '), Buffer.from([0xff]), Buffer.from(' naïve')]),
    )
    expect(reading).toMatchObject({ ok: true, text: 'Zoë, café \ufffd naïve' })
  })

  test('soft hyphens, zero-width spaces and old line ends do not reach the text', async () => {
    expect(await read('essay.txt', 'par\u00adlia\u200bment\r\nnext\rlast\u00a0line')).toMatchObject({
      ok: true,
      text: 'parliament\nnext\nlast line',
    })
  })

  test('a megabyte of spaces inside a line is read at once', async () => {
    const before = performance.now()
    expect(await read('essay.txt', `a${' '.repeat(1_000_000)}b`)).toMatchObject({ ok: true, words: 2 })
    expect(performance.now() - before).toBeLessThan(3_000)
  })
})

describe('a name never decides whether a file is read', () => {
  test.each([
    '😀 essay.txt',
    '\u202etxt.essay.txt',
    `${'n'.repeat(246)}.txt`,
    'CON',
    'Zoe\u0308.txt',
    'Zo\u00eb.txt',
    '.txt',
    'a/b\\c:d?.txt',
  ])('%j', async (fileName) => {
    expect(await read(fileName, 'Words.')).toMatchObject({ ok: true, text: 'Words.', format: 'txt' })
  })

  test('a docx, odt, rtf or pdf under another ending is read, with a remark', async () => {
    const files: [string, Buffer, string][] = [
      ['docx', docxOf(p('Words.')), 'a.pdf'],
      ['odt', odtOf('<text:p>Words.</text:p>'), 'a.docx'],
      ['rtf', Buffer.from('{\\rtf1 Words.}'), 'a.doc'],
      ['pdf', onePage('BT /F1 12 Tf 72 700 Td (Words.) Tj ET'), 'a.txt'],
      ['txt', Buffer.from('Words.'), 'a.docx'],
    ]
    for (const [format, bytes, fileName] of files) {
      const reading = await read(fileName, bytes)
      expect(reading).toMatchObject({ ok: true, text: 'Words.', format })
      expect(codes(reading)).toEqual(['wrong-extension'])
    }
  })

  test('an essay that mentions %PDF- or begins with a brace stays a text', async () => {
    expect(await read('a.txt', 'A pdf begins with %PDF-1.7.')).toMatchObject({ ok: true, format: 'txt' })
    expect(await read('a.md', '{ \\rtf } is not rtf')).toMatchObject({ ok: true, format: 'md' })
  })
})

describe('what could not be read is said page by page', () => {
  test('a page without text is named, the others are read', async () => {
    const pdf = pdfOf([
      '<< /Type /Catalog /Pages 2 0 R >>',
      '<< /Type /Pages /Kids [3 0 R 6 0 R 3 0 R] /Count 3 >>',
      `<< ${PAGE} /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>`,
      stream('BT /F1 12 Tf 72 400 Td (Some words.) Tj ET'),
      FONT,
      `<< ${PAGE} >>`,
    ])
    const reading = await read('a.pdf', pdf)
    expect(reading).toMatchObject({
      ok: true,
      pages: 3,
      remarks: [
        {
          code: 'page-without-text',
          message: 'Page 2 of 3 has no text (a scan, a picture or an empty page).',
        },
      ],
    })
  })

  test('a page in a font that does not name its letters is left out and named', async () => {
    const toUnicode =
      '/CIDInit /ProcSet findresource begin begincmap 1 begincodespacerange <00> <FF> endcodespacerange 1 beginbfrange <41> <5A> <E041> endbfrange endcmap end'
    const pdf = pdfOf([
      '<< /Type /Catalog /Pages 2 0 R >>',
      '<< /Type /Pages /Kids [3 0 R 6 0 R] /Count 2 >>',
      `<< ${PAGE} /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>`,
      stream('BT /F1 12 Tf 72 400 Td (ABCD) Tj ET'),
      FONT,
      `<< ${PAGE} /Contents 4 0 R /Resources << /Font << /F1 7 0 R >> >> >>`,
      '<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /ToUnicode 8 0 R >>',
      stream(toUnicode),
    ])
    const reading = await read('a.pdf', pdf)
    expect(reading).toMatchObject({ ok: true, text: 'ABCD', remarks: [{ code: 'page-unreadable' }] })
  })

  test('a file of scans says how many pages it has', async () => {
    const scans = pdfOf([
      '<< /Type /Catalog /Pages 2 0 R >>',
      '<< /Type /Pages /Kids [3 0 R 3 0 R] /Count 2 >>',
      `<< ${PAGE} >>`,
    ])
    expect(await read('a.pdf', scans)).toMatchObject({
      ok: false,
      error: { code: 'no-text', message: 'No text found on its 2 pages, which are probably scanned.' },
    })
  })
})

test('a good pdf is read after all that by the same process', async () => {
  expect(await read('a.pdf', await goodPdf())).toMatchObject({
    ok: true,
    text: 'A good page of words.',
    pages: 1,
  })
  expect(pool.stats.started).toBe(1)
})
