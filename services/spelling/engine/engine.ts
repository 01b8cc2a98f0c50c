// Rule: finds the misspellings of a text and what the writer may have meant; the text itself is never changed.
// From: the rule files beside this one; the order of the questions is in `check`.
// Does not promise: grammar, punctuation or capitals.

import type { Finding } from '#contracts/spelling.ts'
import { createFinder } from './candidates.ts'
import { findConfusable } from './confusables.ts'
import { createDictionary } from './dictionary.ts'
import { isDoubtful, meantInstead } from './doubtful.ts'
import { findWord, loadLexicon, NO_WORD, openLexicon, type SharedLexicon } from './lexicon.ts'
import { isName, isSubject, type Sightings } from './names.ts'
import { createRanker, type Dialect, type Neighbours, type Ranked, rerank, typedBytes } from './ranking.ts'
import { listedCompound, mayBeHalf } from './splits.ts'
import { casePattern, inStyleOf, isRomanNumeral, normalise, type Token, tokenise } from './tokenise.ts'

export { loadLexicon, type Dialect, type SharedLexicon }

/** Raise when a rule changes what is found: results of another version are not reused. */
const RULES = 1

export type SpellingEngine = {
  /** Changes when the lexicon, the rules or the dialect do. */
  version: string
  known(word: string): boolean
  /** Best first, at most `limit` (5). Empty for a word too long or of another script. */
  suggest(word: string, context?: { left?: string; right?: string; limit?: number }): string[]
  /** Sorted by `start`, never overlapping. Words of `prompt` count as spelt right. */
  check(text: string, context?: { prompt?: string }): Finding[]
}

const KEPT = 8
const MOST_SUGGESTIONS = 5
/** Words remembered between texts; a class writes about one thing. Then it starts again. */
const REMEMBERED = 20_000

export type EngineOptions = {
  dialect: Dialect
  /** Accept the other dialect's spellings too (a class of exchange students). Default: they are findings. */
  eitherDialect?: boolean
}

export function createEngine(shared: SharedLexicon, options: EngineOptions): SpellingEngine {
  const lexicon = openLexicon(shared)
  const { dialect, eitherDialect = false } = options
  const rank = createRanker(lexicon, createFinder(lexicon), dialect)
  const dictionary = createDictionary(lexicon, dialect, eitherDialect)
  const ranked = new Map<string, Ranked[]>()

  function candidates(word: string, lower: string): Ranked[] {
    const capitalised = word[0] !== lower[0]
    const key = capitalised ? `^${lower}` : lower
    const remembered = ranked.get(key)
    if (remembered !== undefined) return remembered
    const typed = typedBytes(word)
    const found = typed === undefined ? [] : dictionary.correct(lower, rank(typed, KEPT))
    if (ranked.size >= REMEMBERED) ranked.clear()
    ranked.set(key, found)
    return found
  }

  function shown(word: string, best: Ranked[], limit = MOST_SUGGESTIONS): string[] {
    const out: string[] = []
    const style = inStyleOf(word)
    for (const { word: suggestion } of best) {
      const styled = style(suggestion)
      if (styled !== word && !out.includes(styled)) out.push(styled)
      if (out.length === limit) break
    }
    return out
  }

  function check(text: string, context: { prompt?: string } = {}): Finding[] {
    const tokens = tokenise(text)
    const fromPrompt = new Set(
      context.prompt === undefined ? [] : tokenise(context.prompt).flatMap((t) => (t.skip ? [] : [t.lower])),
    )
    const accepted = tokens.map((t) => t.skip || fromPrompt.has(t.lower) || accepts(t, tokens.length < 4))
    const essay = new Map<number, number>()
    const sightings = new Map<string, Sightings>()
    const note = (word: string) => {
      const id = findWord(lexicon, word)
      if (id !== NO_WORD) essay.set(id, (essay.get(id) ?? 0) + 1)
    }
    for (const word of fromPrompt) note(word)
    tokens.forEach((token, i) => {
      if (token.skip) return
      if (accepted[i]) {
        if (token.lower.length > 3) note(token.lower)
        return
      }
      const seen = sightings.get(token.lower) ?? { capitalised: 0, lower: 0 }
      sightings.set(token.lower, seen)
      if (token.pattern === 'lower') seen.lower++
      else seen.capitalised++
    })

    // Neighbours that are misspelt still speak: as what they were probably meant to be.
    const reading = (i: number): string => {
      const token = tokens[i]!
      if (accepted[i]) return token.lower
      return candidates(token.text, token.lower)[0]?.word.toLowerCase() ?? token.lower
    }
    const findings: Finding[] = []
    for (let i = 0; i < tokens.length; i++) {
      const token = tokens[i]!
      if (token.skip) continue
      const next = tokens[i + 1]
      const whole = next === undefined ? undefined : splitAt(token, accepted[i]!, next, accepted[i + 1]!)
      if (whole !== undefined) {
        const start = token.start
        const end = next!.end
        const slice = text.slice(start, end)
        findings.push({ start, end, text: slice, kind: 'split', suggestions: [inStyleOf(token.text)(whole)] })
        i++
        continue
      }
      if (accepted[i]) {
        const meant = findConfusable(lexicon, tokens, i, reading, dialect) ?? doubt(tokens, i, reading, essay)
        if (meant !== undefined)
          findings.push({
            start: token.start,
            end: token.end,
            text: token.text,
            kind: 'confusable',
            suggestions: [inStyleOf(token.text)(meant)],
          })
        continue
      }
      const finding = judge(tokens, i, reading, essay, sightings.get(token.lower)!)
      if (finding !== undefined) findings.push(finding)
    }
    return findings
  }

  function accepts(token: Token, headline: boolean): boolean {
    const { text, lower, pattern } = token
    if (lower.length < 2) return true
    if (dictionary.accepts(lower, pattern)) return true
    if (pattern === 'mixed') return true
    if (pattern === 'capitals' && !headline && (lower.length < 6 || isRomanNumeral(text))) return true
    if (token.hyphenAfter || token.hyphenBefore) return dictionary.isPart(lower)
    return false
  }

  function splitAt(token: Token, known: boolean, next: Token, nextKnown: boolean): string | undefined {
    if (next.skip || !next.joinedToPrevious || next.start - token.end !== 1) return undefined
    const listed = listedCompound(token.lower, next.lower)
    if (listed !== undefined && dictionary.accepts(listed, 'lower')) return listed
    if (known && nextKnown) return undefined
    if ((known && !mayBeHalf(token.lower)) || (nextKnown && !mayBeHalf(next.lower))) return undefined
    if (next.pattern !== 'lower' || token.pattern === 'mixed') return undefined
    const both = token.lower + next.lower
    if (both.length < 5 || !dictionary.isPlain(both)) return undefined
    return both
  }

  function idBeside(
    tokens: readonly Token[],
    i: number,
    step: 1 | -1,
    reading: (i: number) => string,
  ): number {
    const other = tokens[i + step]
    const later = step === 1 ? other : tokens[i]
    return other === undefined || other.skip || !later!.joinedToPrevious
      ? NO_WORD
      : findWord(lexicon, reading(i + step))
  }

  /** A rare word in small letters, used once, may be a common one misspelt. */
  function doubt(
    tokens: readonly Token[],
    i: number,
    reading: (i: number) => string,
    essay: ReadonlyMap<number, number>,
  ): string | undefined {
    const token = tokens[i]!
    if (token.pattern !== 'lower' || token.quoted || token.hyphenAfter || token.hyphenBefore) return undefined
    const id = findWord(lexicon, token.lower)
    if (id === NO_WORD || !isDoubtful(lexicon, id, token.lower) || (essay.get(id) ?? 0) > 1) return undefined
    const left = idBeside(tokens, i, -1, reading)
    const right = idBeside(tokens, i, 1, reading)
    if (left === NO_WORD && right === NO_WORD) return undefined
    return meantInstead(lexicon, id, candidates(token.text, token.lower), left, right)?.word
  }

  function judge(
    tokens: readonly Token[],
    i: number,
    reading: (i: number) => string,
    essay: ReadonlyMap<number, number>,
    seen: Sightings,
  ): Finding | undefined {
    const token = tokens[i]!
    const beside: Neighbours = {
      left: idBeside(tokens, i, -1, reading),
      right: idBeside(tokens, i, 1, reading),
      essay,
    }
    const best = rerank(lexicon, candidates(token.text, token.lower), beside)
    const { pattern } = token
    const nearest = best[0]?.distance ?? 9
    // Foreign words and words talked about: asked about only when they look like a slip.
    if ((token.quoted || /[^a-z']/.test(token.lower)) && nearest > 0.8) return undefined
    if (pattern === 'capitals' && nearest > 1.3) return undefined
    const name =
      (pattern === 'capitalised' && isName(lexicon, token, seen, best[0])) || isSubject(seen, best[0])
    const suggestions = shown(token.text, best)
    const kind = name ? 'name' : suggestions[0]?.includes(' ') === true ? 'joined' : 'non-word'
    return { start: token.start, end: token.end, text: token.text, kind, suggestions }
  }

  return {
    version: `en-${eitherDialect ? 'any-' : ''}${dialect}-${RULES}-${shared.stamp}`,
    known: (word) => dictionary.accepts(normalise(word), casePattern(word)),
    suggest(word, { left, right, limit } = {}) {
      const beside: Neighbours = {
        left: left === undefined ? NO_WORD : findWord(lexicon, normalise(left)),
        right: right === undefined ? NO_WORD : findWord(lexicon, normalise(right)),
        essay: undefined,
      }
      if (word === '') return []
      return shown(word, rerank(lexicon, candidates(word, normalise(word)), beside), limit)
    },
    check,
  }
}
