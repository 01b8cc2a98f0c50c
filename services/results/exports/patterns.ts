// Rule: what a class has in common, ordered by how many essays show it, then by how often, then by the alphabet.
// From: the findings, hints and counts of each essay as they stand in the results.
// Not promised: one pupil's habit weighs one essay, however often it occurs; nothing here is a judgement.
import type { LanguageMetrics } from '#contracts/language.ts'
import type { EssayResult } from '#contracts/results.ts'
import type { FindingKind } from '#contracts/spelling.ts'

export interface Pattern {
  /** How often in all essays together. */
  times: number
  /** In how many essays. */
  essays: number
}
interface MisspeltWord extends Pattern {
  written: string
  /** The suggestion that stands first most often; `null` when none was made. */
  suggestion: string | null
  kind: FindingKind
}
export type ConnectiveKind = keyof LanguageMetrics['connectives']
interface ClassPatterns {
  misspelt: MisspeltWord[]
  kinds: (Pattern & { kind: FindingKind })[]
  hints: (Pattern & { rule: string; message: string })[]
  connectives: (Pattern & { kind: ConnectiveKind })[]
  openings: (Pattern & { words: string })[]
  names: (Pattern & { written: string })[]
}

class Tally<Info> {
  readonly #entries = new Map<string, Pattern & { lastEssay: EssayResult | null; info: Info }>()

  add(key: string, essay: EssayResult, info: () => Info, times = 1): Info {
    let entry = this.#entries.get(key)
    if (!entry) this.#entries.set(key, (entry = { times: 0, essays: 0, lastEssay: null, info: info() }))
    entry.times += times
    if (entry.lastEssay !== essay) entry.essays++
    entry.lastEssay = essay
    return entry.info
  }

  list(): (Pattern & { key: string; info: Info })[] {
    return [...this.#entries]
      .map(([key, { times, essays, info }]) => ({ key, times, essays, info }))
      .sort((a, b) => b.essays - a.essays || b.times - a.times || (a.key < b.key ? -1 : 1))
  }
}

const fold = (text: string): string => text.toLowerCase().replaceAll('’', "'").replace(/\s+/g, ' ').trim()

function mostFrequent(votes: ReadonlyMap<string, number>): string | null {
  let best: string | null = null
  for (const [word, count] of votes) if (best === null || count > votes.get(best)!) best = word
  return best
}

export function classPatterns(essays: readonly EssayResult[]): ClassPatterns {
  const misspelt = new Tally<{ kind: FindingKind; votes: Map<string, number> }>()
  const kinds = new Tally<null>()
  const names = new Tally<string>()
  const hints = new Tally<string>()
  const openings = new Tally<string>()
  const connectives = new Tally<null>()

  for (const essay of essays) {
    for (const { kind, text, suggestions } of essay.spelling.findings ?? []) {
      kinds.add(kind, essay, () => null)
      if (kind === 'name') {
        names.add(fold(text), essay, () => text)
        continue
      }
      const { votes } = misspelt.add(`${kind}\n${fold(text)}`, essay, () => ({ kind, votes: new Map() }))
      const first = suggestions[0] && fold(suggestions[0])
      if (first) votes.set(first, (votes.get(first) ?? 0) + 1)
    }
    for (const hint of essay.language.hints ?? []) hints.add(hint.rule, essay, () => hint.message)
    const { metrics } = essay.language
    if (!metrics) continue
    for (const { words, count } of metrics.repeatedOpenings)
      openings.add(fold(words), essay, () => words, count)
    for (const [kind, count] of Object.entries(metrics.connectives))
      if (count > 0) connectives.add(kind, essay, () => null, count)
  }

  const used = new Map(connectives.list().map((entry) => [entry.key, entry]))
  const known = essays.some((essay) => essay.language.metrics)
  const all: ConnectiveKind[] = [
    'additive',
    'adversative',
    'causal',
    'temporal',
    'exemplifying',
    'concluding',
  ]
  return {
    misspelt: misspelt.list().map(({ key, times, essays: count, info }) => ({
      written: key.slice(key.indexOf('\n') + 1),
      suggestion: mostFrequent(info.votes),
      kind: info.kind,
      times,
      essays: count,
    })),
    kinds: kinds
      .list()
      .map(({ key, times, essays: count }) => ({ kind: key as FindingKind, times, essays: count })),
    hints: hints
      .list()
      .map(({ key, times, essays: count, info }) => ({ rule: key, message: info, times, essays: count })),
    connectives: known
      ? all.map((kind) => ({ kind, times: used.get(kind)?.times ?? 0, essays: used.get(kind)?.essays ?? 0 }))
      : [],
    openings: openings
      .list()
      .map(({ times, essays: count, info }) => ({ words: info, times, essays: count })),
    names: names.list().map(({ times, essays: count, info }) => ({ written: info, times, essays: count })),
  }
}
