// Openings that several sentences share: the longest shared one, of three words, two or one.
// Own rule, from what teachers write in margins; no study sets a limit, so none is set here.
// Does not promise that repetition is a fault: a speech repeats on purpose.

import type { LanguageMetrics } from '#contracts/language.ts'
import type { Word } from './words.ts'

const LENGTHS = [3, 2, 1] as const
/** Sentences that must share an opening before it is worth a line. */
const MIN_COUNT = 3
/** One word is shared by chance; it is listed only when this share of all sentences opens with it. */
const SINGLE_WORD_SHARE = 0.15
const MOST_LISTED = 8
const ARTICLES = new Set(['the', 'a', 'an'])

/** @param sentences the words of each sentence in order. Most frequent first; longer before shorter. */
export function findRepeatedOpenings(
  sentences: readonly (readonly Word[])[],
): LanguageMetrics['repeatedOpenings'] {
  const found: { words: string; count: number }[] = []
  for (const length of LENGTHS) {
    const counts = new Map<string, number>()
    for (const sentence of sentences) {
      if (sentence.length <= length) continue
      const opening = sentence
        .slice(0, length)
        .map((word) => word.key)
        .join(' ')
      counts.set(opening, (counts.get(opening) ?? 0) + 1)
    }
    const least = length === 1 ? Math.max(MIN_COUNT, SINGLE_WORD_SHARE * sentences.length) : MIN_COUNT
    for (const [words, count] of counts) {
      if (count < least || (length === 1 && ARTICLES.has(words))) continue
      // Listed already as part of a longer opening, unless at least as many again share only this much.
      const longer = found.reduce(
        (sum, other) => sum + (other.words.startsWith(`${words} `) ? other.count : 0),
        0,
      )
      if (longer === 0 || count >= 2 * longer) found.push({ words, count })
    }
  }
  return found
    .sort((a, b) => b.count - a.count || b.words.length - a.words.length || (a.words < b.words ? -1 : 1))
    .slice(0, MOST_LISTED)
}
