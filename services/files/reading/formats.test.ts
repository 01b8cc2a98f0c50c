import { describe, expect, test } from 'vitest'
import { docxOf, odtOf, p } from './make-files.ts'
import { readDocument } from './read-document.ts'
import { defaultReadingLimits } from './reading.ts'

const text = async (bytes: Buffer) => (await readDocument(bytes, 'a', defaultReadingLimits)).text
const docx = (body: string, parts: Record<string, string> = {}) => text(docxOf(body, parts))
const odt = (content: string) => text(odtOf(content))
const rtf = (content: string) => text(Buffer.from(`{\\rtf1\\ansi\\ansicpg1252\\uc1 ${content}}`, 'latin1'))

const r = (content: string, properties = '') => `<w:r><w:rPr>${properties}</w:rPr>${content}</w:r>`
const t = (words: string) => `<w:t xml:space="preserve">${words}</w:t>`

describe('a docx', () => {
  test('keeps a word whole over runs, and words apart over tabs, breaks and cells', async () => {
    const cell = (content: string) => `<w:tc>${content}</w:tc>`
    expect(
      await docx(
        `<w:p>${r(t('par'))}${r(t('liament'), '<w:b/>')}${r('<w:tab/>' + t('a') + '<w:br/>' + t('b'))}</w:p>`,
      ),
    ).toBe('parliament\ta\nb')
    expect(
      await docx(
        `<w:tbl><w:tr>${cell(p('a'))}${cell(p('b'))}</w:tr><w:tr>${cell(p('c'))}${cell(p(''))}</w:tr></w:tbl>`,
      ),
    ).toBe('a\tb\nc')
    expect(await docx(`<w:tbl><w:tr>${cell(p('a') + p('b'))}${cell(p('c'))}</w:tr></w:tbl>`)).toBe(
      'a\n\nb\n\nc',
    )
  })

  test('leaves out deleted, moved and hidden text, field codes and tab stops', async () => {
    const moved = `<w:moveFrom>${r(t('moved '))}</w:moveFrom><w:moveTo>${r(t('here '))}</w:moveTo>`
    const body = `<w:p><w:pPr><w:tabs><w:tab w:val="left"/></w:tabs></w:pPr>${r(t('kept '))}<w:del>${r('<w:delText>gone </w:delText>')}</w:del>
      <w:ins>${r(t('added '))}</w:ins>${moved}${r(t('secret '), '<w:vanish/>')}${r(t('shown '), '<w:vanish w:val="0"/>')}${r('<w:instrText> PAGE </w:instrText>')}${r(t('end'))}</w:p>`
    expect(await docx(body)).toBe('kept added here shown end')
  })

  test('joins paragraphs whose end was deleted, and drops deleted rows', async () => {
    const deletedEnd = '<w:pPr><w:rPr><w:del w:id="1"/></w:rPr></w:pPr>'
    expect(await docx(`<w:p>${deletedEnd}${r(t('one '))}</w:p>${p('paragraph')}`)).toBe('one paragraph')
    const row = (properties: string, words: string) =>
      `<w:tr><w:trPr>${properties}</w:trPr><w:tc>${p(words)}</w:tc></w:tr>`
    expect(await docx(`<w:tbl>${row('', 'kept')}${row('<w:del/>', 'gone')}${row('', 'too')}</w:tbl>`)).toBe(
      'kept\ntoo',
    )
  })

  test('takes a text box once, after the paragraph it hangs on', async () => {
    const box = `<w:txbxContent>${p('boxed')}</w:txbxContent>`
    const both = `<mc:AlternateContent><mc:Choice Requires="wps"><w:drawing>${box}</w:drawing></mc:Choice><mc:Fallback><w:pict>${box}</w:pict></mc:Fallback></mc:AlternateContent>`
    expect(await docx(`<w:p>${r(t('before '))}${r(both)}${r(t('after'))}</w:p>${p('next')}`)).toBe(
      'before after\n\nboxed\n\nnext',
    )
    const onlyOld = `<mc:AlternateContent><mc:Choice><w:drawing/></mc:Choice><mc:Fallback><w:pict>${box}</w:pict></mc:Fallback></mc:AlternateContent>`
    expect(await docx(`<w:p>${r(onlyOld)}</w:p>`)).toBe('boxed')
  })

  test('puts notes behind the text in the order in which they are cited, and not their separators', async () => {
    const note = (id: number, words: string, more = '') =>
      `<w:footnote w:id="${id}" ${more}>${p(words)}</w:footnote>`
    const footnotes = `<w:footnotes $W>${note(0, 'line', 'w:type="separator"')}${note(1, 'First.')}${note(2, 'Second.')}${note(3, 'Never cited.')}</w:footnotes>`
    const endnotes = `<w:endnotes $W><w:endnote w:id="1">${p('End.')}</w:endnote></w:endnotes>`
    const body = `<w:p>${r('<w:endnoteReference w:id="1"/>' + t('Text'))}${r('<w:footnoteReference w:id="2"/>')}${r('<w:footnoteReference w:id="1"/>')}</w:p>`
    expect(await docx(body, { 'word/footnotes.xml': footnotes, 'word/endnotes.xml': endnotes })).toBe(
      'Text\n\nSecond.\n\nFirst.\n\nEnd.',
    )
  })

  test('gives a drop cap back to its word', async () => {
    const cap = `<w:p><w:pPr><w:framePr w:dropCap="drop" w:lines="3"/></w:pPr>${r(t('O'))}</w:p>`
    expect(await docx(`${cap}${p('nce upon a time')}`)).toBe('Once upon a time')
  })

  test('reads links, fields, controls, equations and special hyphens', async () => {
    const body = `<w:p><w:hyperlink>${r(t('link '))}</w:hyperlink><w:fldSimple>${r(t('field '))}</w:fldSimple><w:sdt><w:sdtPr><w:alias/></w:sdtPr><w:sdtContent>${r(t('control '))}</w:sdtContent></w:sdt>
      <m:oMath><m:r><m:t>E=mc</m:t></m:r></m:oMath>${r(t(' well') + '<w:noBreakHyphen/>' + t('known par') + '<w:softHyphen/>' + t('liament'))}${r('<w:sym w:font="Symbol" w:char="F061"/>')}</w:p>`
    expect(await docx(body)).toBe('link field control E=mc well-known parliamentα')
  })

  test('is read whatever its namespace prefix is called', async () => {
    const bytes = docxOf('')
    expect(bytes.length).toBeGreaterThan(0)
    const { zip } = await import('./make-files.ts')
    const xml =
      '<x:document xmlns:x="http://purl.oclc.org/ooxml/wordprocessingml/main"><x:body><x:p><x:r><x:t>Strict.</x:t></x:r></x:p></x:body></x:document>'
    expect(
      await text(
        zip([
          { name: '[Content_Types].xml', data: '<a/>' },
          { name: 'word/document.xml', data: xml },
        ]),
      ),
    ).toBe('Strict.')
  })
})

describe('an odt', () => {
  test('collapses white space as the format says and keeps what is written as an element', async () => {
    expect(
      await odt(
        '<text:p>\n  one\n  <text:span>two </text:span> three<text:s text:c="2"/>four<text:tab/>five<text:line-break/>six\n</text:p>',
      ),
    ).toBe('one two three  four\tfive\nsix')
  })

  test('leaves out deletions, comments and marks of notes; notes follow', async () => {
    const changes =
      '<text:tracked-changes><text:changed-region><text:deletion><text:p>gone</text:p></text:deletion></text:changed-region></text:tracked-changes>'
    const note = (kind: string, words: string) =>
      `<text:note text:note-class="${kind}"><text:note-citation>1</text:note-citation><text:note-body><text:p>${words}</text:p></text:note-body></text:note>`
    const body = `${changes}<text:p>Text${note('endnote', 'End.')} and${note('footnote', 'Foot.')} more.<office:annotation><text:p>Teacher.</text:p></office:annotation></text:p>`
    expect(await odt(body)).toBe('Text and more.\n\nFoot.\n\nEnd.')
  })

  test('keeps cells apart, repeats what is repeated, and takes a frame once', async () => {
    const cell = (words: string, more = '') =>
      `<table:table-cell ${more}><text:p>${words}</text:p></table:table-cell>`
    const table = `<table:table><table:table-row>${cell('a', 'table:number-columns-repeated="2"')}${cell('b')}</table:table-row></table:table>`
    const empty =
      '<table:table><table:table-row><table:table-cell table:number-columns-repeated="1000000000"/></table:table-row></table:table>'
    const frame =
      '<text:p>Host<draw:frame><draw:text-box><text:p>boxed</text:p></draw:text-box></draw:frame> text</text:p>'
    expect(await odt(table + empty + frame)).toBe('a\ta\tb\n\nHost text\n\nboxed')
  })
})

describe('an rtf', () => {
  test('reads letters in every way they are written', async () => {
    expect(
      await rtf(
        "caf\\'e9 na\\u239?ve \\u-10179?\\u-8704? \\ldblquote q\\rdblquote\\emdash\\~x a\\_b par\\-liament \\{\\}\\\\",
      ),
    ).toBe('café naïve \u{1f600} “q”— x a-b parliament {}\\')
    expect(
      await rtf("{\\fonttbl{\\f0\\fcharset0 A;}{\\f1\\fcharset204 B;}}\\f0 x {\\f1 \\'cf\\'f0\\'e8} y"),
    ).toBe('x При y')
    expect(await rtf('\\uc2 a\\u8212 --b {\\uc0 c\\u8212 d}')).toBe('a—b c—d')
    expect(await rtf('{\\upr{ansi}{\\*\\ud unic\\u246 ode}}')).toBe('unicöde')
  })

  test('keeps words apart over tabs, lines and cells, and ends paragraphs', async () => {
    expect(await rtf('a\\tab b\\line c\\par\nd\\\ne')).toBe('a\tb\nc\n\nd\n\ne')
    const row = (...cells: string[]) =>
      `\\trowd\\pard\\intbl ${cells.map((c) => `${c}\\cell`).join(' ')} \\row`
    expect(await rtf(`\\pard x\\par${row('a', 'b')}${row('c', 'd\\par e')}\\pard y\\par`)).toBe(
      'x\n\na\tb\n\nc\n\nd\n\ne\n\ny',
    )
  })

  test('reads Greek picked from the font Symbol, and no letters from a font of pictures', async () => {
    const fonts =
      '{\\fonttbl{\\f0\\fswiss Arial;}{\\f1\\froman\\fcharset2 Symbol;}{\\f2\\fnil\\fcharset2 Wingdings;}}'
    expect(await rtf(`${fonts}\\f0 an angle {\\f1 a}{\\f2 J} of {\\f1 D}`)).toBe('an angle α  of Δ')
  })

  test('leaves out heads, deleted and hidden text, list marks and unknown groups; notes follow', async () => {
    expect(
      await rtf(
        '{\\header Head}{\\footer Foot}{\\info{\\title T}}{\\*\\unknown {x}y}{\\listtext 1.\\tab}One{\\deleted gone}{\\v hidden}{\\field{\\*\\fldinst PAGE}{\\fldrslt  two}}' +
          '{\\super\\chftn}{\\footnote {\\super\\chftn} Note.}{\\*\\footnote\\ftnalt End.} three.\\par',
      ),
    ).toBe('One two three.\n\nNote.\n\nEnd.')
  })

  test('takes a text box once and a drop cap with its word', async () => {
    const shape =
      '{\\shp{\\*\\shpinst{\\sp{\\sn a}{\\sv b}}{\\shptxt boxed\\par}}{\\shprslt{\\*\\do{\\dptxbxtext boxed\\par}}}}'
    expect(await rtf(`Host${shape} text\\par`)).toBe('Host text\n\nboxed')
    expect(await rtf('\\pard\\dropcapli3\\dropcapt1 O\\par\\pard nce upon a time\\par')).toBe(
      'Once upon a time',
    )
  })

  test('passes over a picture of 20 MB at once', async () => {
    const hex = Buffer.alloc(20 * 1024 * 1024, '0123456789abcdef\n')
    const bytes = Buffer.concat([
      Buffer.from('{\\rtf1 Before {\\pict\\pngblip '),
      hex,
      Buffer.from('}{\\pict\\bin5 {}}}{}and after}'),
    ])
    const before = process.cpuUsage().user
    expect(await text(bytes)).toBe('Before and after')
    expect((process.cpuUsage().user - before) / 1000).toBeLessThan(1_000)
  })
})
