/**
 * Puts the pieces of text that a page draws together to lines, in the order in which they were drawn.
 * From: what pdf.js says of each piece: its words, where it begins, how wide it is, whether the line ends behind it.
 * Does not promise: tables as tables; cells of a row are apart by spaces.
 */

export interface TextItem {
  str: string
  /** a b c d e f of the text matrix: e and f are where it begins, in points from the bottom left. */
  transform: number[]
  width: number
  height: number
  hasEOL: boolean
}

export interface Line {
  text: string
  /** Left and right end, baseline and size of letters, in points. */
  left: number
  right: number
  base: number
  size: number
  upright: boolean
  /** It began with a raised number: the first line of a footnote. */
  note: boolean
}

const NOTE_MARK = /^\s*(?:\d{1,3}|[ivx]{1,5}|[*†‡§]{1,3})\s*$/

/** A small raised number is the mark of a note, which the author did not type; unless it is a power: 10², m². */
function isNoteMark(
  text: string,
  size: number,
  base: number,
  beside: { size: number; base: number; text: string },
) {
  if (!NOTE_MARK.test(text) || size > beside.size * 0.8 || base < beside.base + beside.size * 0.12)
    return false
  return !/(?:\d|(?:^|[^\p{L}])\p{L}{1,2})$/u.test(beside.text)
}

/** Scripts that put no space between words. */
const SPACELESS_END = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}、。]$/u
const SPACELESS_START = /^[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}、。]/u
export const needsNoSpace = (before: string, after: string) =>
  SPACELESS_END.test(before) && SPACELESS_START.test(after)

/**
 * Words that stand apart though nothing but their places says so: a gap that pdf.js has not already filled, or a
 * jump back into the line or to its left, as an overfull cell makes. Right to left, pieces adjoin on the left.
 */
function standsApart(line: Line, e: number, width: number, size: number): boolean {
  if (e - line.right > size * 0.3) return true
  return e < line.right - size && Math.abs(e + width - line.left) > size * 0.3
}

/** Trailing and leading white space never belongs to a line; runs of it within are one space. */
const tidy = (text: string) => text.replace(/\s+/g, ' ').trim()

const ACCENTS: Record<string, string> = {
  '¨': '\u0308',
  '´': '\u0301',
  '`': '\u0300',
  ˆ: '\u0302',
  '˜': '\u0303',
  ˇ: '\u030c',
  '˚': '\u030a',
}

/** TeX draws an accent and then, moved back under it, its letter: "Br¨" and "oker" are "Bröker"; "it´s" stays. */
function withAccent(line: Line, item: TextItem, e: number, size: number): boolean {
  const mark = ACCENTS[line.text.at(-1) ?? '']
  const letter = item.str[0] ?? ''
  if (!mark || !/\p{L}/u.test(letter) || e > line.right - size * 0.2) return false
  line.text = line.text.slice(0, -1) + (letter === 'ı' ? 'i' : letter) + mark + item.str.slice(1)
  return true
}

/** `bottom` is the height at which the page begins; heights of lines are counted from there. */
export function makeLines(items: TextItem[], bottom = 0): Line[] {
  const lines: Line[] = []
  let line: Line | undefined
  let weight = 0
  const end = () => {
    if (line) {
      line.text = tidy(line.text)
      if (line.text !== '') lines.push(line)
    }
    line = undefined
    weight = 0
  }
  for (const item of items) {
    const [a = 1, b = 0, , d = 1, e = 0, height = 0] = item.transform
    const f = height - bottom
    const size = Math.abs(d) || Math.hypot(a, b)
    const upright = Math.abs(b) < 0.01 * Math.abs(a)
    if (item.str !== '') {
      if (line && upright && Math.abs(f - line.base) > Math.max(size, line.size) * 0.7) end()
      if (!line) line = { text: '', left: e, right: e, base: f, size, upright, note: false }
      else if (isNoteMark(item.str, size, f, line)) {
        line.right = Math.max(line.right, e + item.width)
        if (item.hasEOL) end()
        continue
      } else if (
        /\S/.test(item.str) &&
        isNoteMark(line.text, line.size, line.base, { size, base: f, text: '' })
      ) {
        line = { text: '', left: line.left, right: e, base: f, size, upright, note: true }
        weight = 0
      }
      if (!upright || !withAccent(line, item, e, size)) {
        if (
          line.text !== '' &&
          upright &&
          standsApart(line, e, item.width, size) &&
          !/\s$/.test(line.text) &&
          !/^\s/.test(item.str) &&
          !needsNoSpace(line.text, item.str)
        )
          line.text += ' '
        line.text += item.str
      }
      if (/\S/.test(item.str)) {
        line.left = Math.min(line.left, e)
        line.right = Math.max(line.right, e + item.width)
        // The size of a line is that of most of its letters, not of a raised note mark.
        if (item.str.length > weight) {
          weight = item.str.length
          line.size = size
          line.base = f
        }
      }
    }
    if (item.hasEOL) end()
  }
  end()
  return lines
}
