// Rule: which written words are accepted, by case and dialect, and what to put first for those that are not.
// From: the flags of the lexicon; the policy on dialects and on small-letter names is decision 0003.
// Does not promise: that an accepted word is the right one; see confusables.ts.

import { findWord, FLAG, type Lexicon, NO_WORD, writtenForm } from './lexicon.ts'
import type { Dialect, Ranked } from './ranking.ts'
import { readSlips } from './slips.ts'
import type { CasePattern } from './tokenise.ts'

/** A name in small letters is a capital's matter, not spelling's, when everybody knows the name: level 14 × ln(4,000). */
const KNOWN_TO_ALL = 116
const PREFIXES = 'non anti over under multi semi post counter cyber eco micro hyper ultra pseudo'.split(' ')
const SUFFIXES = 'like less ness'.split(' ')
const PARTS = new Set(
  'co re pre non anti semi multi ex un mid sub ultra pro bi tri inter intra mis de ish self well over under th st nd rd e mega mini ly'.split(
    ' ',
  ),
)

export type Dictionary = {
  accepts(lower: string, pattern: CasePattern): boolean
  /** A lower-case word of the dictionary as it stands, not a name. */
  isPlain(lower: string): boolean
  /** May stand beside a hyphen. */
  isPart(lower: string): boolean
  /** Puts the word that this form is known to stand for before the ranked ones. */
  correct(lower: string, ranked: Ranked[]): Ranked[]
}

export function createDictionary(lexicon: Lexicon, dialect: Dialect, eitherDialect: boolean): Dictionary {
  const { flags, frequency, twin } = lexicon
  const own = dialect === 'gb' ? FLAG.gb : FLAG.us
  const slips = readSlips()
  const verdicts = new Map<string, boolean>()

  const isForeign = (id: number, lower: string) => {
    if (eitherDialect || (flags[id]! & FLAG.variant) === 0 || (flags[id]! & own) !== 0) return false
    // British writers may use -ize (Oxford); American ones may not use -ise.
    return !(dialect === 'gb' && /iz(?:e|ed|es|er|ers|ing|ation|ations|able)$/.test(lower))
  }

  function holds(lower: string, pattern: CasePattern): boolean {
    const id = findWord(lexicon, lower)
    if (id === NO_WORD || slips.has(lower) || isForeign(id, lower)) return false
    const f = flags[id]!
    if ((f & (FLAG.name | FLAG.abbreviation)) !== 0 && pattern === 'lower' && (f & FLAG.alsoName) === 0)
      return frequency[id]! >= KNOWN_TO_ALL && (f & FLAG.capitalOnly) === 0
    return true
  }

  function derives(lower: string): boolean {
    if (lower.length < 9) return false
    // un- and re- are too free to take any word: only untrusted, reopening.
    if (/^(?:un|re).{4,}(?:ed|ing)$/.test(lower) && holds(lower.slice(2), 'lower')) return true
    return (
      PREFIXES.some(
        (p) => lower.startsWith(p) && lower.length - p.length > 4 && holds(lower.slice(p.length), 'lower'),
      ) ||
      SUFFIXES.some(
        (s) =>
          lower.endsWith(s) &&
          !lower.endsWith(`y${s}`) &&
          lower.length - s.length > 4 &&
          holds(lower.slice(0, -s.length), 'lower'),
      )
    )
  }

  function decide(lower: string, pattern: CasePattern): boolean {
    if (holds(lower, pattern)) return true
    if (lower.endsWith("'s") && decide(lower.slice(0, -2), pattern)) return true
    if (lower.endsWith("in'") && holds(`${lower.slice(0, -1)}g`, pattern)) return true
    if (!/[^a-z']/.test(lower)) return derives(lower)
    // An accent that the lexicon does not write: café, naïve, rôle.
    const bare = lower.normalize('NFD').replace(/\p{M}/gu, '')
    return bare !== lower && holds(bare, pattern)
  }

  return {
    accepts(lower, pattern) {
      const key = pattern === 'lower' ? lower : `^${lower}`
      let verdict = verdicts.get(key)
      if (verdict === undefined) {
        verdict = decide(lower, pattern)
        if (verdicts.size > 50_000) verdicts.clear()
        verdicts.set(key, verdict)
      }
      return verdict
    },
    isPlain(lower) {
      const id = findWord(lexicon, lower)
      return (
        id !== NO_WORD &&
        !slips.has(lower) &&
        (flags[id]! & (FLAG.name | FLAG.abbreviation | FLAG.unsure)) === 0
      )
    },
    isPart: (lower) => PARTS.has(lower),
    correct(lower, ranked) {
      const id = findWord(lexicon, lower)
      const meant = slips.get(lower)
      let first = meant === '-' ? undefined : meant
      if (first === undefined && id !== NO_WORD && twin[id] !== NO_WORD)
        first = writtenForm(lexicon, twin[id]!)
      if (
        first === undefined &&
        id !== NO_WORD &&
        (flags[id]! & FLAG.name) !== 0 &&
        (flags[id]! & FLAG.capitalOnly) === 0
      )
        first = writtenForm(lexicon, id)
      if (first === undefined) return ranked
      const firstId = findWord(lexicon, first.toLowerCase())
      const head = { word: first, score: (ranked[0]?.score ?? 0) + 8, distance: 0.3, id: firstId }
      return [head, ...ranked.filter((r) => r.word !== first)]
    },
  }
}
