// Rule: the figures of one essay and of a class; quartiles by linear interpolation (Hyndman & Fan 1996, type 7).
// From: Kincaid et al. 1975 for the grade; a school year is taken as the age plus five.
// Not promised: a reading level judges sentence and word length only; names are never counted as misspelt.
import type { EssayResult } from '#contracts/results.ts'
import type { Finding } from '#contracts/spelling.ts'

/** Below this many words a rate per 100 words says more about the length than about the spelling. */
const fewestWordsForRate = 20

export const isSpelling = (finding: Finding): boolean => finding.kind !== 'name'

export interface EssayFigures {
  words: number
  /** Findings other than names; `null` until spelling has been checked. */
  spellingFindings: number | null
  names: number | null
  /** Spelling findings per 100 words; `null` also where the text is too short. */
  per100Words: number | null
  hints: number | null
  /** Flesch–Kincaid grade. */
  readingGrade: number | null
  wordsPerSentence: number | null
  /** MTLD. */
  diversity: number | null
}

/** An essay that is checked again keeps showing what the last success found. */
function spellingFindingsOf({ spelling }: EssayResult): number | null {
  const known = spelling.status === 'succeeded' || spelling.findingCount !== null
  if (!known) return null
  return spelling.findings ? spelling.findings.filter(isSpelling).length : spelling.findingCount
}

export function ratePer100Words(count: number | null, words: number): number | null {
  return count === null || words < fewestWordsForRate ? null : (count / words) * 100
}

export function figuresOf(essay: EssayResult): EssayFigures {
  const spellingFindings = spellingFindingsOf(essay)
  const { metrics, hints } = essay.language
  const named = essay.spelling.findings?.filter((finding) => !isSpelling(finding)).length ?? null
  return {
    words: essay.words,
    spellingFindings,
    names: spellingFindings === null ? null : named,
    per100Words: ratePer100Words(spellingFindings, essay.words),
    hints: metrics || essay.language.status === 'succeeded' ? (hints?.length ?? null) : null,
    readingGrade: metrics?.readability.fleschKincaidGrade ?? null,
    wordsPerSentence: metrics?.wordsPerSentence ?? null,
    diversity: metrics?.diversity.mtld ?? null,
  }
}

/** The age at which a grade is usually reached, in years, not rounded. */
export const readingAge = (grade: number): number => grade + 5

/** Of fewer values a middle half says nothing. */
export const fewestForMiddle = 4

export interface Spread {
  count: number
  low: number
  lowerQuartile: number
  median: number
  upperQuartile: number
  high: number
}

/** `sorted` ascending and not empty; `share` from 0 to 1. */
function quantile(sorted: readonly number[], share: number): number {
  const place = (sorted.length - 1) * share
  const below = sorted[Math.floor(place)]!
  const above = sorted[Math.ceil(place)]!
  return below + (above - below) * (place - Math.floor(place))
}

/** `null` when no value is known. */
export function spreadOf(values: readonly (number | null)[]): Spread | null {
  const sorted = values.filter((value) => value !== null).sort((a, b) => a - b)
  if (sorted.length === 0) return null
  return {
    count: sorted.length,
    low: sorted[0]!,
    lowerQuartile: quantile(sorted, 0.25),
    median: quantile(sorted, 0.5),
    upperQuartile: quantile(sorted, 0.75),
    high: sorted.at(-1)!,
  }
}

export interface ClassSummary {
  essays: number
  totalWords: number
  /** Essays whose spelling, and whose language figures, are known. */
  spellingKnown: number
  languageKnown: number
  words: Spread | null
  per100Words: Spread | null
  readingGrade: Spread | null
  wordsPerSentence: Spread | null
  diversity: Spread | null
}

export function summariseClass(essays: readonly EssayResult[]): ClassSummary {
  const figures = essays.map(figuresOf)
  const spread = (of: (essay: EssayFigures) => number | null) => spreadOf(figures.map(of))
  return {
    essays: essays.length,
    totalWords: figures.reduce((sum, essay) => sum + essay.words, 0),
    spellingKnown: figures.filter((essay) => essay.spellingFindings !== null).length,
    languageKnown: essays.filter((essay) => essay.language.metrics !== null).length,
    words: spread((essay) => essay.words),
    per100Words: spread((essay) => essay.per100Words),
    readingGrade: spread((essay) => essay.readingGrade),
    wordsPerSentence: spread((essay) => essay.wordsPerSentence),
    diversity: spread((essay) => essay.diversity),
  }
}
