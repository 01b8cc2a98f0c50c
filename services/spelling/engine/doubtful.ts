// Rule: a rare word whose neighbours never stand beside it, but do stand beside a common word that sounds like it.
// From: the same ranking and the same pairs as for misspellings (Mays, Damerau and Mercer 1991, in the small).
// Does not promise: recall; a rare word without a telling neighbour is believed.

import { pairedAs, pmi } from './context.ts'
import { bigramLog, FLAG, FREQUENCY_STEP, type Lexicon, NO_WORD } from './lexicon.ts'
import type { Ranked } from './ranking.ts'

/** Only words rarer than eight in a million are doubted: level 14 × ln(8,000). */
const RARE = 126
const SHORTEST = 3
/** In edits: the same sound, a letter doubled or left out. */
const NEAR = 0.85
/** In nats: how much commoner the other word must be, and how much better it must fit. */
const COMMONER = 2.5
const FIT = 4

export const isDoubtful = (lexicon: Lexicon, id: number, word: string): boolean =>
  word.length >= SHORTEST &&
  lexicon.frequency[id]! < RARE &&
  (lexicon.flags[id]! & (FLAG.name | FLAG.abbreviation)) === 0

/** The word probably meant, or undefined. `ranked` are the candidates for the written word, itself left out. */
export function meantInstead(
  lexicon: Lexicon,
  own: number,
  ranked: readonly Ranked[],
  left: number,
  right: number,
): Ranked | undefined {
  const stands = (a: number, b: number) =>
    a !== NO_WORD &&
    b !== NO_WORD &&
    bigramLog(lexicon, pairedAs(lexicon, a), pairedAs(lexicon, b)) !== undefined
  if (stands(left, own) || stands(own, right)) return undefined
  let best: Ranked | undefined
  let bestFit = FIT
  for (const candidate of ranked) {
    const { id, distance } = candidate
    if (
      id === NO_WORD ||
      distance > NEAR ||
      candidate.word.endsWith("'s") ||
      (lexicon.flags[id]! & FLAG.name) !== 0
    )
      continue
    if ((lexicon.frequency[id]! - lexicon.frequency[own]!) / FREQUENCY_STEP < COMMONER) continue
    if (!stands(left, id) && !stands(id, right)) continue
    const fit =
      pmi(lexicon, left, id) + pmi(lexicon, id, right) - pmi(lexicon, left, own) - pmi(lexicon, own, right)
    if (fit > bestFit) {
      bestFit = fit
      best = candidate
    }
  }
  return best
}
