import { strFromU8, unzipSync } from 'fflate'
import { SaxesParser } from 'saxes'
import { expect, test } from 'vitest'
import { BatchResults } from '#contracts/results.ts'
import { buildEssay, buildFile, buildResults, buildTroubledClass } from '../report/testing/build-results.ts'
import { resultsToCsv } from './csv.ts'
import { resultsToJson } from './json.ts'
import { resultsToXlsx } from './xlsx.ts'

/** Reads RFC 4180; the mark at the beginning is left out. */
function readCsv(csv: string): Record<string, string>[] {
  const rows: string[][] = [[]]
  for (const [, quoted, plain, end] of csv
    .slice(1)
    .matchAll(/(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n|$)/g)) {
    rows.at(-1)!.push(quoted?.replaceAll('""', '"') ?? plain ?? '')
    if (end === '\r\n') rows.push([])
    if (end === '') break
  }
  const [names, ...lines] = rows.filter((row) => row.length > 1)
  return lines.map((line) => Object.fromEntries(names!.map((name, i) => [name, line[i]!])))
}

const formulas = ['=HYPERLINK("http://x","y")', '+1+1', '-2+3', '@SUM(A1)', '\tx', '\rx', '＝1']
const hostile = () => {
  const essays = formulas.map((fileName, i) =>
    buildEssay({
      slot: i + 1,
      fileName,
      spelling: {
        status: 'succeeded',
        findingCount: 1,
        findings: [
          {
            start: 0,
            end: 3,
            text: '=1+1 <&> \u0000 👩🏽‍🏫 \ud83d',
            kind: 'non-word',
            suggestions: ['=A1', '+b'],
          },
        ],
      },
    }),
  )
  const error = { code: 'no-text', message: '=cmd|/c calc', remedy: 'Say "why",\nthen try again.' }
  return buildResults({ essays, others: [buildFile(1, { fileName: '@x.pdf', error })] })
}

test('the CSV has a row per file, the rejected with code, reason and remedy', () => {
  const results = buildTroubledClass()
  const rows = readCsv(resultsToCsv(results))
  expect(rows).toHaveLength(results.files.length)
  expect(rows.map((row) => row['fileName']).toSorted()).toEqual(
    results.files.map((file) => file.fileName).toSorted(),
  )
  expect(rows.find((row) => row['errorCode'] === 'no-text')).toMatchObject({
    fileName: 'IMG_2231 scan.pdf',
    state: 'rejected',
    slot: '',
    error: 'No text found on 4 scanned pages.',
    remedy: 'Replace the file, or type the text.',
  })
  const [first] = rows
  const essay = results.essays[0]!
  expect(first).toMatchObject({ slot: '1', words: String(essay.words), essayId: essay.essayId })
  expect(rows.find((row) => row['slot'] === '6')).toMatchObject({ duplicateOf: results.essays[4]!.fileName })
})

test('the CSV opens in Excel as UTF-8 and computes nothing', () => {
  const csv = resultsToCsv(hostile())
  expect(csv.startsWith('\ufeffslot,fileName,')).toBe(true)
  expect(csv.replace(/"[^"]*"/g, '').replaceAll('\r\n', '')).not.toMatch(/[\r\n]/)
  const rows = readCsv(csv)
  expect(rows.map((row) => row['fileName'])).toEqual([...formulas, '@x.pdf'].map((name) => `'${name}`))
  expect(rows.at(-1)).toMatchObject({ error: "'=cmd|/c calc", remedy: 'Say "why",\nthen try again.' })
  expect(rows.flatMap(Object.values).filter((cell) => /^[=+@\t\r]/.test(cell))).toEqual([])
})

test('an essay whose file is not listed has its row all the same', () => {
  const results = buildResults({ invent: 2, files: [] })
  expect(readCsv(resultsToCsv(results)).map((row) => row['slot'])).toEqual(['1', '2'])
})

interface ReadCell {
  type: string
  value: string
}

/** The sheets by name, cells by their place; throws on XML that is not well-formed. */
function readXlsx(bytes: Uint8Array) {
  const parts = unzipSync(bytes)
  const read = (name: string) => strFromU8(parts[name]!)
  const walk = (
    xml: string,
    open: (name: string, attributes: Record<string, string>) => void,
    text: (t: string) => void,
  ) => {
    const parser = new SaxesParser()
    parser.on('error', (error) => {
      throw error
    })
    parser.on('opentag', ({ name, attributes }) => open(name, attributes as Record<string, string>))
    parser.on('text', text)
    parser.write(xml).close()
  }
  const shared: string[] = []
  walk(
    read('xl/sharedStrings.xml'),
    (name) => name === 'si' && shared.push(''),
    (text) => shared.length > 0 && (shared[shared.length - 1] += text),
  )
  const names: string[] = []
  walk(
    read('xl/workbook.xml'),
    (name, attributes) => name === 'sheet' && names.push(attributes['name']!),
    () => {},
  )
  const sheets = names.map((name, i) => {
    const xml = read(`xl/worksheets/sheet${i + 1}.xml`)
    const cells: Record<string, ReadCell> = {}
    let current: ReadCell | null = null
    walk(
      xml,
      (tag, attributes) => {
        expect(tag).not.toBe('f')
        if (tag === 'c') cells[attributes['r']!] = current = { type: attributes['t'] ?? 'n', value: '' }
      },
      (text) => {
        if (current) current.value += text
      },
    )
    for (const cell of Object.values(cells)) if (cell.type === 's') cell.value = shared[Number(cell.value)]!
    return [name, { xml, cells }] as const
  })
  return Object.fromEntries(sheets)
}

test('the workbook has its three sheets, numbers as numbers and the header frozen', async () => {
  const results = buildTroubledClass()
  const book = readXlsx(await resultsToXlsx(results))
  expect(Object.keys(book)).toEqual(['Essays', 'Findings', 'Files'])
  const essays = book['Essays']!.cells
  expect(essays['A1']).toEqual({ type: 's', value: 'Slot' })
  expect(essays['A2']).toEqual({ type: 'n', value: '1' })
  expect(essays['B2']).toEqual({ type: 's', value: results.essays[0]!.fileName })
  expect(essays['C2']).toEqual({ type: 'n', value: String(results.essays[0]!.words) })
  const rowsOf = (name: string) =>
    new Set(Object.keys(book[name]!.cells).map((place) => place.replace(/\D/g, ''))).size - 1
  expect(rowsOf('Essays')).toBe(results.essays.length)
  expect(rowsOf('Files')).toBe(results.files.length)
  const found = results.essays.flatMap((essay) => [
    ...essay.spelling.findings!,
    ...(essay.language.hints ?? []),
  ])
  expect(rowsOf('Findings')).toBe(found.length)
  for (const { xml } of Object.values(book)) expect(xml).toMatch(/<pane [^>]*ySplit="1"[^>]*state="frozen"/)
})

test('the workbook keeps formulas as text and leaves out what XML cannot carry', async () => {
  const book = readXlsx(await resultsToXlsx(hostile()))
  const essays = book['Essays']!.cells
  expect(formulas.map((_, i) => essays[`B${i + 2}`]!.type)).toEqual(formulas.map(() => 's'))
  expect(essays['B2']!.value).toBe(formulas[0])
  const written = Object.entries(book['Findings']!.cells).filter(([place]) => /^F\d+$/.test(place))
  expect(written.at(-1)![1].value).toContain('=1+1 <&>')
  expect(written.at(-1)![1].value).toContain('👩🏽‍🏫')
})

test('an empty batch exports headers alone', async () => {
  const results = buildResults({ essays: [] })
  expect(readCsv(resultsToCsv(results))).toEqual([])
  expect(Object.keys(readXlsx(await resultsToXlsx(results)))).toHaveLength(3)
})

test('the JSON is the results, whole', () => {
  const results = hostile()
  const read = JSON.parse(resultsToJson(results))
  expect(BatchResults.parse(read)).toEqual(results)
})
