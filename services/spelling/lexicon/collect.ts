// Rule: which words English has for us, how frequent each is, and which of the listed ones a pupil cannot have meant.
// From: two dictionaries (SCOWL size 60), a list from books, a list from speech, our own additions (decision 0003).
// Does not promise: every name, every technical term.

import { FLAG, FREQUENCY_STEP } from '../engine/lexicon.ts'
import { pairDialects } from './dialects.ts'
import { expandDictionary } from './hunspell.ts'
import { readBookWords, readExtraWords, readNeverSuggested } from './sources.ts'

export type LexiconWord = {
  word: string
  flags: number
  frequency: number
  bookFrequency: number
  twin: string | undefined
  display: string | undefined
}

type Sources = {
  american: { aff: string; dic: string }
  british: { aff: string; dic: string }
  speech: { word: string; count: number }[]
}

/** Half the weight to speech: pupils write as they speak more than as books do. */
const SPEECH_SHARE = 0.5
/** A name this many nats rarer than a word one letter away is no excuse for small letters: sumer, summer. */
const LOUDER = 2
/** A dictionary word that neither list has seen. */
const UNSEEN = FREQUENCY_STEP * Math.log(8)
/** Contractions are cut in two by both lists; per thousand million, from their parts in the speech list. */
const CONTRACTION = FREQUENCY_STEP * Math.log(400_000)
const CONTRACTION_ENDS =
  /(n't|'ll|'re|'ve|'d|'m)$|^(it|he|she|that|what|who|here|there|where|how|let)'s$|^o'clock$/
const COMMON_CONTRACTIONS = new Set(
  "don't it's i'm that's can't didn't you're i'll he's we're there's what's won't isn't she's they're doesn't i've let's wasn't couldn't wouldn't i'd you'll haven't shouldn't you've we'll aren't we've who's here's where's hasn't hadn't weren't they've he'd she'd".split(
    ' ',
  ),
)

const plain = (word: string) => word.normalize('NFD').replace(/\p{M}/gu, '')
const isCapitalised = (word: string) => /\p{Lu}/u.test(word)
const isAbbreviation = (word: string) => /^\p{Lu}+$/u.test(word) && word.length > 1

function deletions(word: string): string[] {
  return [...word].map((_, i) => word.slice(0, i) + word.slice(i + 1))
}

export function collectWords(sources: Sources): LexiconWord[] {
  const books = readBookWords()
  const speech = new Map<string, number>()
  const speechTotal = sources.speech.reduce((sum, { count }) => sum + count, 0)
  const speechNames = new Map<string, number>()
  for (const { word, count } of sources.speech) {
    const key = word.toLowerCase()
    speech.set(key, (speech.get(key) ?? 0) + (count / speechTotal) * 1e9)
    if (isCapitalised(word)) speechNames.set(word, count)
  }
  const neverSuggested = readNeverSuggested()
  const entries = new Map<string, { flags: number; lower: boolean; forms: Set<string> }>()
  const add = (written: string, flags: number) => {
    const clean = written.normalize('NFC')
    const key = clean.toLowerCase()
    if (!/^[a-z\u00e0-\u00f6\u00f8-\u00ff]['a-z\u00e0-\u00f6\u00f8-\u00ff]*$/.test(key)) return
    if (key.length === 1 && !/[ai]/.test(key)) return
    const entry = entries.get(key) ?? { flags: 0, lower: false, forms: new Set() }
    entries.set(key, entry)
    entry.flags |= flags
    if (isCapitalised(clean)) entry.forms.add(clean)
    else entry.lower = true
  }

  const lower = { american: new Set<string>(), british: new Set<string>() }
  for (const [side, flag] of [
    ['american', FLAG.us],
    ['british', FLAG.gb],
  ] as const)
    for (const { word, neverSuggest, possessive } of expandDictionary(sources[side].aff, sources[side].dic)) {
      if (word.endsWith("'s") && !CONTRACTION_ENDS.test(word.toLowerCase())) {
        add(word.slice(0, -2), flag | FLAG.possessive)
        continue
      }
      add(word, flag | (neverSuggest ? FLAG.neverSuggest : 0) | (possessive ? FLAG.possessive : 0))
      if (!isCapitalised(word)) lower[side].add(word)
    }
  for (const word of readExtraWords())
    if (!word.includes('-'))
      add(word, FLAG.us | FLAG.gb | FLAG.possessive | (word.length < 4 ? FLAG.unsure : 0))
  const dictionary = new Set(entries.keys())

  const level = (key: string) => {
    const spoken = speech.get(key)
    const written = books.get(key)
    const writtenRate = written === undefined ? 0 : Math.exp(written / FREQUENCY_STEP)
    const rate = SPEECH_SHARE * (spoken ?? 0) + (1 - SPEECH_SHARE) * writtenRate
    return rate > 0 ? FREQUENCY_STEP * Math.log(rate) : 0
  }
  const near = new Map<string, string[]>()
  for (const key of dictionary)
    for (const cut of [key, ...deletions(key)]) {
      const list = near.get(cut)
      if (list === undefined) near.set(cut, [key])
      else list.push(key)
    }
  const loudestNeighbour = (key: string) => {
    let best = 0
    for (const cut of [key, ...deletions(key)])
      for (const other of near.get(cut) ?? [])
        if (other !== key && Math.abs(other.length - key.length) < 2) best = Math.max(best, level(other))
    return best
  }
  const inflects = (key: string) =>
    ['s', 'es', 'd', 'ed', 'ly', 'r', 'er', 'ing', 'al', 'able', 'ally'].some(
      (end) => key.endsWith(end) && key.length - end.length > 3 && dictionary.has(key.slice(0, -end.length)),
    )
  // Words of the book list that no dictionary holds: long enough, seen often enough, and no near double of a commoner word.
  for (const [key, written] of books) {
    if (dictionary.has(key) || key.length < 5 || written < FREQUENCY_STEP * Math.log(40)) continue
    if (!inflects(key) && loudestNeighbour(key) > written + FREQUENCY_STEP * 0.7) continue
    add(key, FLAG.us | FLAG.gb | FLAG.unsure)
  }
  // Names of the speech list, five times seen, unless one letter from a much commoner word.
  for (const [written, count] of speechNames) {
    const key = written.toLowerCase()
    if (entries.has(key) || count < 5 || key.length < 3 || books.has(key)) continue
    if (loudestNeighbour(key) > level(key) + FREQUENCY_STEP * 3) continue
    add(written, FLAG.us | FLAG.gb | FLAG.unsure | FLAG.possessive)
  }
  const onlyAmerican = new Set([...lower.american].filter((w) => !lower.british.has(w)))
  const onlyBritish = new Set([...lower.british].filter((w) => !lower.american.has(w)))
  const twins = new Map<string, string>()
  for (const [us, gb] of pairDialects(onlyAmerican, onlyBritish)) {
    if (entries.get(us)!.flags & FLAG.gb || entries.get(gb)!.flags & FLAG.us) continue
    twins.set(us, gb)
    if (!twins.has(gb)) twins.set(gb, us)
  }
  // The accents may be left out: cafe, fiance.
  for (const [key, { flags, lower: isLower }] of Array.from(entries))
    if (plain(key) !== key && !entries.has(plain(key)))
      entries.set(plain(key), { flags: flags | FLAG.unsure, lower: isLower, forms: new Set() })

  const words: LexiconWord[] = []
  for (const [key, entry] of entries) {
    const twin = twins.get(key)
    const own = level(key)
    let frequency = Math.max(own, twin === undefined ? 0 : level(twin) - 3, UNSEEN)
    let bookFrequency = Math.max(books.get(key) ?? 0, twin === undefined ? 0 : (books.get(twin) ?? 0))
    if (CONTRACTION_ENDS.test(key)) {
      frequency = COMMON_CONTRACTIONS.has(key) ? CONTRACTION : Math.max(own, FREQUENCY_STEP * Math.log(9000))
      bookFrequency = 0
    }
    let flags = entry.flags
    let display: string | undefined
    if (!entry.lower) {
      const form = [...entry.forms][0]!
      if (loudestNeighbour(key) > own + FREQUENCY_STEP * LOUDER) flags |= FLAG.capitalOnly
      if (isAbbreviation(form)) flags |= FLAG.abbreviation
      else {
        flags |= FLAG.name
        if (form !== form[0] + form.slice(1).toLowerCase()) display = form
      }
    } else if (entry.forms.size > 0) flags |= FLAG.alsoName
    if (key === 'i') {
      flags = (flags & ~FLAG.abbreviation) | FLAG.name
      display = undefined
    }
    if (key.startsWith("i'")) flags |= FLAG.name
    if (neverSuggested.has(key)) flags |= FLAG.neverSuggest
    if (twin !== undefined) flags |= FLAG.variant
    words.push({ word: key, flags, frequency, bookFrequency, twin, display })
  }
  return words.toSorted((a, b) => (a.word < b.word ? -1 : 1))
}
