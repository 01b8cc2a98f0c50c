// Rule: how far a typed word is from a candidate, in edits, where edits that ears and hands confuse cost less than one.
// From: weighted optimal string alignment (Damerau 1964), with letter groups as single edits (Brill and Moore 2000);
// the costs are ours. Does not promise: a metric: it is not symmetric, and the triangle inequality fails.

import { groupsByLastLetter } from './letter-groups.ts'

/** Longest word compared; longer ones get no suggestion. */
export const LONGEST_WORD = 40
const WIDTH = LONGEST_WORD + 1
const FAR = 1e6

export const COST = {
  vowel: 0.94,
  similar: 0.6,
  doubled: 0.36,
  swapped: 0.48,
  apostrophe: 0.25,
  silent: 0.56,
  vowelBesideVowel: 0.6,
  /** A letter left out, one put in, one for another of a different kind. */
  vowelLeftOut: 0.9,
  leftOut: 0.8,
  putIn: 1.56,
  changed: 1.25,
  accent: 0.1,
}

const code = (letter: string) => letter.charCodeAt(0)
const A = code('a')
const E = code('e')
const H = code('h')
const U = code('u')
const APOSTROPHE = code("'")

/** Costs are added as whole thousandths of an edit: integers are faster, and equal sums are equal. */
const UNIT = 1000
const inUnits = (edits: number) => Math.round(edits * UNIT)

/** Letters as 0 to 31, so that the table of substitutions stays in the fastest cache. */
const CODES = 32
const codeOf = new Uint8Array(256).fill(31)
for (let i = 0; i < 26; i++) codeOf[A + i] = i
codeOf[APOSTROPHE] = 26
const ACCENTED_VOWEL = 27
for (const v of 'éèêàáâöôòüûúùïíîëóäåæø') codeOf[code(v)] = ACCENTED_VOWEL
codeOf[code('ç')] = 28
codeOf[code('ñ')] = 29

const isVowel = new Uint8Array(256)
for (const v of 'aeiouyéèêàáâöôòüûúùïíîëóäåæø') isVowel[code(v)] = 1

/** Letters heard or seen as each other. */
const SIMILAR = 'ck cs ks sz gj mn bd bp dt fv vw qk cq kx xz lr ij uw yi hn nr'.split(' ')
const HARDLY_SIMILAR = /ij|uw|yi|hn|nr|lr|bd|vw/
const substitution = new Int32Array(CODES * CODES).fill(inUnits(COST.changed))
const setBoth = (a: number, b: number, edits: number) => {
  const cost = Math.min(inUnits(edits), substitution[a * CODES + b]!)
  substitution[a * CODES + b] = cost
  substitution[b * CODES + a] = cost
}
for (const a of 'aeiouy') {
  for (const b of 'aeiouy') setBoth(codeOf[code(a)]!, codeOf[code(b)]!, COST.vowel)
  setBoth(codeOf[code(a)]!, ACCENTED_VOWEL, COST.accent)
}
setBoth(codeOf[code('c')]!, 28, COST.accent)
setBoth(codeOf[code('n')]!, 29, COST.accent)
for (const pair of SIMILAR)
  setBoth(codeOf[code(pair[0]!)]!, codeOf[code(pair[1]!)]!, HARDLY_SIMILAR.test(pair) ? 0.8 : COST.similar)

for (let a = 0; a < CODES; a++) substitution[a * CODES + a] = 0

const SWAPPED = inUnits(COST.swapped)
const OMITTED = {
  doubled: inUnits(COST.doubled),
  apostrophe: inUnits(COST.apostrophe),
  silent: inUnits(COST.silent),
  vowelBesideVowel: inUnits(COST.vowelBesideVowel),
  vowel: inUnits(COST.vowelLeftOut),
  other: inUnits(COST.leftOut),
}

/** What it costs to leave out the letter `j` of a word, in units. */
function omitted(word: Uint8Array, start: number, j: number, length: number): number {
  const c = word[start + j]!
  if (j > 0 && word[start + j - 1] === c) return OMITTED.doubled
  if (c === APOSTROPHE) return OMITTED.apostrophe
  if (c === E && j === length - 1) return OMITTED.silent
  if (c === H && j > 0) return OMITTED.silent
  if (c === U && j > 0 && (word[start + j - 1] === 103 || word[start + j - 1] === 113)) return OMITTED.silent
  if (
    isVowel[c] === 1 &&
    ((j > 0 && isVowel[word[start + j - 1]!] === 1) ||
      (j + 1 < length && isVowel[word[start + j + 1]!] === 1))
  )
    return OMITTED.vowelBesideVowel
  return isVowel[c] === 1 ? OMITTED.vowel : OMITTED.other
}

/** The typed word prepared once for many comparisons. */
export type Prepared = {
  /** Compares with `meant[start..start+length)`: weighted edits, or a large number once they must exceed `limit`. */
  weighted(meant: Uint8Array, start: number, length: number, limit: number): number
  /** Plain edits (a swap is one), for words of at most 31 letters. About 80 ns. */
  plain(meant: Uint8Array, start: number, length: number): number
  prepare(typed: Uint8Array, length: number): void
}

/** One per thread: holds its own scratch memory. */
export function createComparer(): Prepared {
  const cells = new Int32Array(WIDTH * WIDTH)
  const columnCost = new Int32Array(WIDTH)
  const columnCode = new Uint8Array(WIDTH)
  const extraCost = new Int32Array(WIDTH)
  const window = new Int32Array(WIDTH)
  /** First group whose typed side ends at a place and whose meant side ends with a letter; then its followers. */
  const groupFirst = new Int16Array(WIDTH * CODES)
  const groupNext = new Int16Array(1024)
  const groupFrom = new Int32Array(1024)
  const groupMeant = new Int32Array(1024)
  const groupMask = new Int32Array(1024)
  const groupLength = new Int32Array(1024)
  const groupEnds = new Int32Array(1024)
  const groupCost = new Int32Array(1024)
  const places = new Int32Array(256)
  let typed = new Uint8Array(0)
  let typedLength = 0

  function prepare(word: Uint8Array, length: number): void {
    for (let i = 0; i < typedLength; i++) places[typed[i]!] = 0
    typed = word.slice(0, length)
    typedLength = length
    let packed = 0
    let n = 0
    for (let i = 1; i <= length; i++) {
      const c = typed[i - 1]!
      if (i <= 31) places[c] = places[c]! | (1 << (i - 1))
      packed = (packed << 8) | c
      extraCost[i] = Math.round(COST.putIn * omitted(typed, 0, i - 1, length))
      groupFirst.fill(-1, i * CODES, (i + 1) * CODES)
      for (const group of groupsByLastLetter[c & 31]!) {
        if (group.typedLength > i || (packed & group.typedMask) !== group.typed || n === 1024) continue
        if (group.atStart && group.typedLength !== i) continue
        if (group.atEnd && i !== length) continue
        const list = i * CODES + codeOf[group.meant & 255]!
        groupNext[n] = groupFirst[list]!
        groupFirst[list] = n
        groupFrom[n] = i - group.typedLength
        groupMeant[n] = group.meant
        groupMask[n] = group.meantMask
        groupLength[n] = group.meantLength
        groupEnds[n] = (group.atStart ? 1 : 0) | (group.atEnd ? 2 : 0)
        groupCost[n++] = inUnits(group.cost)
      }
    }
  }

  function weighted(meant: Uint8Array, start: number, length: number, limit: number): number {
    const most = limit * UNIT
    cells[0] = 0
    let packed = 0
    for (let j = 1; j <= length; j++) {
      const cost = omitted(meant, start, j - 1, length)
      columnCost[j] = cost
      cells[j] = cells[j - 1]! + cost
      const b = meant[start + j - 1]!
      columnCode[j] = codeOf[b]!
      packed = (packed << 8) | b
      window[j] = packed
    }
    let above = 0
    for (let i = 1; i <= typedLength; i++) {
      const a = codeOf[typed[i - 1]!]!
      const earlier = i > 1 ? codeOf[typed[i - 2]!]! : 255
      const changes = a * CODES
      const extra = extraCost[i]!
      const row = i * WIDTH
      const before = row - WIDTH
      cells[row] = cells[before]! + extra
      let least = cells[row]!
      const lists = i * CODES
      let left = least
      let diagonal = cells[before]!
      for (let j = 1; j <= length; j++) {
        const b = columnCode[j]!
        const up = cells[before + j]!
        let best = Math.min(diagonal + substitution[changes + b]!, up + extra, left + columnCost[j]!)
        if (earlier === b && a !== b && j > 1 && a === columnCode[j - 1])
          best = Math.min(best, cells[before - WIDTH + j - 2]! + SWAPPED)
        for (let g = groupFirst[lists + b]!; g >= 0; g = groupNext[g]!) {
          if ((window[j]! & groupMask[g]!) !== groupMeant[g]) continue
          const j0 = j - groupLength[g]!
          if (j0 < 0) continue
          const reached = cells[groupFrom[g]! * WIDTH + j0]! + groupCost[g]!
          if (reached >= best) continue
          const bound = groupEnds[g]!
          if (((bound & 1) !== 0 && j0 !== 0) || ((bound & 2) !== 0 && j !== length)) continue
          best = reached
        }
        cells[row + j] = best
        left = best
        diagonal = up
        least = Math.min(least, best)
      }
      // A letter group may jump over rows: give up only when two rows running are beyond the limit.
      if (least > most && above > most) return FAR
      above = least
    }
    return cells[typedLength * WIDTH + length]! / UNIT
  }

  // Hyyrö (2003), "A bit-vector algorithm for computing Levenshtein and Damerau edit distances".
  function plain(meant: Uint8Array, start: number, length: number): number {
    const last = 1 << (Math.min(typedLength, 31) - 1)
    let score = typedLength
    let vp = -1
    let vn = 0
    let d0 = 0
    let previous = 0
    for (let j = 0; j < length; j++) {
      const match = places[meant[start + j]!]!
      const swap = ((~d0 & match) << 1) & previous
      d0 = ((((match & vp) + vp) | 0) ^ vp) | match | vn | swap
      let hp = vn | ~(d0 | vp)
      let hn = d0 & vp
      if ((hp & last) !== 0) score++
      if ((hn & last) !== 0) score--
      hp = (hp << 1) | 1
      hn <<= 1
      vp = hn | ~(d0 | hp)
      vn = hp & d0
      previous = match
    }
    return score
  }

  return { weighted, plain, prepare }
}

/** Extra cost, in edits, when the first letters differ: writers rarely miss the first letter. */
export function firstLetterCost(typed: Uint8Array, meant: Uint8Array, start: number): number {
  const a = typed[0]!
  const b = meant[start]!
  if (a === b) return 0
  const next = meant[start + 1]!
  if (next === a && (b === 107 || b === 103 || b === 119 || b === 112 || b === 104)) return 0
  if ((a === 102 && b === 112 && next === H) || (b === 102 && a === 112 && typed[1] === H)) return 0
  if (substitution[codeOf[a]! * CODES + codeOf[b]!]! < UNIT) return 0.5
  return 1
}

/** Extra cost, in edits, when the last letters differ: endings carry grammar, and writers keep them. */
export function lastLetterCost(
  typed: Uint8Array,
  typedLength: number,
  meant: Uint8Array,
  start: number,
  length: number,
): number {
  const a = typed[typedLength - 1]!
  const b = meant[start + length - 1]!
  if (a === b) return 0
  // A silent e, and the vowels of -ey, -ie, -er and -a, are heard alike.
  if (a === E || b === E || (isVowel[a] === 1 && isVowel[b] === 1)) return 0.5
  return 1
}
