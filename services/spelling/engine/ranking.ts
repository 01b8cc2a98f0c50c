// Rule: orders the candidates of a misspelling: how common the word, how near its spelling and sound, how apt beside its neighbours.
// From: the noisy channel (Kernighan, Church and Gale 1990); weights fitted as decision 0003 tells.
// Does not promise: probabilities; scores compare candidates of one misspelling only.

import type { Finder } from './candidates.ts'
import { pairRate, pmi } from './context.ts'
import { createComparer, firstLetterCost, lastLetterCost, LONGEST_WORD } from './distance.ts'
import { findWord, FLAG, FREQUENCY_STEP, type Lexicon, NO_WORD, wordAt, writtenForm } from './lexicon.ts'

import { readSlips } from './slips.ts'

export type Dialect = 'gb' | 'us'
/** `word` as it is written; `score` in nats. */
export type Ranked = { word: string; score: number; distance: number; id: number }

/** In nats, except `edit` (nats per edit) and `first` (edits). */
export const WEIGHT = {
  frequency: 0.76,
  edit: 5,
  first: 0.84,
  last: 0.3,
  /** Added per edit over the length of the candidate: one edit changes more of a short word. */
  shortness: 1.25,
  /** Weighted edits count to this power: the third says less than the first. */
  power: 0.93,
  sameKey: 0.875,
  neighbours: 0.7,
  otherDialect: 2,
  name: 3,
  abbreviation: 4,
  unsure: 1.2,
  split: 6,
  possessive: 3,
  essay: 1.5,
}
/** Candidates beyond this many edits are never right often enough to be worth their time. */
const FARTHEST = 3.6
/** In nats below the best: no neighbour lifts a candidate over this. */
const HOPELESS = 12
/** The first sieve, by plain edits: what passes is compared by weighted ones. Nats, nats per edit. */
const SHORTLIST = 24
const NEVER = -1e6
export const ROUGH = { edit: 1.8, first: 1, sameKey: 4 }

export type Neighbours = { left: number; right: number; essay: ReadonlyMap<number, number> | undefined }

export type Typed = { lower: string; capitalised: boolean; bytes: Uint8Array; length: number; plain: string }

const scratch = new Uint8Array(LONGEST_WORD)

const PLAIN = /^[a-z']+$/

/** Undefined when the word is too long or holds letters outside Latin-1. */
export function typedBytes(word: string): Typed | undefined {
  const lower = word.toLowerCase().replace(/[\u2018\u2019\u02bc]/g, "'")
  if (lower.length > LONGEST_WORD || lower.length === 0) return undefined
  for (let i = 0; i < lower.length; i++) {
    const c = lower.charCodeAt(i)
    if (c > 255) return undefined
    scratch[i] = c
  }
  const plain = PLAIN.test(lower) ? lower : lower.normalize('NFD').replace(/\p{M}/gu, '')
  return {
    lower,
    plain,
    capitalised: /^\p{Lu}/u.test(word),
    bytes: scratch.slice(0, lower.length),
    length: lower.length,
  }
}

export type Ranker = (typed: Typed, keep: number) => Ranked[]

/** Ranks without neighbours; see `rerank`. Best first, at most `keep`. */
export function createRanker(lexicon: Lexicon, finder: Finder, dialect: Dialect): Ranker {
  const { wordStart, wordBytes, flags, frequency } = lexicon
  const foreign = dialect === 'gb' ? FLAG.us : FLAG.gb
  const own = dialect === 'gb' ? FLAG.gb : FLAG.us
  const compare = createComparer()
  const shortScore = new Float64Array(SHORTLIST)
  const shortId = new Uint32Array(SHORTLIST)

  // Of a word typed in small letters; names gain WEIGHT.name back when a capital was typed.
  const priors = new Float32Array(lexicon.words)
  for (let id = 0; id < lexicon.words; id++) {
    const f = flags[id]!
    let score = (WEIGHT.frequency * frequency[id]!) / FREQUENCY_STEP
    if ((f & foreign) !== 0 && (f & own) === 0) score -= WEIGHT.otherDialect
    if ((f & FLAG.name) !== 0) score -= WEIGHT.name
    if ((f & FLAG.abbreviation) !== 0) score -= WEIGHT.abbreviation
    if ((f & FLAG.unsure) !== 0) score -= WEIGHT.unsure
    priors[id] = (f & FLAG.neverSuggest) === 0 ? score : NEVER
  }
  for (const slip of readSlips().keys()) {
    const id = findWord(lexicon, slip)
    if (id !== NO_WORD) priors[id] = NEVER
  }
  const prior = (id: number, capitalised: boolean) =>
    capitalised && (flags[id]! & FLAG.name) !== 0 ? priors[id]! + WEIGHT.name : priors[id]!

  return (typed, keep) => {
    const best: Ranked[] = []
    const offer = (word: string, score: number, far: number, id: number) => {
      if (best.length === keep && score <= best[keep - 1]!.score) return
      if (best.length === keep) best.pop()
      let at = best.length
      best.push({ word, score, distance: far, id })
      for (; at > 0 && best[at - 1]!.score < score; at--) {
        const lower = best[at - 1]!
        best[at - 1] = best[at]!
        best[at] = lower
      }
    }
    const { bytes, length } = typed
    const n = finder.find(bytes, length, typed.plain)
    compare.prepare(bytes, length)
    let short = 0
    for (let i = 0; i < n; i++) {
      const id = finder.found[i]!
      const base = prior(id, typed.capitalised) + (finder.hasSameKey(id) ? ROUGH.sameKey : 0)
      const least = short === SHORTLIST ? shortScore[SHORTLIST - 1]! : NEVER
      if (base - ROUGH.edit * finder.bound[i]! <= least) continue
      const start = wordStart[id]!
      const score =
        base -
        (bytes[0] === wordBytes[start] ? 0 : ROUGH.first) -
        ROUGH.edit * compare.plain(wordBytes, start, wordStart[id + 1]! - start)
      if (score <= least) continue
      let at = short < SHORTLIST ? short++ : SHORTLIST - 1
      for (; at > 0 && shortScore[at - 1]! < score; at--) {
        shortScore[at] = shortScore[at - 1]!
        shortId[at] = shortId[at - 1]!
      }
      shortScore[at] = score
      shortId[at] = id
    }
    for (let i = 0; i < short; i++) {
      const id = shortId[i]!
      const start = wordStart[id]!
      let score = prior(id, typed.capitalised) + (finder.hasSameKey(id) ? WEIGHT.sameKey : 0)
      const first = WEIGHT.first * firstLetterCost(bytes, wordBytes, start)
      const size = wordStart[id + 1]! - start
      const perEdit = WEIGHT.edit + WEIGHT.shortness / size
      score -= WEIGHT.edit * first + WEIGHT.last * lastLetterCost(bytes, length, wordBytes, start, size)
      let limit = FARTHEST
      if (best.length > 0)
        limit = Math.min(
          limit,
          Math.max(0, (score - best[0]!.score + HOPELESS) / perEdit) ** (1 / WEIGHT.power),
        )
      if (best.length === keep)
        limit = Math.min(limit, Math.max(0, (score - best[keep - 1]!.score) / perEdit) ** (1 / WEIGHT.power))
      if (limit <= 0) continue
      const far = compare.weighted(wordBytes, start, size, limit)
      if (far > limit || far === 0) continue
      offer('', score - perEdit * far ** WEIGHT.power, far + first, id)
    }
    for (const ranked of best) ranked.word = writtenForm(lexicon, ranked.id)
    offerPossessive(lexicon, typed, offer)
    offerSplits(lexicon, typed, offer)
    return best
  }
}

type Offer = (word: string, score: number, far: number, id: number) => void

/** "childrens", "todays": the apostrophe left out. */
function offerPossessive(lexicon: Lexicon, typed: Typed, offer: Offer): void {
  const { lower } = typed
  if (!lower.endsWith('s') || lower.length < 4 || lower.includes("'")) return
  const id = findWord(lexicon, lower.slice(0, -1))
  if (id === NO_WORD || (lexicon.flags[id]! & FLAG.possessive) === 0) return
  const score = (WEIGHT.frequency * lexicon.frequency[id]!) / FREQUENCY_STEP - WEIGHT.possessive
  offer(`${writtenForm(lexicon, id)}'s`, score, 0.25, id)
}

/** "alot", "infact": a space left out. Both halves must be words, and the pair must have been seen. */
function offerSplits(lexicon: Lexicon, typed: Typed, offer: Offer): void {
  const { lower } = typed
  for (let i = 1; i < lower.length; i++) {
    const first = findWord(lexicon, lower.slice(0, i))
    if (first === NO_WORD) continue
    const second = findWord(lexicon, lower.slice(i))
    if (second === NO_WORD) continue
    if (((lexicon.flags[first]! | lexicon.flags[second]!) & FLAG.neverSuggest) !== 0) continue
    const rate = pairRate(lexicon, first, second)
    if (rate === undefined) continue
    const words = `${wordAt(lexicon, first) === 'i' ? 'I' : wordAt(lexicon, first)} ${writtenForm(lexicon, second)}`
    offer(words, WEIGHT.frequency * rate - WEIGHT.split + (typed.length > 5 ? 1 : 0), 1, NO_WORD)
  }
}

/** Adds what the neighbours and the rest of the essay say; best first. The given list is left as it is. */
export function rerank(lexicon: Lexicon, ranked: Ranked[], beside: Neighbours): Ranked[] {
  const { left, right, essay } = beside
  if (ranked.length < 2 || (left === NO_WORD && right === NO_WORD && essay === undefined)) return ranked
  const scores = ranked.map(({ id, score }) => {
    if (id === NO_WORD) return score
    const near = pmi(lexicon, left, id) + pmi(lexicon, id, right)
    return score + WEIGHT.neighbours * near + (essay?.has(id) === true ? WEIGHT.essay : 0)
  })
  const order = scores.map((_, i) => i)
  // Few and nearly sorted: insertion keeps equal ones in their order.
  for (let i = 1; i < order.length; i++)
    for (let j = i; j > 0 && scores[order[j]!]! > scores[order[j - 1]!]!; j--) {
      const swap = order[j]!
      order[j] = order[j - 1]!
      order[j - 1] = swap
    }
  return order.map((i) => ranked[i]!)
}
