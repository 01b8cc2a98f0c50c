// Rule: scores an engine on lists of misspellings and on marked-up text.
// From: the project's bar: per distinct misspelling, right when it equals any intended word, ignoring case and the
// form of the apostrophe; a misspelling accepted as a word is a miss. Does not promise: anything in production; tests and bench use it.

import { existsSync, readFileSync } from 'node:fs'
import type { SpellingEngine } from './engine.ts'

export type Row = {
  name: string
  value: number
  low: number
  high: number
  /** Empty, and `met` null, where nothing is demanded. */
  must: number | ''
  goal: number | ''
  met: boolean | null
}
/** Misspelling to every word it was meant as. */
export type Misspellings = Map<string, Set<string>>

const even = (word: string) => word.toLowerCase().replaceAll('\u2019', "'")

function readPairs(path: string | URL): Misspellings {
  const list: Misspellings = new Map()
  for (const line of readFileSync(path, 'utf8').split(/\r?\n/)) {
    const [typed, meant] = line.split('\t')
    if (
      typed === undefined ||
      meant === undefined ||
      typed.startsWith('#') ||
      meant === 'intended' ||
      meant === 'meant'
    )
      continue
    const words = list.get(typed) ?? new Set()
    list.set(typed, words)
    words.add(even(meant))
  }
  return list
}

/** Where the list lies that is not shipped; MISSPELLINGS_TSV names another place. */
export const misspellingsPath = (): string | URL =>
  process.env['MISSPELLINGS_TSV'] ??
  new URL('../../../../shared/data/wikipedia-misspellings.tsv', import.meta.url)

export function readMisspellings(): Misspellings | undefined {
  const path = misspellingsPath()
  return existsSync(path) ? readPairs(path) : undefined
}

/** Half of a list by a hash of the misspelling: one half was fitted on, the other (`held`) was not. */
export function half(list: Misspellings, held: boolean): Misspellings {
  return new Map(
    [...list].filter(([typed]) => {
      let h = 2166136261
      for (const c of typed) h = Math.imul(h ^ c.charCodeAt(0), 16777619)
      return (((h ^ (h >>> 13)) & 1) === 0) === held
    }),
  )
}

export type Score = { count: number; first: number; five: number; accepted: string[] }

/** Percentages of all distinct misspellings in the list. */
export function measure(engine: SpellingEngine, list: Misspellings): Score {
  let first = 0
  let five = 0
  const accepted: string[] = []
  for (const [typed, meant] of list) {
    if (engine.known(typed)) {
      accepted.push(typed)
      continue
    }
    const suggestions = engine.suggest(typed).map(even)
    if (suggestions[0] !== undefined && meant.has(suggestions[0])) first++
    if (suggestions.some((s) => meant.has(s))) five++
  }
  return { count: list.size, first: (first / list.size) * 100, five: (five / list.size) * 100, accepted }
}

export type Mark = { start: number; end: number; typed: string; meant: string[] }
export type Marked = { text: string; marks: Mark[]; american: boolean }

/** Text with {typed|meant} marks to plain text and places. */
export function readMarked(source: string): Marked[] {
  return source
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line) => {
      const american = line.startsWith('[us] ')
      const body = american ? line.slice(5) : line
      const marks: Mark[] = []
      let text = ''
      let last = 0
      for (const match of body.matchAll(/\{([^|}]*)\|([^}]*)\}/g)) {
        text += body.slice(last, match.index)
        marks.push({
          start: text.length,
          end: text.length + match[1]!.length,
          typed: match[1]!,
          meant: match[2]!.split('/').map(even),
        })
        text += match[1]
        last = match.index + match[0].length
      }
      return { text: text + body.slice(last), marks, american }
    })
}

export function readTestdata(): {
  clean: string
  marked: Marked[]
  hard: Misspellings
  harder: Misspellings
} {
  const at = (name: string) => new URL(`testdata/${name}`, import.meta.url)
  return {
    clean: readFileSync(at('clean.txt'), 'utf8').replace(/^#.*\n/gm, ''),
    marked: readMarked(readFileSync(at('errors.txt'), 'utf8')),
    hard: readPairs(at('hard.tsv')),
    harder: readPairs(at('harder.tsv')),
  }
}

export type TextScore = {
  /** Marked errors that are no words: how many, found, right first, right in five. */
  nonWords: { count: number; found: number; first: number; five: number }
  /** Marked errors that are words. */
  realWords: { count: number; found: number; first: number }
  falseAlarms: string[]
}

export function measureText(marked: Marked[], engineFor: (american: boolean) => SpellingEngine): TextScore {
  const nonWords = { count: 0, found: 0, first: 0, five: 0 }
  const realWords = { count: 0, found: 0, first: 0 }
  const falseAlarms: string[] = []
  for (const { text, marks, american } of marked) {
    const engine = engineFor(american)
    const findings = engine.check(text)
    const used = new Set<unknown>()
    for (const mark of marks) {
      const finding = findings.find((f) => f.start < mark.end && f.end > mark.start)
      if (finding !== undefined) used.add(finding)
      const suggestions = finding?.suggestions.map(even) ?? []
      const right = suggestions[0] !== undefined && mark.meant.includes(suggestions[0])
      const kind = mark.typed.split(' ').every((word) => engine.known(word)) ? realWords : nonWords
      kind.count++
      if (finding !== undefined) kind.found++
      if (right) kind.first++
      if (kind === nonWords && suggestions.some((s) => mark.meant.includes(s))) nonWords.five++
    }
    for (const finding of findings) if (!used.has(finding)) falseAlarms.push(finding.text)
  }
  return { nonWords, realWords, falseAlarms }
}
