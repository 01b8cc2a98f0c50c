// How many syllables a figure has when read aloud in English: "1998" five, "3.14" four, "21st" three.
// Own arithmetic after Flesch (1948): figures are counted as they are pronounced.
// Does not promise telephone numbers, dates with slashes or Roman numerals.

const UNITS = [2, 1, 1, 1, 1, 1, 1, 2, 1, 1, 1, 3, 1, 2, 2, 2, 2, 3, 2, 2]
const TENS = [0, 1, 2, 2, 2, 2, 2, 3, 2, 2]
/** thousand, million, billion, trillion */
const SCALES = [0, 2, 2, 2, 2]

function belowHundred(n: number): number {
  if (n < 20) return n === 0 ? 0 : UNITS[n]!
  return TENS[Math.floor(n / 10)]! + (n % 10 === 0 ? 0 : UNITS[n % 10]!)
}

function belowThousand(n: number): number {
  const hundreds = Math.floor(n / 100)
  return (hundreds === 0 ? 0 : UNITS[hundreds]! + 2) + belowHundred(n % 100)
}

/** "two hundred forty", as Americans read it; "and" would add one syllable. */
function whole(digits: string): number {
  if (digits.length > 15) return digits.length
  let rest = Number(digits)
  if (rest === 0) return UNITS[0]!
  let sum = 0
  for (let scale = 0; rest > 0; scale++) {
    const group = rest % 1000
    if (group > 0) sum += belowThousand(group) + SCALES[scale]!
    rest = Math.floor(rest / 1000)
  }
  return sum
}

/** 1100 to 1999 in pairs: "nineteen ninety-eight", "nineteen hundred", "nineteen oh five". */
function year(digits: string): number {
  const last = Number(digits.slice(2))
  return (
    belowHundred(Number(digits.slice(0, 2))) + (last === 0 ? 2 : belowHundred(last) + (last < 10 ? 1 : 0))
  )
}

const eachDigit = (digits: string): number =>
  [...digits].reduce((sum, digit) => sum + (UNITS[Number(digit)] ?? 1), 0)

/** @param key lower case, with at least one digit; other letters in it go to `ofLetters`. */
export function numberSyllables(key: string, ofLetters: (letters: string) => number): number {
  const match = /^([0-9][0-9,]*)(?:\.([0-9]+))?(st|nd|rd|th|s|'s)?$/.exec(key)
  if (!match) {
    const letters = key.match(/\p{L}+/gu) ?? []
    const figures = key.match(/[0-9]+/g) ?? []
    const sum =
      letters.reduce((n, part) => n + ofLetters(part), 0) + figures.reduce((n, part) => n + whole(part), 0)
    return Math.max(1, sum)
  }
  const [, grouped = '', decimals, ending] = match
  const digits = grouped.replaceAll(',', '')
  const asYear =
    /^1[1-9][0-9]{2}$/.test(digits) && grouped === digits && decimals === undefined && ending !== 'th'
  let sum = asYear ? year(digits) : whole(digits)
  if (decimals !== undefined) sum += 1 + eachDigit(decimals)
  // "second", "twentieth" are longer than "two", "twenty"; "nineties" is as long as "ninety".
  if (ending === 'nd' || (ending === 'th' && /[2-9]0$/.test(digits))) sum += 1
  return sum
}
