import writeXlsxFile, { type CellObject, type Row, type Sheet } from 'write-excel-file/node'
import type { BatchResults, EssayResult } from '#contracts/results.ts'
import type { Finding } from '#contracts/spelling.ts'
import { storable } from './cells.ts'
import { listFindings, type Listed } from './findings.ts'
import { fileRows, remarksOf, rounded, type FileRow } from './rows.ts'

/** What one cell of Excel can hold. */
const longestCell = 32_767

interface Column<Item> {
  title: string
  /** In characters. */
  width: number
  value: (item: Item) => string | number | Date | null | undefined
  /** Of a number, as Excel writes it; whole numbers when absent. */
  format?: string
}

/** Typed as text, so that what begins with = or + is shown and never computed. */
function cell(
  value: string | number | Date | null | undefined,
  format: string | undefined,
): CellObject | null {
  if (value === null || value === undefined || value === '') return null
  if (typeof value === 'string')
    return { type: String, value: storable(value.slice(0, longestCell)), format: '@' }
  if (value instanceof Date)
    return Number.isNaN(value.getTime()) ? null : { type: Date, value, format: 'yyyy-mm-dd hh:mm' }
  return Number.isFinite(value) ? { type: Number, value, format: format ?? '0' } : null
}

const isNumber = (items: readonly unknown[], { value }: Column<never>): boolean =>
  items.some((item) => typeof value(item as never) === 'number')

function sheet<Item>(
  name: string,
  columns: Column<Item>[],
  items: readonly Item[],
  stickyColumns: number,
): Sheet<never> {
  const header: Row = columns.map((column) => ({
    type: String,
    value: column.title,
    fontWeight: 'bold',
    wrap: true,
    align: isNumber(items, column) ? 'right' : 'left',
    bottomBorderStyle: 'thin',
  }))
  return {
    sheet: name,
    data: [
      header,
      ...items.map((item): Row => columns.map(({ value, format }) => cell(value(item), format))),
    ],
    columns: columns.map(({ width }) => ({ width })),
    stickyRowsCount: 1,
    stickyColumnsCount: stickyColumns,
    orientation: 'landscape',
  }
}

const essayColumns: Column<FileRow & { essay: EssayResult }>[] = [
  { title: 'Slot', width: 6, value: ({ essay }) => essay.slot },
  { title: 'File', width: 34, value: ({ essay }) => essay.fileName },
  { title: 'Words', width: 8, value: ({ essay }) => essay.words },
  { title: 'Spelling findings', width: 10, value: ({ figures }) => figures?.spellingFindings },
  {
    title: 'Findings per 100 words',
    width: 12,
    value: ({ figures }) => rounded(figures?.per100Words),
    format: '0.0',
  },
  { title: 'Taken for names', width: 10, value: ({ figures }) => figures?.names },
  { title: 'Grammar hints', width: 10, value: ({ figures }) => figures?.hints },
  { title: 'Reading level, age in years', width: 12, value: ({ age }) => rounded(age), format: '0.0' },
  {
    title: 'Flesch–Kincaid grade',
    width: 12,
    value: ({ figures }) => rounded(figures?.readingGrade),
    format: '0.0',
  },
  { title: 'Sentences', width: 10, value: ({ essay }) => essay.language.metrics?.sentences },
  {
    title: 'Words per sentence',
    width: 10,
    value: ({ figures }) => rounded(figures?.wordsPerSentence),
    format: '0.0',
  },
  { title: 'Paragraphs', width: 11, value: ({ essay }) => essay.language.metrics?.paragraphs },
  {
    title: 'Vocabulary (MTLD)',
    width: 12,
    value: ({ figures }) => rounded(figures?.diversity),
    format: '0.0',
  },
  { title: 'Spelling', width: 13, value: ({ essay }) => essay.spelling.status },
  { title: 'Language', width: 13, value: ({ essay }) => essay.language.status },
  { title: 'Essay id', width: 38, value: ({ essay }) => essay.essayId },
]

interface FindingRow {
  essay: EssayResult
  label: string
  layer: string
  kind: string
  start: number
  end: number
  text: string
  message: string
  suggestions: readonly string[]
}

/** Findings as the report numbers them, the essays by their slot. */
function findingRows(essays: readonly EssayResult[]): FindingRow[] {
  return essays.flatMap((essay) => {
    const { spelling, names, hints } = listFindings(essay)
    const found =
      (layer: string) =>
      (listed: Listed<Finding>): FindingRow => ({
        ...listed.item,
        label: listed.label,
        layer,
        message: '',
        essay,
      })
    return [
      ...spelling.map(found('spelling')),
      ...names.map(found('name?')),
      ...hints.map(({ item, label }) => ({
        ...item,
        label,
        layer: 'grammar hint',
        kind: item.rule,
        text: essay.text?.slice(item.start, item.end) ?? '',
        essay,
      })),
    ]
  })
}

const findingColumns: Column<FindingRow>[] = [
  { title: 'Slot', width: 6, value: ({ essay }) => essay.slot },
  { title: 'File', width: 34, value: ({ essay }) => essay.fileName },
  { title: 'Number', width: 9, value: ({ label }) => (/^\d+$/.test(label) ? Number(label) : label) },
  { title: 'Layer', width: 13, value: ({ layer }) => layer },
  { title: 'Kind', width: 16, value: ({ kind }) => kind },
  { title: 'Written', width: 22, value: ({ text }) => text },
  { title: 'Suggestion', width: 22, value: ({ suggestions }) => suggestions[0] },
  { title: 'Others', width: 30, value: ({ suggestions }) => suggestions.slice(1).join(', ') },
  { title: 'Message', width: 40, value: ({ message }) => message },
  { title: 'Start', width: 8, value: ({ start }) => start },
  { title: 'End', width: 8, value: ({ end }) => end },
]

const fileColumns: Column<FileRow>[] = [
  { title: 'File', width: 34, value: ({ file }) => file.fileName },
  { title: 'Archive', width: 20, value: ({ file }) => file.archive },
  { title: 'State', width: 17, value: ({ file }) => file.state },
  { title: 'Slot', width: 6, value: ({ file, essay }) => file.slot ?? essay?.slot },
  { title: 'Words', width: 8, value: ({ file }) => file.words },
  { title: 'Why', width: 44, value: ({ file }) => file.error?.message },
  { title: 'What to do', width: 44, value: ({ file }) => file.error?.remedy },
  { title: 'Code', width: 18, value: ({ file }) => file.error?.code },
  { title: 'Remarks', width: 40, value: ({ file }) => remarksOf(file) },
  {
    title: 'Same bytes as',
    width: 28,
    value: ({ duplicateOf, file }) => duplicateOf?.fileName ?? file.duplicateOf,
  },
  {
    title: 'Received (UTC)',
    width: 18,
    value: ({ file }) => (file.receivedAt ? new Date(file.receivedAt) : null),
  },
  { title: 'File id', width: 38, value: ({ file }) => file.fileUploadId },
]

const hasEssay = (row: FileRow): row is FileRow & { essay: EssayResult } => row.essay !== null

/** A workbook with the sheets Essays, Findings and Files; numbers are numbers, the header stays in sight. */
export function resultsToXlsx(results: BatchResults): Promise<Buffer> {
  const rows = fileRows(results)
  const essays = rows.filter(hasEssay)
  return writeXlsxFile([
    sheet('Essays', essayColumns, essays, 2),
    sheet('Findings', findingColumns, findingRows(essays.map(({ essay }) => essay)), 2),
    sheet('Files', fileColumns, rows, 1),
  ]).toBuffer()
}
