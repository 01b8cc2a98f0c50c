// Rule: a correctly spelt word that its neighbours say is another one ("could of", "they're house", "loose weight").
// From: our own patterns (confusable-rules.ts), and for some sets the pairs of words counted in books.
// Does not promise: recall; a pattern is kept only when its false alarms on clean prose are near zero.

import { bigramLog, BIGRAM_FLOOR, findWord, FREQUENCY_STEP, type Lexicon, NO_WORD } from './lexicon.ts'
import { CLASSES, PATTERNS, SETS } from './confusable-rules.ts'
import { pairedAs } from './context.ts'
import type { Dialect } from './ranking.ts'
import type { Token } from './tokenise.ts'

/** One place of a pattern: the words that may (or may not) stand there; `end` also where no word stands. */
type Place = { words: Set<string>; not: boolean; orEnd: boolean }
type Pattern = { before: Place[]; after: Place[]; meant: string; dialect: Dialect | undefined }

function readPlace(text: string): Place {
  const not = text.startsWith('!')
  const parts = (not ? text.slice(1) : text).split('|')
  const words = new Set(
    parts.flatMap((part) => (part.startsWith('@') ? CLASSES[part.slice(1)]!.split(' ') : [part])),
  )
  const orEnd = words.delete('$')
  return { words, not, orEnd }
}

function readPatterns(): Map<string, Pattern[]> {
  const byWord = new Map<string, Pattern[]>()
  for (const line of PATTERNS.split('\n')) {
    const text = line.trim()
    if (text === '') continue
    const [places, right] = text.split(' > ')
    const [meant, dialect] = right!.split(' @')
    const all = places!.split(' ')
    const at = all.findIndex((place) => place.startsWith('['))
    const pattern: Pattern = {
      before: all.slice(0, at).map(readPlace).toReversed(),
      after: all.slice(at + 1).map(readPlace),
      meant: meant!,
      dialect: dialect as Dialect | undefined,
    }
    for (const word of all[at]!.slice(1, -1).split('|')) {
      const list = byWord.get(word)
      if (list === undefined) byWord.set(word, [pattern])
      else list.push(pattern)
    }
  }
  return byWord
}

const patterns = readPatterns()
const sets = new Map<string, string[]>()
for (const line of SETS.trim().split('\n')) {
  const words = line.trim().split(' ')
  for (const word of words) sets.set(word, [...(sets.get(word) ?? []), ...words.filter((w) => w !== word)])
}

/** What each word reads as: itself, or for a misspelling its first suggestion. */
export type Reading = (at: number) => string

function fits(place: Place, word: string | undefined): boolean {
  if (word === undefined) return place.orEnd
  return place.words.has(word) !== place.not
}

/** Neighbour in the same clause: nothing but blanks between. */
function neighbour(tokens: readonly Token[], at: number, step: 1 | -1): Token | undefined {
  const other = tokens[at + step]
  if (other === undefined || other.skip) return undefined
  const later = step === 1 ? other : tokens[at]!
  return later.joinedToPrevious && !later.sentenceStart ? other : undefined
}

function matches(pattern: Pattern, tokens: readonly Token[], at: number, reading: Reading): boolean {
  let here = at
  for (const place of pattern.before) {
    const token = here < 0 ? undefined : neighbour(tokens, here, -1)
    if (!fits(place, token === undefined ? undefined : reading(here - 1))) return false
    here = token === undefined ? -1 : here - 1
  }
  here = at
  for (const place of pattern.after) {
    const token = here < 0 ? undefined : neighbour(tokens, here, 1)
    if (!fits(place, token === undefined ? undefined : reading(here + 1))) return false
    here = token === undefined ? -1 : here + 1
  }
  return true
}

/** Nats by which both neighbours together must prefer the other word, and what the weaker side may object. */
const MARGIN = 4.5
const OBJECTION = -0.5

function byPairs(
  lexicon: Lexicon,
  tokens: readonly Token[],
  at: number,
  reading: Reading,
): string | undefined {
  const token = tokens[at]!
  const others = sets.get(token.lower)
  if (others === undefined) return undefined
  const left = neighbour(tokens, at, -1)
  const right = neighbour(tokens, at, 1)
  const leftId = left === undefined ? NO_WORD : findWord(lexicon, reading(at - 1))
  const rightId = right === undefined ? NO_WORD : findWord(lexicon, reading(at + 1))
  const own = findWord(lexicon, token.lower)
  const seen = (a: number, b: number) =>
    a === NO_WORD || b === NO_WORD
      ? undefined
      : bigramLog(lexicon, pairedAs(lexicon, a), pairedAs(lexicon, b))
  let best: string | undefined
  let bestGain = MARGIN
  for (const other of others) {
    const id = findWord(lexicon, other)
    if (id === NO_WORD) continue
    // A commoner word has more of every pair: only what exceeds its commonness counts.
    const common = (lexicon.bookFrequency[id]! - lexicon.bookFrequency[own]!) / FREQUENCY_STEP
    const gains = [
      leftId === NO_WORD ? 0 : (seen(leftId, id) ?? BIGRAM_FLOOR) - (seen(leftId, own) ?? BIGRAM_FLOOR),
      rightId === NO_WORD ? 0 : (seen(id, rightId) ?? BIGRAM_FLOOR) - (seen(own, rightId) ?? BIGRAM_FLOOR),
    ]
    if (gains.some((gain) => gain < OBJECTION)) continue
    const gain = gains[0]! + gains[1]! - Math.max(0, common)
    if (gain > bestGain) {
      bestGain = gain
      best = other
    }
  }
  return best
}

/** Contraction, possessive, and the verbs that may be in the contraction. */
const POSSESSIVES: Record<string, [possessive: string, ...verbs: string[]]> = {
  "it's": ['its', 'is', 'has'],
  "you're": ['your', 'are'],
  "they're": ['their', 'are'],
}
/** Nats above the rarest listed pair: "its tail" must be well known. */
const WELL_KNOWN = 1.2

/** "it's tail": books have "its tail" often and "is tail" never. */
function byPossessive(
  lexicon: Lexicon,
  tokens: readonly Token[],
  at: number,
  reading: Reading,
): string | undefined {
  const turned = POSSESSIVES[tokens[at]!.lower]
  if (turned === undefined || neighbour(tokens, at, 1) === undefined) return undefined
  const next = findWord(lexicon, reading(at + 1))
  if (next === NO_WORD) return undefined
  const [possessive, ...verbs] = turned
  const noun = pairedAs(lexicon, next)
  const owned = bigramLog(lexicon, findWord(lexicon, possessive), noun)
  if (owned === undefined || owned < BIGRAM_FLOOR + WELL_KNOWN) return undefined
  return verbs.some((verb) => bigramLog(lexicon, findWord(lexicon, verb), noun) !== undefined)
    ? undefined
    : possessive
}

/** The word meant at `tokens[at]`, in small letters, or undefined. */
export function findConfusable(
  lexicon: Lexicon,
  tokens: readonly Token[],
  at: number,
  reading: Reading,
  dialect: Dialect,
): string | undefined {
  const token = tokens[at]!
  if (token.hyphenAfter || token.hyphenBefore || token.quoted) return undefined
  for (const pattern of patterns.get(token.lower) ?? [])
    if (
      (pattern.dialect === undefined || pattern.dialect === dialect) &&
      matches(pattern, tokens, at, reading)
    )
      return pattern.meant
  return byPossessive(lexicon, tokens, at, reading) ?? byPairs(lexicon, tokens, at, reading)
}
