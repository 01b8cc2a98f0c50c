// Rule: cuts a text into the words that spelling may speak about, with their places in the unchanged text.
// From: Unicode letters and marks; what to leave out (addresses, tags, numbers, codes) is our own list.
// Does not promise: linguistic words; a hyphenated word is its parts, and other scripts are left out whole.

export type Token = {
  /** UTF-16 units, end exclusive. */
  start: number
  end: number
  text: string
  /** Lower-case, straight apostrophes, no soft hyphens. */
  lower: string
  pattern: CasePattern
  /** First word after a full stop, a line break, a colon or an opening quote. */
  sentenceStart: boolean
  /** Only blanks between this word and the one before. */
  joinedToPrevious: boolean
  /** Not to be judged: has digits, other scripts, is part of an address, a tag. */
  skip: boolean
  quoted: boolean
  /** A hyphen follows directly, or stands directly before. */
  hyphenAfter: boolean
  hyphenBefore: boolean
}

const WORD = /[\p{L}\p{M}\p{N}_]+(?:[\u00ad'\u2019\u02bc][\p{L}\p{M}\p{N}_]+)*/gu
const ADDRESS = /(?:https?:\/\/|ftp:\/\/|www\.)[^\s<>"\u201c\u201d]+/giu
const PLAIN_WORD = /^[\p{Script=Latin}\p{M}'\u2019\u02bc\u00ad]+$/u
const SENTENCE_BREAK =
  /[.!?:;\n\r\u2026"\u201c\u201d\u00ab\u00bb\u2022|*\t]|^\s*[-\u2013\u2014(]\s*$|['\u2018]\s*$/u
const ONLY_BLANKS = /^[ \t\u00a0]*\r?\n?[ \t\u00a0]*$/
const QUOTE_BEFORE = /["\u201c\u2018'\u00ab]$/u
const QUOTE_AFTER = /^["\u201d\u2019'\u00bb]/u
const DOMAIN_END =
  /^\.(?:com|org|net|edu|gov|co|uk|io|ac|info|eu|de|fr|se|tv|me|ly|html?|pdf|docx?|jpe?g|png|txt|js|ts|py)\b/iu
const BLANK = /\s/u

/** Nobody writes words longer than this; the rest of such a run is data. */
const LONGEST_TOKEN = 60

type Range = [start: number, end: number]

function addresses(text: string): Range[] {
  const ranges: Range[] = []
  for (const match of text.matchAll(ADDRESS)) ranges.push([match.index, match.index + match[0].length])
  for (let at = text.indexOf('@'); at >= 0;) {
    let start = at
    let end = at + 1
    while (start > 0 && !BLANK.test(text[start - 1]!)) start--
    while (end < text.length && !BLANK.test(text[end]!)) end++
    ranges.push([start, end])
    at = text.indexOf('@', end)
  }
  return ranges.toSorted((a, b) => a[0] - b[0])
}

export function tokenise(text: string): Token[] {
  const tokens: Token[] = []
  const left = addresses(text)
  let nextRange = 0
  let previousEnd = 0
  let previousSkipped = false
  for (const match of text.matchAll(WORD)) {
    const word = match[0]
    const start = match.index
    const end = start + word.length
    while (nextRange < left.length && left[nextRange]![1] <= start) nextRange++
    const inAddress = nextRange < left.length && left[nextRange]![0] < end
    // Long gaps are data too: only their ends matter.
    const gap =
      start - previousEnd > 200
        ? text.slice(previousEnd, previousEnd + 100) + text.slice(start - 100, start)
        : text.slice(previousEnd, start)
    const before = start > 0 ? text[start - 1]! : ''
    const after = text[end] ?? ''
    const skip: boolean =
      inAddress ||
      word.length > LONGEST_TOKEN ||
      !PLAIN_WORD.test(word) ||
      before === '#' ||
      before === '\\' ||
      (before === '.' && previousSkipped && start === previousEnd + 1) ||
      (after === '.' && DOMAIN_END.test(text.slice(end, end + 8)))
    tokens.push({
      start,
      end,
      text: word,
      lower: skip ? '' : normalise(word),
      pattern: skip ? 'lower' : casePattern(word),
      sentenceStart: tokens.length === 0 || (gap !== ' ' && SENTENCE_BREAK.test(gap)),
      joinedToPrevious: tokens.length > 0 && (gap === ' ' || (gap !== '' && ONLY_BLANKS.test(gap))),
      skip,
      quoted: before !== ' ' && before !== '' && QUOTE_BEFORE.test(before) && QUOTE_AFTER.test(after),
      hyphenAfter: after === '-' || after === '\u2010' || after === '\u2011',
      hyphenBefore: before === '-' || before === '\u2010' || before === '\u2011',
    })
    previousEnd = end
    previousSkipped = skip
  }
  return tokens
}

const NEEDS_CLEANING = /[^a-z]/
export function normalise(word: string): string {
  const lower = word.toLowerCase()
  if (!NEEDS_CLEANING.test(lower)) return lower
  return lower
    .normalize('NFC')
    .replace(/[\u2019\u02bc]/g, "'")
    .replaceAll('\u00ad', '')
}

const CAPITALS = /^[\p{Lu}\p{M}'\u2019]+$/u
const CAPITALISED = /^\p{Lu}/u
const INNER_CAPITAL = /\p{Ll}.*\p{Lu}|\p{Lu}{2}.*\p{Ll}/u
const ROMAN = /^M{0,3}(?:CM|CD|D?C{0,3})(?:XC|XL|L?X{0,3})(?:IX|IV|V?I{0,3})$/

export type CasePattern = 'lower' | 'capitalised' | 'capitals' | 'mixed'

const PLAIN_LOWER = /^[a-z']+$/
const PLAIN_CAPITALISED = /^[A-Z][a-z']*$/

export function casePattern(word: string): CasePattern {
  if (PLAIN_LOWER.test(word)) return 'lower'
  if (PLAIN_CAPITALISED.test(word)) return 'capitalised'
  if (!CAPITALISED.test(word)) return INNER_CAPITAL.test(word) ? 'mixed' : 'lower'
  if (word.length > 1 && CAPITALS.test(word)) return 'capitals'
  // McDonald and O'Neill have an inner capital by rule; a possessive after capitals (NASA's) has not.
  return INNER_CAPITAL.test(word) ? 'mixed' : 'capitalised'
}

export const isRomanNumeral = (word: string): boolean => ROMAN.test(word)

/** Gives suggestions the capitals and the apostrophe of the word they replace. */
export function inStyleOf(original: string): (suggestion: string) => string {
  const curly = original.includes('\u2019')
  const pattern = casePattern(original)
  if (pattern === 'lower' && !curly) return (suggestion) => suggestion
  return (suggestion) => {
    const shaped = curly ? suggestion.replaceAll("'", '\u2019') : suggestion
    if (pattern === 'capitals') return shaped.toUpperCase()
    return pattern === 'capitalised' ? shaped[0]!.toUpperCase() + shaped.slice(1) : shaped
  }
}
