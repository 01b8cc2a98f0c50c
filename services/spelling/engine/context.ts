// Rule: how well a word stands between its neighbours, as pointwise mutual information of the pairs.
// From: pairs counted in Google Books (decision 0003); PMI after Church and Hanks (1990).
// Does not promise: sense; it knows two words at a time, and pairs of fewer than 6.4 million occurrences only by absence.

import { BIGRAM_FLOOR, BIGRAM_TOTAL, bigramLog, FREQUENCY_STEP, type Lexicon, NO_WORD } from './lexicon.ts'

const LN_MILLIARD = Math.log(1e9)
/** Bounds in nats: beyond them one lucky or missing pair would outweigh the spelling itself. */
const HIGHEST = 7
const LOWEST = -3
/** What absence says of a rare word: nothing much. */
const ABSENT = -0.4

/** The word whose pairs stand for this one: an American spelling has its British twin's. */
export function pairedAs(lexicon: Lexicon, id: number): number {
  if (id === NO_WORD) return id
  const twin = lexicon.twin[id]!
  return twin !== NO_WORD && lexicon.bigramStart[id] === lexicon.bigramStart[id + 1] ? twin : id
}

export function pmi(lexicon: Lexicon, first: number, second: number): number {
  if (first === NO_WORD || second === NO_WORD) return 0
  const a = pairedAs(lexicon, first)
  const b = pairedAs(lexicon, second)
  const fa = lexicon.bookFrequency[a]!
  const fb = lexicon.bookFrequency[b]!
  if (fa === 0 || fb === 0) return 0
  const expected = (fa + fb) / FREQUENCY_STEP - 2 * LN_MILLIARD + BIGRAM_TOTAL
  const seen = bigramLog(lexicon, a, b)
  if (seen !== undefined) return Math.max(LOWEST, Math.min(HIGHEST, seen - expected))
  return Math.max(LOWEST, Math.min(ABSENT, BIGRAM_FLOOR - expected))
}

/** ln of the pair's occurrences per thousand million running words, or undefined when the list has it not. */
export function pairRate(lexicon: Lexicon, first: number, second: number): number | undefined {
  const seen = bigramLog(lexicon, pairedAs(lexicon, first), pairedAs(lexicon, second))
  return seen === undefined ? undefined : seen - BIGRAM_TOTAL + LN_MILLIARD
}
