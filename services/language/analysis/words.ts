// What counts as one word: what Intl.Segmenter finds, with hyphenated compounds and addresses kept whole.
// Flesch, "How to Write Plain English" (1979), ch. 2: contractions, hyphenated words and figures are one word each.
// Does not promise lemmas: "run" and "runs" are two words.

import type { Range } from './layout.ts'

export interface Word extends Range {
  /** As written. */
  readonly text: string
  /** Lower case, straight apostrophe: what makes two words the same word. */
  readonly key: string
}

const segmenter = new Intl.Segmenter('en', { granularity: 'word' })
const HYPHEN = /^[-\u2010\u2011]$/
const ADDRESS = /(?:https?:\/\/|www\.)\S+|[\w.+-]+@[\w-]+\.[\w.-]+/y

/** Segmenter input is cut here, at white space, so that one huge text does not hold one huge iterator. */
const PIECE = 50_000

function toWord(text: string, start: number, end: number): Word {
  const written = text.slice(start, end)
  return { start, end, text: written, key: written.toLowerCase().replaceAll('’', "'") }
}

function pieceEnd(text: string, from: number): number {
  if (text.length - from <= PIECE) return text.length
  for (let i = from + PIECE; i < Math.min(text.length, from + 2 * PIECE); i++) {
    if (/\s/.test(text[i]!)) return i
  }
  return Math.min(text.length, from + 2 * PIECE)
}

/** Words in order with UTF-16 offsets. */
export function findWords(text: string): Word[] {
  const words: Word[] = []
  for (let from = 0; from < text.length;) {
    const to = pieceEnd(text, from)
    collect(text, from, to, words)
    from = to
  }
  return words
}

function collect(text: string, from: number, to: number, words: Word[]): void {
  let start = -1
  let end = -1
  let joining = false
  const flush = (): void => {
    if (start >= 0) words.push(toWord(text, start, end))
    start = -1
    joining = false
  }
  let skipTo = from
  for (const { segment, index, isWordLike } of segmenter.segment(text.slice(from, to))) {
    const at = from + index
    if (at < skipTo) continue
    if (isWordLike) {
      if (joining && at === end + 1) end = at + segment.length
      else {
        flush()
        start = at
        end = at + segment.length
        if (/^(?:https?|www)/i.test(segment) || text[end] === '@') {
          ADDRESS.lastIndex = start
          const address = ADDRESS.exec(text)?.[0].replace(/[.,;:!?)\]'"”’]+$/, '')
          if (address) skipTo = end = Math.max(end, start + address.length)
        }
      }
      joining = false
    } else joining = start >= 0 && at === end && HYPHEN.test(segment)
  }
  flush()
}
