import type { EssayResult } from '#contracts/results.ts'
import { figuresOf, readingAge, spreadOf, type EssayFigures } from '../exports/summary.ts'
import type { Html } from './html.ts'
import { plotFigure, type Dot, type Plot } from './plots.ts'
import { decimal, integer } from './words.ts'

interface ClassPlot extends Omit<Plot, 'spread' | 'dots' | 'missing'> {
  value: (figures: EssayFigures) => number | null
}

const plots: ClassPlot[] = [
  {
    id: 'plot-words',
    title: 'How long the essays are',
    axis: 'Length (words)',
    column: 'Words',
    unit: ' words',
    value: (figures) => figures.words,
    fromZero: true,
    finestStep: 1,
    show: integer,
  },
  {
    id: 'plot-spelling',
    title: 'How often a word is misspelt',
    axis: 'Spelling findings (per 100 words)',
    column: 'Per 100 words',
    unit: ' per 100 words',
    value: (figures) => figures.per100Words,
    fromZero: true,
    finestStep: 0.1,
    show: decimal,
  },
  {
    id: 'plot-reading',
    title: 'How demanding they are to read',
    axis: 'Reading level (age in years = Flesch–Kincaid grade + 5)',
    column: 'Age',
    unit: ' years',
    value: ({ readingGrade }) => (readingGrade === null ? null : readingAge(readingGrade)),
    fromZero: false,
    finestStep: 1,
    show: integer,
  },
  {
    id: 'plot-sentences',
    title: 'How long the sentences are',
    axis: 'Average sentence (words)',
    column: 'Words per sentence',
    unit: ' words',
    value: (figures) => figures.wordsPerSentence,
    fromZero: false,
    finestStep: 1,
    show: decimal,
  },
]

/** The plots of the class; one that would hold a single dot is left out. */
export function classPlots(essays: readonly EssayResult[], hrefOf: (essay: EssayResult) => string): Html[] {
  const all = essays.map((essay) => ({ essay, figures: figuresOf(essay) }))
  return plots.flatMap(({ value, ...plot }) => {
    const dots = all.flatMap(({ essay, figures }): Dot[] => {
      const place = value(figures)
      if (place === null) return []
      return [{ slot: essay.slot, fileName: essay.fileName, href: hrefOf(essay), value: place }]
    })
    const spread = dots.length > 1 && spreadOf(dots.map((dot) => dot.value))
    return spread ? plotFigure({ ...plot, spread, dots, missing: all.length - dots.length }) : []
  })
}
