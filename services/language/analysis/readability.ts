// Six readability formulas for English prose, each over the same counts.
// Sources stand at each function; constants are those first published.
// Do not promise to measure quality: they see the length of words and sentences and nothing else.

import type { Word } from './words.ts'
import { countSyllables } from './syllables.ts'

/** What the formulas need to know of a text. */
export interface Counts {
  words: number
  sentences: number
  /** Letters and digits within words. */
  letters: number
  syllables: number
  /** Words of three syllables or more. */
  polysyllables: number
  /** Words that Gunning calls hard; see `isHard`. */
  hardWords: number
  /** Words of more than six letters. */
  longWords: number
}

/** The samples the formulas were fitted on had 100 words or more (Flesch 1948, Coleman & Liau 1975). */
export const READABILITY_MIN_WORDS = 100

/** McLaughlin took three samples of ten sentences; with less than one such sample no figure is given. */
export const SMOG_MIN_SENTENCES = 10

/** Beyond this the final stops are missing, and every formula would measure that and nothing else. */
export const MAX_WORDS_PER_SENTENCE = 80

/**
 * Flesch Reading Ease: 206.835 − 1.015 words/sentence − 84.6 syllables/word; about 0 (hard) to 100 (easy).
 * R. Flesch, "A new readability yardstick", Journal of Applied Psychology 32 (1948) 221–233.
 */
export function fleschReadingEase({ words, sentences, syllables }: Counts): number {
  return 206.835 - 1.015 * (words / sentences) - 84.6 * (syllables / words)
}

/**
 * Flesch–Kincaid grade: 0.39 words/sentence + 11.8 syllables/word − 15.59; a US school grade.
 * J. P. Kincaid et al., Research Branch Report 8-75, Naval Air Station Memphis (1975).
 */
export function fleschKincaidGrade({ words, sentences, syllables }: Counts): number {
  return 0.39 * (words / sentences) + 11.8 * (syllables / words) - 15.59
}

/**
 * Gunning fog index: 0.4 (words/sentence + 100 hard words/words); a US school grade.
 * R. Gunning, "The Technique of Clear Writing", McGraw-Hill (1952).
 */
export function gunningFog({ words, sentences, hardWords }: Counts): number {
  return 0.4 * (words / sentences + (100 * hardWords) / words)
}

/** Standard error of a SMOG grade, in grades (McLaughlin 1969: 1.5159). */
export const SMOG_STANDARD_ERROR = 1.5

/**
 * SMOG grade: 3.1291 + 1.0430 √(30 polysyllables/sentences); a US school grade. All sentences are used and
 * scaled to his thirty.
 * G. H. McLaughlin, "SMOG grading: a new readability formula", Journal of Reading 12 (1969) 639–646.
 */
export function smog({ sentences, polysyllables }: Counts): number {
  return 3.1291 + 1.043 * Math.sqrt((30 * polysyllables) / sentences)
}

/**
 * Coleman–Liau index: 0.0588 L − 0.296 S − 15.8, with L letters and S sentences per 100 words; a US grade.
 * M. Coleman & T. L. Liau, "A computer readability formula designed for machine scoring", Journal of
 * Applied Psychology 60 (1975) 283–284.
 */
export function colemanLiau({ words, sentences, letters }: Counts): number {
  return 0.0588 * ((100 * letters) / words) - 0.296 * ((100 * sentences) / words) - 15.8
}

/**
 * LIX: words/sentence + 100 words of more than six letters/words; about 20 (easy) to 60 (hard).
 * C.-H. Björnsson, "Läsbarhet", Liber, Stockholm (1968).
 */
export function lix({ words, sentences, longWords }: Counts): number {
  return words / sentences + (100 * longWords) / words
}

/**
 * Gunning's hard word: three syllables or more, but not a proper noun (a capital that does not open a
 * sentence), not a compound of short words (a hyphenated word counts by its longest part), and not a verb
 * made three syllables long by -ed or -es. Compounds written as one word ("bookkeeper") are not recognised.
 */
export function isHard(word: Word, syllables: number, opensSentence: boolean): boolean {
  if (syllables < 3 || /\d/.test(word.text)) return false
  if (!opensSentence && /^\p{Lu}/u.test(word.text)) return false
  const parts = word.text.split(/[-\u2010\u2011]/)
  if (parts.length > 1 && parts.every((part) => part === '' || countSyllables(part) < 3)) return false
  const stem = /^(.{3,})(?:ed|es)$/.exec(word.key)?.[1]
  return !(syllables === 3 && stem !== undefined && countSyllables(stem) < 3)
}

const LATIN = /^[\p{Script=Latin}\p{Script=Common}\p{Script=Inherited}]+$/u
const LETTER = /[\p{L}\p{N}]/gu

/** Adds one word to the counts. */
export function addWord(counts: Counts, word: Word, opensSentence: boolean): void {
  const plain = /^[a-z0-9]+$/.test(word.key)
  const letters = plain ? word.key.length : (word.text.match(LETTER)?.length ?? 0)
  const syllables = countSyllables(word.text)
  counts.words++
  counts.letters += letters
  counts.syllables += syllables
  if (letters > 6) counts.longWords++
  if (syllables >= 3) counts.polysyllables++
  if (isHard(word, syllables, opensSentence)) counts.hardWords++
}

export const noCounts = (): Counts => ({
  words: 0,
  sentences: 0,
  letters: 0,
  syllables: 0,
  polysyllables: 0,
  hardWords: 0,
  longWords: 0,
})

/** True for a word the syllable rules were made for. */
export const isLatin = (word: Word): boolean => /^[a-z0-9'-]+$/.test(word.key) || LATIN.test(word.text)
