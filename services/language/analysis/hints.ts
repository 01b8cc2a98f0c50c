// Grammar hints from harper.js, limited to the rules in `hint-rules.ts`, as ranges of the text.
// harper.js 2.10 (Apache-2.0), English only; see README.md for what was measured.
// Does not promise completeness, and no hint is counted into any figure or score.

import { readFileSync } from 'node:fs'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { fileURLToPath, pathToFileURL } from 'node:url'
import type { BinaryModule, Lint, LocalLinter } from 'harper.js'
import type { LanguageHint } from '#contracts/language.ts'
import { HINT_RULES, type HintRule } from './hint-rules.ts'
import type { Range } from './layout.ts'
import { findSentences } from './sentences.ts'

export type Dialect = 'gb' | 'us'

export interface Hinter {
  /** Of harper.js and of the rules that may speak. */
  readonly version: string
  /** In order, not overlapping, UTF-16 offsets. Calls wait for one another. */
  hints(text: string, options: { dialect: Dialect }): Promise<LanguageHint[]>
  close(): Promise<void>
}

/** Raised whenever a rule, its filter or its words change. */
const RULES_VERSION = 1

/** Hints are looked for in this much of a text (UTF-16 units, about 35,000 words). */
export const HINTED_LENGTH = 200_000

/** Longest stretch given to harper.js as one sentence; its reading time grows faster than the length. */
const LONGEST_SENTENCE = 1_000

/** Sent in one call: about 50 ms, then other work of the thread has its turn. */
const BATCH_LENGTH = 4_000

const BETWEEN = '\n\n'

export function hinterVersion(): string {
  const file = new URL('../package.json', import.meta.resolve('harper.js'))
  const { version } = JSON.parse(readFileSync(file, 'utf8')) as { version: string }
  return `harper-${version}-rules-${RULES_VERSION}`
}

/** Sentences in which some rule may find something, cut where they are too long. */
export function findCandidates(text: string): Range[] {
  const candidates: Range[] = []
  for (const { start, end } of findSentences(text.slice(0, HINTED_LENGTH))) {
    for (let from = start; from < end;) {
      let to = Math.min(end, from + LONGEST_SENTENCE)
      if (to < end) {
        const space = text.lastIndexOf(' ', to)
        if (space > from) to = space
      }
      const sentence = oneLine(text.slice(from, to))
      if (HINT_RULES.some(({ trigger }) => trigger.test(sentence))) candidates.push({ start: from, end: to })
      from = to
    }
  }
  return candidates
}

/** Line breaks within a sentence are those of a wrapped line. Keeps every offset. */
const oneLine = (sentence: string): string => sentence.replace(/[\n\r\v\f\u0085\u2028\u2029]/g, ' ')

interface Batch {
  text: string
  /** Where each sentence stands in the batch and in the text. */
  readonly parts: { at: number; start: number; end: number }[]
}

function* inBatches(text: string, candidates: readonly Range[]): Generator<Batch> {
  let batch: Batch = { text: '', parts: [] }
  for (const { start, end } of candidates) {
    if (batch.text.length + end - start > BATCH_LENGTH && batch.parts.length > 0) {
      yield batch
      batch = { text: '', parts: [] }
    }
    batch.parts.push({ at: batch.text.length, start, end })
    batch.text += oneLine(text.slice(start, end)) + BETWEEN
  }
  if (batch.parts.length > 0) yield batch
}

/** The suggestion as the text that would stand in place of `words`. */
function replacements(rule: HintRule, lint: Lint, words: string): string[] {
  const found = new Set<string>()
  for (const suggestion of lint.suggestions()) {
    const kind: number = suggestion.kind()
    const text = suggestion.get_replacement_text().trim()
    if (text !== '') found.add(kind === 2 ? words + text : text)
    suggestion.free()
  }
  found.delete(words)
  const suggestions = rule.unordered ? [...found].sort() : [...found]
  return suggestions.slice(0, 5)
}

function toHint(rule: HintRule, lint: Lint, batch: Batch): LanguageHint | undefined {
  const span = lint.span()
  const { start, end } = span
  span.free()
  const part = batch.parts.findLast(({ at }) => at <= start)
  if (!part || end > part.at + part.end - part.start || end <= start) return undefined
  const words = batch.text.slice(start, end)
  // A span that does not cover what harper.js read would mark the wrong words; say nothing instead.
  if (words !== lint.get_problem_text()) return undefined
  const before = batch.text.slice(part.at, start)
  const after = batch.text.slice(end, part.at + part.end - part.start)
  if (rule.accept && !rule.accept({ words, before, after })) return undefined
  return {
    start: part.start + start - part.at,
    end: part.start + end - part.at,
    rule: rule.name,
    message: rule.message,
    suggestions: replacements(rule, lint, words),
  }
}

const precedence = new Map(HINT_RULES.map((rule, i) => [rule.name, i]))

function withoutOverlaps(hints: readonly LanguageHint[]): LanguageHint[] {
  const byPrecedence = [...hints].sort(
    (a, b) => precedence.get(a.rule)! - precedence.get(b.rule)! || a.start - b.start,
  )
  const kept: LanguageHint[] = []
  for (const hint of byPrecedence) {
    if (!kept.some((other) => hint.start < other.end && other.start < hint.end)) kept.push(hint)
  }
  return kept.sort((a, b) => a.start - b.start)
}

/**
 * The smaller of the two binaries: the other has the same rules and is loaded on top of it. harper.js
 * reads the path of a file URL undecoded, so a path with a space, or on Windows, goes through a blob.
 */
async function loadBinary(): Promise<BinaryModule> {
  const { slimBinary } = await import('harper.js/slimBinary')
  const path = fileURLToPath(slimBinary.url)
  if (pathToFileURL(path).pathname === path) return slimBinary
  const { createBinaryModuleFromUrl } = await import('harper.js')
  const url = URL.createObjectURL(new Blob([readFileSync(path)], { type: 'application/wasm' }))
  const binary = createBinaryModuleFromUrl(url, 'slim')
  await binary.setup()
  URL.revokeObjectURL(url)
  return binary
}

/** One of these for each thread: it holds about 250 MB and takes one to two seconds to load. */
export async function createHinter(): Promise<Hinter> {
  const { Dialect: Dialects, LocalLinter: Linter } = await import('harper.js')
  const dialects = { gb: Dialects.British, us: Dialects.American } as const
  const linter: LocalLinter = new Linter({ binary: await loadBinary(), dialect: Dialects.British })
  const config = Object.fromEntries(Object.keys(await linter.getLintConfig()).map((name) => [name, false]))
  const unknown = HINT_RULES.filter(({ name }) => !(name in config)).map(({ name }) => name)
  if (unknown.length > 0) throw new Error(`harper.js has no rule named ${unknown.join(', ')}`)
  for (const { name } of HINT_RULES) config[name] = true
  await linter.setLintConfig(config)

  let dialectNow: Dialect = 'gb'
  const setDialect = async (dialect: Dialect): Promise<void> => {
    if (dialect === dialectNow) return
    await linter.setDialect(dialects[dialect])
    await linter.setLintConfig(config)
    dialectNow = dialect
  }

  async function find(text: string, dialect: Dialect): Promise<LanguageHint[]> {
    await setDialect(dialect)
    const found: LanguageHint[] = []
    for (const batch of inBatches(text, findCandidates(text))) {
      const groups = await linter.organizedLints(batch.text, { language: 'plaintext', dedup: false })
      for (const rule of HINT_RULES) {
        for (const lint of groups[rule.name] ?? []) {
          const hint = toHint(rule, lint, batch)
          if (hint) found.push(hint)
          lint.free()
        }
      }
      await nextTurn()
    }
    return withoutOverlaps(found)
  }

  let tail: Promise<unknown> = Promise.resolve()
  return {
    version: hinterVersion(),
    hints(text, { dialect }) {
      const result = tail.then(() => find(text, dialect))
      tail = result.catch(() => undefined)
      return result
    },
    async close() {
      await tail
      await linter.dispose()
    },
  }
}
