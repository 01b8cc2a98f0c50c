// Where sentences begin and end: at final marks with their closing quotes and brackets, and at the ends of blocks.
// Own rules over the Unicode property Sentence_Terminal; abbreviations, initials, figures, dialogue as below.
// Does not promise grammar: a run-on sentence is one sentence, and so is a heading or an item of a list.

import { BEFORE_FIGURE, LIST_END, MAY_END, NEVER_END, SENTENCE_OPENERS } from './abbreviations.ts'
import { findBlocks, type Block, type Range } from './layout.ts'

/** A spaced ellipsis, or a run of final marks; then the closing quotes, brackets and asterisks that touch it. */
const MARK = /(\.(?:[ \u00a0]\.)+|[\p{Sentence_Terminal}…]+)([\p{Pe}\p{Pf}"'’*_]*)/gu
const NEXT = /\s*["'“‘«([{*_]*([\p{L}\p{N}][\p{L}\p{M}\p{N}'’]*)?/uy
const WORD_BEFORE = /[\p{L}\p{M}\p{N}.'’-]*$/u
const WIDE = /[^\p{Script=Latin}\p{Script=Common}\p{Script=Inherited}]/u
/** "U.S", "a.m", "Ph.D", but not "node.js" or "bbc.co.uk". */
const DOTTED = /^(?:\p{L}{1,2}\.)+\p{L}{1,2}$/u
const LOWER = /^\p{Ll}/u
const UPPER = /^\p{Lu}/u
const SPEECH_VERB =
  'said|says|asked|asks|replied|answered|shouted|yelled|cried|whispered|exclaimed|muttered|screamed|called|' +
  'added|begged|thought|wondered|warned|demanded|gasped|groaned|growled|hissed|mumbled|murmured|pleaded|' +
  'remarked|responded|snapped|sobbed|stammered|suggested|explained|announced|declared|insisted|roared'
/** "Stop!" John shouted at us. "Why?" I asked. A name or "I" is capital anyway, so a tag may go on. */
const NAME_TAG = new RegExp(
  `^\\s*(?!(?:No|Nobody|Nothing|Then|He|She|It|They|We|You|The|My)\\b)(?:(?:Mr|Mrs|Ms|Miss|Dr)\\.? )?\\p{Lu}[\\p{L}'’]*(?: \\p{Lu}[\\p{L}'’]*)? (?:\\p{L}+ly )?(?:${SPEECH_VERB})\\b`,
  'u',
)
/** "Stop!" He said. The capital is a slip only when nothing but an adverb follows the verb. */
const SLIP_TAG = new RegExp(
  `^\\s*(?:He|She|It|They|We|You|(?:The|My) \\p{L}+) (?:\\p{L}+ly )?(?:${SPEECH_VERB})(?: \\p{L}+ly)?[.,!?;:]`,
  'u',
)

/** Longest stretch looked at on either side of a mark; keeps the work linear whatever the text. */
const REACH = 80

function endsAfterStop(word: string, next: string): boolean {
  const lower = word.toLowerCase().replaceAll('’', "'")
  const opener = SENTENCE_OPENERS.has(next.toLowerCase()) && UPPER.test(next)
  if (NEVER_END.has(lower)) return false
  if (BEFORE_FIGURE.has(lower)) return !/^\d/.test(next)
  if (LIST_END.has(lower)) return UPPER.test(next)
  if (MAY_END.has(lower) || DOTTED.test(word)) return opener
  // "So do I. Then we left." ends; "J. K. Rowling" and "vitamin C. Doses" do not, "plan B. It failed" does.
  if (/^\p{Lu}$/u.test(word)) return word === 'I' ? UPPER.test(next) : opener
  if (/^\p{Ll}$/u.test(word)) return !LOWER.test(next)
  return true
}

/** "home.Then": a space was forgotten. Not in addresses, file names or "U.S.A". */
function forgottenSpace(mark: string, before: string, after: string): boolean {
  if (/[@/\\]|www\./.test(before)) return false
  if (mark === '.')
    return /(?:^|[\s"“'‘(])\p{Ll}*\p{L}\p{Ll}$/u.test(before) && /^\p{Lu}\p{Ll}*(?![\p{L}.@/])/u.test(after)
  return /^["“‘(]?\p{L}/u.test(after) && !/[=&/]/.test(after.slice(0, after.search(/\s|$/)))
}

function isEnd(unit: string, at: number, mark: string, closers: string): boolean {
  const end = at + mark.length + closers.length
  if (end >= unit.length) return true
  const before = unit.slice(Math.max(0, at - REACH), at)
  if (WIDE.test(mark) || /^[。！？｡]/u.test(mark)) return true
  const after = unit.slice(end, end + REACH)
  if (!/^\s/.test(after)) return closers === '' && forgottenSpace(mark, before, after)
  NEXT.lastIndex = end
  const next = NEXT.exec(unit)?.[1]?.slice(0, REACH) ?? ''
  const word = WORD_BEFORE.exec(before)?.[0] ?? ''
  if (mark === '.') {
    if (!endsAfterStop(word, next)) return false
    // The number of a list item or of a heading: "1. Wash the apples."
    if (/^\d{1,3}$/.test(word) && before.trim() === word && at < 8) return false
  } else if (/^[.…\s]+$/.test(mark)) return !LOWER.test(next) && next !== ''
  if (closers === '') return true
  if (LOWER.test(next)) return false
  return !/["'’”»]/.test(closers) || !(NAME_TAG.test(after) || SLIP_TAG.test(after))
}

function splitUnit(text: string, { start, end }: Range, into: Range[]): void {
  const unit = text.slice(start, end)
  const first = into.length
  let from = 0
  const push = (to: number): void => {
    const piece = unit.slice(from, to)
    const lead = piece.length - piece.trimStart().length
    const range = { start: start + from + lead, end: start + from + piece.trimEnd().length }
    from = to
    if (range.end <= range.start) return
    // Marks or an emoji on their own belong to the sentence before them.
    const last = into.length > first ? into[into.length - 1] : undefined
    if (last && !/[\p{L}\p{N}]/u.test(piece)) into[into.length - 1] = { start: last.start, end: range.end }
    else into.push(range)
  }
  for (const match of unit.matchAll(MARK)) {
    const [whole, mark = '', closers = ''] = match
    if (isEnd(unit, match.index, mark, closers)) push(match.index + whole.length)
  }
  push(unit.length)
}

/** Sentences in order, trimmed, not overlapping. A text of marks alone has sentences without words. */
export function findSentences(text: string, blocks: readonly Block[] = findBlocks(text)): Range[] {
  const sentences: Range[] = []
  for (const block of blocks) for (const unit of block.units) splitUnit(text, unit, sentences)
  return sentences
}
