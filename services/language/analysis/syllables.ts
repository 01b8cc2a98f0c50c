// How many syllables an English word has when read aloud, contractions, figures and initials included.
// Words by the package `syllable`; the rest by Flesch (1948): count figures and symbols as they are pronounced.
// Does not promise dialects or names; about one word in ten of an unusual list is off by one.

import { syllable } from 'syllable'
import { numberSyllables } from './numbers.ts'

const CONTRACTION = /^(.+?)(n't|'(?:re|ve|ll|d|s|m))$/
/** "can't", "won't": the ending adds nothing to these. */
const SHORT_NEGATIVES = new Set(['ca', 'wo', 'do', 'are', 'were', 'sha', 'ai'])
const INITIALS = new Set([
  'uk',
  'us',
  'usa',
  'eu',
  'un',
  'tv',
  'pc',
  'ai',
  'id',
  'pe',
  'ict',
  'gcse',
  'uae',
  'ufo',
  'atm',
])

/** Counted once for each spelling: the package needs about 5 µs a word. */
const cache = new Map<string, number>()
const CACHE_SIZE = 20_000

function contractionSyllables(base: string, ending: string): number {
  const count = plainSyllables(base)
  if (ending === "n't")
    return SHORT_NEGATIVES.has(base) ? 1 : count + (/[aeiouy]$/.test(base) && base !== 'have' ? 0 : 1)
  if (ending === "'s") return count + (/(?:s|x|z|ch|sh|ge|ce|se)$/.test(base) ? 1 : 0)
  if (ending === "'d") return count + (/[td]$/.test(base) ? 1 : 0)
  if (ending === "'ve" || ending === "'ll") return count + (/[^aeiouyw]$/.test(base) ? 1 : 0)
  return count
}

function spelledOut(letters: string): number {
  let count = 0
  for (const letter of letters) if (letter !== '.') count += letter === 'w' ? 3 : 1
  return count
}

function plainSyllables(key: string): number {
  if (key.length > 60) return Math.max(1, Math.round(key.length / 3))
  return Math.max(1, syllable(key))
}

function count(written: string): number {
  const key = written.toLowerCase().replaceAll('’', "'")
  if (/[-\u2010\u2011]/.test(key)) {
    return key.split(/[-\u2010\u2011]/).reduce((sum, part) => sum + (part === '' ? 0 : count(part)), 0)
  }
  if (/\d/.test(key)) return numberSyllables(key, plainSyllables)
  if (/^(?:\p{L}\.)+\p{L}?$/u.test(key)) return spelledOut(key)
  const initials = written.length > 1 && written.length < 6 && written === written.toUpperCase()
  if (initials && (INITIALS.has(key) || /^[b-df-hj-np-tv-xz]+$/.test(key))) return spelledOut(key)
  const contraction = CONTRACTION.exec(key)
  return contraction ? contractionSyllables(contraction[1]!, contraction[2]!) : plainSyllables(key)
}

/** Syllables of one word as `findWords` gives it, case kept; at least 1. */
export function countSyllables(written: string): number {
  const known = cache.get(written)
  if (known !== undefined) return known
  const found = count(written)
  if (cache.size >= CACHE_SIZE) cache.clear()
  if (written.length < 40) cache.set(written, found)
  return found
}
