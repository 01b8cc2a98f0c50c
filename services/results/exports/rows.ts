import type { BatchResults, EssayResult, FileView } from '#contracts/results.ts'
import { figuresOf, readingAge, type EssayFigures } from './summary.ts'

export interface FileRow {
  file: FileView
  essay: EssayResult | null
  figures: EssayFigures | null
  /** Reading level as an age in years, not rounded. */
  age: number | null
  duplicateOf: FileView | null
}

/** Sorts behind every slot. */
const last = Number.MAX_SAFE_INTEGER

/**
 * A row per file, essays by their slot first, then the others as they were received. An essay whose file is
 * not listed (the lists come from two places that may lag behind each other) gets its row all the same.
 */
export function fileRows({ files, essays }: BatchResults): FileRow[] {
  const essayOf = new Map<string, EssayResult>(essays.map((essay) => [essay.fileUploadId, essay]))
  const fileOf = new Map<string, FileView>(files.map((file) => [file.fileUploadId, file]))
  const unlisted = essays
    .filter((essay) => !fileOf.has(essay.fileUploadId))
    .map((essay): FileView => ({
      fileUploadId: essay.fileUploadId,
      fileName: essay.fileName,
      state: 'in-slot',
      slot: essay.slot,
      essayId: essay.essayId,
      words: essay.words,
      remarks: [],
      receivedAt: '',
    }))
  return [...files, ...unlisted]
    .map((file): FileRow => {
      const essay = essayOf.get(file.fileUploadId) ?? null
      const figures = essay && figuresOf(essay)
      const grade = figures?.readingGrade ?? null
      return {
        file,
        essay,
        figures,
        age: grade === null ? null : readingAge(grade),
        duplicateOf: file.duplicateOf ? (fileOf.get(file.duplicateOf) ?? null) : null,
      }
    })
    .sort((a, b) => (a.essay?.slot ?? last) - (b.essay?.slot ?? last))
}

/** At most two decimals: more would claim a precision that the formulas do not have. */
export const rounded = (value: number | null | undefined): number | null =>
  value === null || value === undefined ? null : Math.round(value * 100) / 100

export const remarksOf = (file: FileView): string => file.remarks.map((remark) => remark.message).join(' ')
