// Counts words and phrases that connect statements, by kind; the longest phrase wins and each word counts once.
// Kinds after Halliday & Hasan, "Cohesion in English" (1976), ch. 5, and the appositive and summative conjuncts
// of Quirk et al., "A Comprehensive Grammar" (1985), § 8.134–147. Does not promise that a connection is sound.

import type { LanguageMetrics } from '#contracts/language.ts'
import { CONNECTIVES, type Kind } from './connective-lists.ts'
import type { Word } from './words.ts'

interface Entry {
  readonly words: readonly string[]
  readonly kind: Kind
  /** Counts only where a clause may open: at the start of a sentence or right after a mark. */
  readonly opening: boolean
}

const byFirstWord = new Map<string, Entry[]>()
for (const [kind, list] of Object.entries(CONNECTIVES) as [Kind, string][]) {
  for (const phrase of list.split(/[,\n]/).map((part) => part.trim())) {
    if (phrase === '') continue
    const opening = phrase.startsWith('^')
    const words = phrase.replace('^', '').split(' ')
    const entries = byFirstWord.get(words[0]!) ?? []
    entries.push({ words, kind, opening })
    byFirstWord.set(words[0]!, entries)
  }
}
for (const entries of byFirstWord.values()) entries.sort((a, b) => b.words.length - a.words.length)

const MARK_BEFORE = /[,;:.!?…(–—"“]['’]?\s*$/u

function fits(text: string, sentence: readonly Word[], at: number, entry: Entry): boolean {
  if (entry.opening && at > 0) {
    const before = sentence[at - 1]!
    if (!MARK_BEFORE.test(text.slice(before.end, Math.min(sentence[at]!.start, before.end + 10))))
      return false
  }
  for (let i = 1; i < entry.words.length; i++) {
    const word = sentence[at + i]
    if (!word || word.key !== entry.words[i]) return false
    if (/\S/.test(text.slice(sentence[at + i - 1]!.end, word.start))) return false
  }
  return true
}

export type ConnectiveCounts = LanguageMetrics['connectives']

export const noConnectives = (): ConnectiveCounts => ({
  additive: 0,
  adversative: 0,
  causal: 0,
  temporal: 0,
  exemplifying: 0,
  concluding: 0,
})

/** Adds the connectives of one sentence, given as its words in order. */
export function addConnectives(counts: ConnectiveCounts, text: string, sentence: readonly Word[]): void {
  for (let at = 0; at < sentence.length;) {
    const entry = byFirstWord.get(sentence[at]!.key)?.find((candidate) => fits(text, sentence, at, candidate))
    if (entry) counts[entry.kind]++
    at += entry ? entry.words.length : 1
  }
}
