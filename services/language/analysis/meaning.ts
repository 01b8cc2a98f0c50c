// Says in plain words what each figure is, for a teacher who has never met its name.
// Bands only where their authors published them: Flesch (1949) for reading ease, Björnsson (1968) for LIX.
// Does not judge: diversity, connectives and spread have no norms for school writing, so none are given.

import type { LanguageMetrics } from '#contracts/language.ts'
import { DIVERSITY_MIN_WORDS, HDD_DRAWS } from './diversity.ts'
import { SPREAD_MIN_SENTENCES } from './metrics.ts'
import {
  MAX_WORDS_PER_SENTENCE,
  READABILITY_MIN_WORDS,
  SMOG_MIN_SENTENCES,
  SMOG_STANDARD_ERROR,
} from './readability.ts'

export interface Meaning {
  /** Names the figure for code and for columns; stable. */
  readonly key: string
  readonly label: string
  /** As shown; "–" where the text allows no figure. */
  readonly value: string
  readonly meaning: string
}

const NONE = '–'

/** R. Flesch, "The Art of Readable Writing" (1949): lower end of each band, its name. */
const EASE: readonly [number, string][] = [
  [90, 'very easy'],
  [80, 'easy'],
  [70, 'fairly easy'],
  [60, 'plain English'],
  [50, 'fairly difficult'],
  [30, 'difficult'],
  [-Infinity, 'very difficult'],
]

/** C.-H. Björnsson, "Läsbarhet" (1968): lower end of each band, its typical reading. */
const LIX_BANDS: readonly [number, string][] = [
  [60, 'very difficult, like laws and regulations'],
  [50, 'difficult, like official texts'],
  [40, 'of medium difficulty, like a newspaper'],
  [30, 'easy, like fiction for adults'],
  [-Infinity, 'very easy, like books for children'],
]

const band = (bands: readonly [number, string][], value: number): string =>
  bands.find(([from]) => value >= from)![1]

const plural = (count: number, one: string, many = `${one}s`): string =>
  `${count} ${count === 1 ? one : many}`

function tooShort(metrics: LanguageMetrics, what: string, minWords: number): string {
  if (metrics.words < minWords) return `needs at least ${minWords} words; this text has ${metrics.words}`
  if (metrics.words > MAX_WORDS_PER_SENTENCE * metrics.sentences)
    return 'too few full stops to tell where sentences end'
  return `${what} is worked out for English only`
}

/** A US grade is met at the age of grade + 5 (grade 1 begins at six). */
function ageOf(grade: number): string {
  const age = Math.round(grade + 5)
  if (age < 6) return 'younger than about age 6'
  return age > 18 ? 'above school age' : `about age ${age}`
}

function describeReadability(metrics: LanguageMetrics): Meaning[] {
  const { fleschReadingEase, fleschKincaidGrade, gunningFog, smog, colemanLiau, lix } = metrics.readability
  const entry = (
    key: string,
    label: string,
    value: number | null,
    say: (value: number) => string,
  ): Meaning => {
    if (value !== null) return { key, label, value: value.toFixed(1), meaning: say(value) }
    const fewSentences = key === 'smog' && fleschKincaidGrade !== null
    const why = fewSentences
      ? `needs at least ${SMOG_MIN_SENTENCES} sentences; this text has ${metrics.sentences}`
      : tooShort(metrics, 'readability', READABILITY_MIN_WORDS)
    return { key, label, value: NONE, meaning: why }
  }
  const level = (name: string) => (grade: number) => `${ageOf(grade)} (${name} ${grade.toFixed(1)})`
  return [
    entry('fleschKincaidGrade', 'Reading level', fleschKincaidGrade, level('Flesch–Kincaid')),
    entry(
      'fleschReadingEase',
      'Reading ease',
      fleschReadingEase,
      (ease) => `${band(EASE, ease)} to read (Flesch, 0 to 100)`,
    ),
    entry('gunningFog', 'Reading level by hard words', gunningFog, level('Gunning fog')),
    entry(
      'smog',
      'Reading level by long words',
      smog,
      (grade) => `${ageOf(grade)}, give or take ${SMOG_STANDARD_ERROR} years (SMOG ${grade.toFixed(1)})`,
    ),
    entry('colemanLiau', 'Reading level by letters', colemanLiau, level('Coleman–Liau')),
    entry('lix', 'LIX', lix, (value) => `${band(LIX_BANDS, value)} (LIX, about 20 to 60)`),
  ]
}

function describeDiversity(metrics: LanguageMetrics): Meaning[] {
  const { mtld, hdd } = metrics.diversity
  const none =
    metrics.words < DIVERSITY_MIN_WORDS
      ? tooShort(metrics, 'diversity', DIVERSITY_MIN_WORDS)
      : 'no word is repeated, so there is nothing to measure'
  return [
    {
      key: 'mtld',
      label: 'Variety of words',
      value: mtld === null ? NONE : mtld.toFixed(0),
      meaning:
        mtld === null
          ? none
          : `on average ${mtld.toFixed(0)} words go by before the same words return often (MTLD); higher is more varied`,
    },
    {
      key: 'hdd',
      label: 'Different words in a sample',
      value: hdd === null ? NONE : hdd.toFixed(2),
      meaning:
        hdd === null
          ? none
          : `of ${HDD_DRAWS} words drawn at random, ${Math.round(hdd * HDD_DRAWS)} would be different (HD-D ${hdd.toFixed(2)})`,
    },
  ]
}

function middleHalf(lengths: readonly number[]): string {
  const sorted = [...lengths].sort((a, b) => a - b)
  const low = sorted[Math.floor((sorted.length - 1) / 4)]!
  const high = sorted[Math.ceil(((sorted.length - 1) * 3) / 4)]!
  return low === high ? String(low) : `${low} to ${high}`
}

function describeSentences(metrics: LanguageMetrics): Meaning[] {
  const { wordsPerSentence: mean, sentenceLengthSpread: sd, wordsPerParagraph, repeatedOpenings } = metrics
  const openings = repeatedOpenings.map(({ words, count }) => `“${words}” ${count} times`).join(', ')
  return [
    {
      key: 'wordsPerSentence',
      label: 'Sentence length',
      value: mean === null ? NONE : mean.toFixed(1),
      meaning:
        mean === null
          ? 'no sentence found'
          : `words in a sentence on average; the longest has ${metrics.longestSentenceWords}`,
    },
    {
      key: 'sentenceLengthSpread',
      label: 'Spread of sentence lengths',
      value: sd === null ? NONE : sd.toFixed(1),
      meaning:
        sd === null
          ? `needs at least ${SPREAD_MIN_SENTENCES} sentences; this text has ${metrics.sentences}`
          : `standard deviation in words; the middle half of the sentences have ${middleHalf(metrics.sentenceLengths)} words`,
    },
    {
      key: 'wordsPerParagraph',
      label: 'Paragraph length',
      value: wordsPerParagraph === null ? NONE : wordsPerParagraph.toFixed(0),
      meaning:
        wordsPerParagraph === null
          ? 'no paragraph found'
          : `words in a paragraph on average, over ${plural(metrics.paragraphs, 'paragraph')}`,
    },
    {
      key: 'repeatedOpenings',
      label: 'Repeated openings',
      value: String(repeatedOpenings.length),
      meaning:
        openings === ''
          ? 'no opening is shared by several sentences'
          : `sentences that open alike: ${openings}`,
    },
  ]
}

const KINDS: Record<keyof LanguageMetrics['connectives'], string> = {
  additive: 'adding (also, moreover)',
  adversative: 'contrasting (but, however)',
  causal: 'giving reasons (because, therefore)',
  temporal: 'ordering in time (then, after)',
  exemplifying: 'giving examples (for example, such as)',
  concluding: 'summing up (in conclusion, overall)',
}

function describeConnectives(metrics: LanguageMetrics): Meaning {
  const counts = Object.entries(metrics.connectives) as [keyof typeof KINDS, number][]
  const total = counts.reduce((sum, [, count]) => sum + count, 0)
  const used = counts.filter(([, count]) => count > 0).map(([kind, count]) => `${count} ${KINDS[kind]}`)
  const per =
    metrics.words >= READABILITY_MIN_WORDS
      ? ` (${((100 * total) / metrics.words).toFixed(1)} in 100 words)`
      : ''
  return {
    key: 'connectives',
    label: 'Linking words',
    value: String(total),
    meaning: total === 0 ? 'none of the linking words we look for' : `${used.join(', ')}${per}`,
  }
}

/** One entry for each figure, in the order a teacher would read them. English. */
export function describe(metrics: LanguageMetrics): Meaning[] {
  const { words, sentences, paragraphs, distinctWords } = metrics
  return [
    {
      key: 'words',
      label: 'Length',
      value: String(words),
      meaning: `${plural(words, 'word')} in ${plural(sentences, 'sentence')} and ${plural(paragraphs, 'paragraph')}; ${distinctWords} different words`,
    },
    ...describeReadability(metrics),
    ...describeDiversity(metrics),
    ...describeSentences(metrics),
    describeConnectives(metrics),
  ]
}
