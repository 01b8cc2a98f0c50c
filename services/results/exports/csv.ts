import { stringify } from 'csv-stringify/sync'
import type { BatchResults } from '#contracts/results.ts'
import { guardFormula, storable } from './cells.ts'
import { fileRows, remarksOf, rounded, type FileRow } from './rows.ts'

type Cell = string | number | null | undefined

/** Names as in the API, so that a script that reads one reads the other. */
const columns: Record<string, (row: FileRow) => Cell> = {
  slot: ({ file, essay }) => essay?.slot ?? file.slot,
  fileName: ({ file }) => file.fileName,
  archive: ({ file }) => file.archive,
  state: ({ file }) => file.state,
  words: ({ file, essay }) => essay?.words ?? file.words,
  spellingStatus: ({ essay }) => essay?.spelling.status,
  spellingFindings: ({ figures }) => figures?.spellingFindings,
  spellingPer100Words: ({ figures }) => rounded(figures?.per100Words),
  names: ({ figures }) => figures?.names,
  languageStatus: ({ essay }) => essay?.language.status,
  grammarHints: ({ figures }) => figures?.hints,
  readingAge: ({ age }) => rounded(age),
  fleschKincaidGrade: ({ figures }) => rounded(figures?.readingGrade),
  fleschReadingEase: ({ essay }) => rounded(essay?.language.metrics?.readability.fleschReadingEase),
  gunningFog: ({ essay }) => rounded(essay?.language.metrics?.readability.gunningFog),
  smog: ({ essay }) => rounded(essay?.language.metrics?.readability.smog),
  colemanLiau: ({ essay }) => rounded(essay?.language.metrics?.readability.colemanLiau),
  lix: ({ essay }) => rounded(essay?.language.metrics?.readability.lix),
  sentences: ({ essay }) => essay?.language.metrics?.sentences,
  paragraphs: ({ essay }) => essay?.language.metrics?.paragraphs,
  wordsPerSentence: ({ figures }) => rounded(figures?.wordsPerSentence),
  longestSentenceWords: ({ essay }) => essay?.language.metrics?.longestSentenceWords,
  distinctWords: ({ essay }) => essay?.language.metrics?.distinctWords,
  mtld: ({ figures }) => rounded(figures?.diversity),
  hdd: ({ essay }) => rounded(essay?.language.metrics?.diversity.hdd),
  errorCode: ({ file }) => file.error?.code,
  error: ({ file }) => file.error?.message,
  remedy: ({ file }) => file.error?.remedy,
  remarks: ({ file }) => remarksOf(file),
  duplicateOf: ({ duplicateOf, file }) => duplicateOf?.fileName ?? file.duplicateOf,
  replacedBy: ({ file }) => file.replacedBy,
  receivedAt: ({ file }) => file.receivedAt,
  essayId: ({ essay, file }) => essay?.essayId ?? file.essayId,
  fileUploadId: ({ file }) => file.fileUploadId,
}

const cell = (value: Cell): string | number | null =>
  typeof value === 'string' ? guardFormula(storable(value)) : (value ?? null)

/** `results.csv`: a row per file, also the rejected. UTF-8 with a mark and CRLF, as Excel wants it. */
export function resultsToCsv(results: BatchResults): string {
  const of = Object.values(columns)
  const rows = fileRows(results).map((row) => of.map((column) => cell(column(row))))
  return stringify([Object.keys(columns), ...rows], {
    bom: true,
    record_delimiter: 'windows',
    quoted_match: /[\r\n]/,
  })
}
