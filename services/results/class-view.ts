// Rule: what the Results page says of a class: each essay's figures, their spread, what is common, what it is made of.
// From: the figures and patterns that the report and the spreadsheets use; nothing is counted a second way here.
// Not promised: anything about essays whose phase is not done; `done` says how many the figures rest on.
import { Phase } from '#contracts/common.ts'
import type { BatchResults, ClassEssay, ClassView, EssayResult } from '#contracts/results.ts'
import { classPatterns } from './exports/patterns.ts'
import { figuresOf, readingAge, spreadOf, summariseClass } from './exports/summary.ts'

/** Of each list of patterns: a page shows no more, and the exports have them all. */
const longestList = 100

function lineOf(essay: EssayResult): ClassEssay {
  const { essayId, fileUploadId, fileName, slot, spelling, language } = essay
  const figures = figuresOf(essay)
  return {
    essayId,
    fileUploadId,
    fileName,
    slot,
    phases: { spelling: spelling.status, language: language.status },
    ...figures,
    readingAge: figures.readingGrade === null ? null : readingAge(figures.readingGrade),
  }
}

export function viewOfClass(
  { files, essays, prompt: _prompt, ...batch }: BatchResults,
  formats: readonly { format: string; sizeBytes: number }[],
): ClassView {
  const summary = summariseClass(essays)
  const patterns = classPatterns(essays)
  const first = <P>(list: readonly P[]) => ({ total: list.length, items: list.slice(0, longestList) })
  return {
    ...batch,
    essays: essays.map(lineOf),
    done: Object.fromEntries(
      Phase.options.map((phase) => {
        const count = (status: string) => essays.filter((essay) => essay[phase].status === status).length
        return [phase, { succeeded: count('succeeded'), failed: count('failed'), of: essays.length }]
      }),
    ) as ClassView['done'],
    spreads: {
      words: summary.words,
      per100Words: summary.per100Words,
      readingGrade: summary.readingGrade,
      wordsPerSentence: summary.wordsPerSentence,
      diversity: summary.diversity,
    },
    totalWords: summary.totalWords,
    patterns: {
      misspelt: first(patterns.misspelt),
      kinds: patterns.kinds,
      hints: first(patterns.hints),
      connectives: patterns.connectives,
      openings: first(patterns.openings),
      names: first(patterns.names),
    },
    composition: {
      formats: [...Map.groupBy(formats, (file) => file.format)]
        .map(([format, of]) => ({ format, files: of.length }))
        .sort((a, b) => b.files - a.files || (a.format < b.format ? -1 : 1)),
      sizeBytes: spreadOf(formats.map((file) => file.sizeBytes)),
    },
    failures: essays.flatMap((essay) =>
      Phase.options.flatMap((phase) => {
        const { status, error } = essay[phase]
        if (status !== 'failed') return []
        const { essayId, slot, fileName } = essay
        return { essayId, slot, fileName, phase, ...(error ? { error } : {}) }
      }),
    ),
    rejected: files
      .filter((file) => file.state === 'rejected')
      .map(({ fileUploadId, fileName, archive, error }) => ({
        fileUploadId,
        fileName,
        ...(archive === undefined ? {} : { archive }),
        ...(error ? { error } : {}),
      })),
  }
}
