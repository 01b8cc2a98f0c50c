import { unzipSync } from 'fflate'
import { describe, expect, it } from 'vitest'
import { makeBrokenDocx, makeLockedPdf, makeScannedPdf, truncate } from './bad.ts'
import { type Block, linesOf } from './blocks.ts'
import { fileOf, type Format, makeClass, type MadeFile } from './class.ts'
import { makeDocx } from './docx.ts'
import { makeEssay, makeEssayText } from './essay.ts'
import { makeOdt } from './odt.ts'
import { makePdf } from './pdf.ts'
import { readBack, wordsOf } from './read-back.ts'
import { makeRtf } from './rtf.ts'
import { makeTxt, type TextEncoding } from './text.ts'
import { makeZip } from './zip.ts'

const hard: (string | Block)[] = [
  { kind: 'heading', text: 'Café “Zoë” – £5 & <more>' },
  'A back\\slash, {braces}, (brackets) and “curly” quotes; it’s 100% “fine”.',
  { kind: 'list', items: ['first item', 'second & last'] },
  {
    kind: 'table',
    rows: [
      ['Year', 'Hours'],
      ['10', '7.1'],
    ],
  },
  'The end.',
]
const beyondWindows1252 = 'Łukasz 😴 später школа 学校'

describe('a made document gives its words back', () => {
  const writers = { docx: makeDocx, odt: makeOdt, rtf: makeRtf, pdf: makePdf }
  const richer = Object.entries(writers).filter(([format]) => format !== 'pdf')

  it.each(Object.entries(writers))(
    '%s with headings, a list, a table and awkward characters',
    async (format, make) => {
      const text = await readBack(`made.${format}`, make(hard))
      expect(wordsOf(text)).toEqual(wordsOf(linesOf(hard).join(' ')))
    },
  )

  it.each(richer)('%s with any Unicode', async (format, make) => {
    expect(wordsOf(await readBack(`made.${format}`, make([beyondWindows1252])))).toEqual(
      wordsOf(beyondWindows1252),
    )
  })

  it.each(['docx', 'odt', 'rtf', 'pdf', 'txt', 'md'] satisfies Format[])(
    '%s with a long essay',
    async (format) => {
      const essay = makeEssay({ seed: 7, words: 1500 })
      const text = await readBack(`made.${format}`, fileOf(essay, format))
      expect(wordsOf(text.replace('# ', ''))).toEqual(wordsOf([essay.title, ...essay.paragraphs].join(' ')))
    },
  )

  it('pdf says which characters its font lacks instead of losing them', () => {
    expect(() => makePdf([beyondWindows1252])).toThrow('no such character')
  })

  it.each(['utf-8', 'utf-8-bom', 'windows-1252', 'utf-16le'] satisfies TextEncoding[])(
    'txt in %s',
    async (encoding) => {
      const text = 'Café “Zoë” costs £5'
      expect((await readBack('made.txt', makeTxt(text, encoding))).replace('\ufeff', '')).toBe(text)
    },
  )

  it('txt says which encoding lacks a character instead of losing it', () => {
    expect(() => makeTxt('Łukasz', 'windows-1252')).toThrow('windows-1252')
  })
})

describe('a zip', () => {
  it('unpacks to its entries, whatever their names', () => {
    const zip = makeZip([
      { name: 'Ünicode 😴.txt', bytes: 'one' },
      { name: '../up.txt', bytes: 'two', stored: true },
    ])
    const entries = Object.entries(unzipSync(zip)).map(([name, bytes]) => [
      name,
      Buffer.from(bytes).toString(),
    ])
    expect(entries).toEqual([
      ['Ünicode 😴.txt', 'one'],
      ['../up.txt', 'two'],
    ])
  })
})

describe('an invented essay', () => {
  it('has about the words and the share of mistakes asked for', () => {
    for (const words of [250, 500, 1000]) {
      for (let seed = 0; seed < 50; seed++) {
        const { paragraphs, misspellings } = makeEssay({ seed, words })
        const count = wordsOf(paragraphs.join(' ')).length
        expect(Math.abs(count - words)).toBeLessThan(26)
        expect(misspellings.length / count).toBeGreaterThan(0.02)
        expect(misspellings.length / count).toBeLessThan(0.04)
        for (const { right, wrong } of misspellings) expect(wrong).not.toBe(right)
      }
    }
  })

  it('is the same for the same seed and different for another', () => {
    expect(makeEssayText({ seed: 5 })).toBe(makeEssayText({ seed: 5 }))
    const texts = new Set(Array.from({ length: 3000 }, (_, seed) => makeEssayText({ seed, words: 100 })))
    expect(texts.size).toBe(3000)
  })
})

describe('an invented class', () => {
  const options = { seed: 11, count: 40, words: 120, mix: { docx: 0.4, pdf: 0.3, txt: 0.2, odt: 0.1 } }

  it('has the mix of formats asked for, one task, and no name twice', async () => {
    const files = await classOf(options)
    expect(Object.groupBy(files, (file) => file.format)).toMatchObject({
      docx: { length: 16 },
      pdf: { length: 12 },
      txt: { length: 8 },
      odt: { length: 4 },
    })
    expect(new Set(files.map((file) => file.fileName)).size).toBe(40)
    for (const file of files) expect(file.fileName.endsWith(`.${file.format}`)).toBe(true)
  })

  it('is the same, byte for byte, for the same seed', async () => {
    expect(await classOf(options)).toEqual(await classOf(options))
    expect(await classOf(options)).not.toEqual(await classOf({ ...options, seed: 12 }))
  })
})

describe('a bad file cannot be read', () => {
  it('a scan has a page and no words', async () => {
    expect(wordsOf(await readBack('scan.pdf', makeScannedPdf()))).toEqual([])
  })

  it('a locked pdf asks for its password', async () => {
    await expect(readBack('locked.pdf', await makeLockedPdf('hidden', 'secret'))).rejects.toThrow(/password/i)
  })

  it('neither a web page nor half a document is a docx', async () => {
    await expect(readBack('page.docx', makeBrokenDocx())).rejects.toThrow()
    await expect(readBack('half.docx', truncate(makeDocx(['one', 'two'])))).rejects.toThrow()
  })
})

async function classOf(options: Parameters<typeof makeClass>[0]): Promise<MadeFile[]> {
  return Array.fromAsync(makeClass(options))
}
