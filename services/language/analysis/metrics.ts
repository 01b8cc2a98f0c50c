// Everything counted and computed over one text, in the shape of the contract.
// Sources stand at each figure's own file; figures are rounded to four decimals, far finer than they mean anything.
// Does not promise a figure for every text: `null` below the minimum that the figure's file states.

import type { LanguageMetrics } from '#contracts/language.ts'
import { addConnectives, noConnectives } from './connectives.ts'
import { DIVERSITY_MIN_WORDS, hdd, mtld } from './diversity.ts'
import { findBlocks, markerEnd, type Block } from './layout.ts'
import { findRepeatedOpenings } from './openings.ts'
import * as readability from './readability.ts'
import { findSentences } from './sentences.ts'
import { findWords, type Word } from './words.ts'

/** Raised whenever any figure of any text changes; a test holds it to that. */
export const METRICS_VERSION = 1

/** Fewer sentences have no spread worth a figure. */
export const SPREAD_MIN_SENTENCES = 3

/** Above this share of words in other scripts, syllables and letters follow rules we do not have. */
const MOST_FOREIGN = 0.1

const round = (value: number | null): number | null =>
  value === null || !Number.isFinite(value) ? null : Math.round(value * 10_000) / 10_000

const LINE_BREAK = /[\n\r\v\f\u0085\u2028\u2029]/

/** Code points without line breaks, spaces included: what word processors call characters with spaces. */
function countCharacters(text: string): number {
  let count = 0
  for (const character of text) if (!LINE_BREAK.test(character)) count++
  return count
}

/** The numbers and letters that only mark the items of a list are no words. */
function withoutMarkers(text: string, words: readonly Word[], blocks: readonly Block[]): readonly Word[] {
  const items = blocks.flatMap(({ kind, units }) => (kind === 'list' ? units : []))
  if (items.length === 0) return words
  let at = 0
  return words.filter(({ start }) => {
    while (at < items.length && items[at]!.end <= start) at++
    const item = items[at]
    return !item || start < item.start || start >= markerEnd(text, item)
  })
}

/** The words of each sentence in order. A sentence without words is left out. */
function wordsBySentence(text: string, words: readonly Word[], blocks: readonly Block[]): Word[][] {
  const groups: Word[][] = []
  let at = 0
  for (const { end } of findSentences(text, blocks)) {
    const group: Word[] = []
    while (at < words.length && words[at]!.start < end) group.push(words[at++]!)
    if (group.length > 0) groups.push(group)
  }
  return groups
}

/** Blocks with words in them, headings and other short lines left out; at least 1 where there is a word. */
function countParagraphs(text: string, words: readonly Word[], blocks: readonly Block[]): number {
  if (words.length === 0) return 0
  const written = ({ kind, start, end }: Block): boolean =>
    kind !== 'line' && /[\p{L}\p{N}]/u.test(text.slice(start, end))
  return Math.max(1, blocks.filter(written).length)
}

/** Standard deviation of the whole text's sentence lengths, in words (divided by n: nothing is sampled). */
export function spread(lengths: readonly number[]): number | null {
  if (lengths.length < SPREAD_MIN_SENTENCES) return null
  const mean = lengths.reduce((sum, length) => sum + length, 0) / lengths.length
  return Math.sqrt(lengths.reduce((sum, length) => sum + (length - mean) ** 2, 0) / lengths.length)
}

export function measure(text: string): LanguageMetrics {
  const blocks = findBlocks(text)
  const words = withoutMarkers(text, findWords(text), blocks)
  const sentences = wordsBySentence(text, words, blocks)
  const paragraphs = countParagraphs(text, words, blocks)
  const lengths = sentences.map((sentence) => sentence.length)

  const counts = readability.noCounts()
  const connectives = noConnectives()
  let foreign = 0
  for (const sentence of sentences) {
    counts.sentences++
    addConnectives(connectives, text, sentence)
    sentence.forEach((word, i) => {
      readability.addWord(counts, word, i === 0)
      if (!readability.isLatin(word)) foreign++
    })
  }
  const keys = words.map((word) => word.key)
  const english = foreign <= MOST_FOREIGN * words.length
  const readable =
    english &&
    counts.words >= readability.READABILITY_MIN_WORDS &&
    counts.words <= readability.MAX_WORDS_PER_SENTENCE * counts.sentences
  const figure = (formula: (counts: readability.Counts) => number): number | null =>
    readable ? round(formula(counts)) : null
  const diverse = words.length >= DIVERSITY_MIN_WORDS

  return {
    words: words.length,
    sentences: sentences.length,
    paragraphs,
    characters: countCharacters(text),
    syllables: counts.syllables,
    distinctWords: new Set(keys).size,
    wordsPerSentence: sentences.length === 0 ? null : round(words.length / sentences.length),
    sentenceLengthSpread: round(spread(lengths)),
    longestSentenceWords: lengths.reduce((most, length) => Math.max(most, length), 0),
    wordsPerParagraph: paragraphs === 0 ? null : round(words.length / paragraphs),
    readability: {
      fleschReadingEase: figure(readability.fleschReadingEase),
      fleschKincaidGrade: figure(readability.fleschKincaidGrade),
      gunningFog: figure(readability.gunningFog),
      smog: counts.sentences >= readability.SMOG_MIN_SENTENCES ? figure(readability.smog) : null,
      colemanLiau: figure(readability.colemanLiau),
      lix: figure(readability.lix),
    },
    diversity: { mtld: diverse ? round(mtld(keys)) : null, hdd: diverse ? round(hdd(keys)) : null },
    connectives,
    repeatedOpenings: findRepeatedOpenings(sentences),
    sentenceLengths: lengths,
  }
}
