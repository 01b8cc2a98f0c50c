// Rule: an unknown capitalised word is asked about ("name?") instead of called an error, unless it is plainly a slip.
// From: our own policy (decision 0003): a teacher forgives a missed name sooner than a false alarm on a child's name.
// Does not promise: to know names; the lexicon holds common ones only.

import { FLAG, type Lexicon, NO_WORD } from './lexicon.ts'
import type { Ranked } from './ranking.ts'
import type { Token } from './tokenise.ts'

export type Sightings = {
  /** How often each unknown word stands capitalised in this text. */
  capitalised: number
  /** How often in small letters. */
  lower: number
}

/** In edits: "Becuase" after a comma, "Wendesday". */
const SLIP = 1.1
const SLIP_OF_A_NAME = 1.3
/** In edits: the nearest word is so far that a slip is unlikely. */
const LIKE_NO_OTHER = 1.8
/** Of a word commoner than 20 in a million: level 14 × ln(20,000). */
const COMMON = 138
/** Short strings are near too many words to call a capitalised one a slip. */
const SHORTEST_SLIP = 5

export function isName(lexicon: Lexicon, token: Token, seen: Sightings, best: Ranked | undefined): boolean {
  if (seen.lower > 0) return false
  if (best === undefined || best.id === NO_WORD) return true
  // At the head of a sentence a capital says little: only a word like no other is taken for a name.
  if (token.sentenceStart && seen.capitalised < 2)
    return best.distance > (token.lower.endsWith("'s") ? SLIP : LIKE_NO_OTHER)
  if (token.lower.length < SHORTEST_SLIP) return true
  const flags = lexicon.flags[best.id]!
  const common = lexicon.frequency[best.id]! >= COMMON
  if ((flags & FLAG.name) !== 0) return !(best.distance <= SLIP_OF_A_NAME && common)
  return !(best.distance <= SLIP && common && seen.capitalised < 2)
}

/** A word used so often and so unlike any other is the writer's subject (paella, kimchi), not a slip. */
const SUBJECT = 3
const UNLIKE_ANY = 2

export function isSubject(seen: Sightings, best: Ranked | undefined): boolean {
  return seen.lower >= SUBJECT && (best === undefined || best.distance > UNLIKE_ANY)
}
