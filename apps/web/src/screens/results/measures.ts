import type { TFunction } from 'i18next'
import type { ClassEssay, ClassView, Spread } from '#contracts/results.ts'
import { sayAge, sayDecimal, sayInteger } from '../../shared/figures.ts'

/** A figure that every essay has, as it is plotted. */
export interface Measure {
  name: 'words' | 'spelling' | 'reading' | 'sentences'
  of: (essay: ClassEssay) => number | null
  spread: (view: ClassView) => Spread
  fromZero: boolean
  /** The finest step of its axis. */
  finestStep: number
  say: (value: number) => string
  sayWithUnit: (t: TFunction<'results'>, value: number) => string
}

const shifted = (spread: Spread, by: number): Spread =>
  spread && {
    count: spread.count,
    low: spread.low + by,
    lowerQuartile: spread.lowerQuartile + by,
    median: spread.median + by,
    upperQuartile: spread.upperQuartile + by,
    high: spread.high + by,
  }

export const measures: readonly Measure[] = [
  {
    name: 'words',
    of: (essay) => essay.words,
    spread: ({ spreads }) => spreads.words,
    fromZero: true,
    finestStep: 1,
    say: sayInteger,
    sayWithUnit: (t, value) => t('unit.words', { count: value, value: sayInteger(value) }),
  },
  {
    name: 'spelling',
    of: (essay) => essay.per100Words,
    spread: ({ spreads }) => spreads.per100Words,
    fromZero: true,
    finestStep: 0.1,
    say: sayDecimal,
    sayWithUnit: (t, value) => t('unit.per-100', { value: sayDecimal(value) }),
  },
  {
    name: 'reading',
    of: (essay) => essay.readingAge,
    // A grade is reached at five years more: the contract gives the spread of grades.
    spread: ({ spreads }) => shifted(spreads.readingGrade, 5),
    fromZero: false,
    finestStep: 1,
    say: sayInteger,
    sayWithUnit: (t, value) => t('unit.age', { value: sayAge(value) }),
  },
  {
    name: 'sentences',
    of: (essay) => essay.wordsPerSentence,
    spread: ({ spreads }) => spreads.wordsPerSentence,
    fromZero: false,
    finestStep: 1,
    say: sayDecimal,
    sayWithUnit: (t, value) => t('unit.words-each', { value: sayDecimal(value) }),
  },
]
