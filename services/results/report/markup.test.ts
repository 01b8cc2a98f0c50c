import fc from 'fast-check'
import { expect, test } from 'vitest'
import { cutIntoPieces, fitRange, paragraphsOf } from './markup.ts'

const text = fc
  .array(fc.constantFrom('a', 'word ', '\n', '\n\n', ' \r\n\t\r\n ', '👩🏽‍🏫', 'é', '   '), { maxLength: 30 })
  .map((parts) => parts.join(''))
const marks = fc.array(
  fc
    .record({ start: fc.nat(60), length: fc.nat(25) })
    .map(({ start, length }) => ({ start, end: start + length })),
  { maxLength: 8 },
)

test('the pieces of a paragraph are its text, each letter once', () => {
  fc.assert(
    fc.property(text, marks, (essay, ranges) => {
      const pieces = cutIntoPieces(essay, ranges)
      expect(pieces.map((row) => row.map(({ start, end }) => essay.slice(start, end)).join(''))).toEqual(
        paragraphsOf(essay).map(({ start, end }) => essay.slice(start, end)),
      )
    }),
  )
})

test('paragraphs leave out nothing but white space', () => {
  fc.assert(
    fc.property(text, (essay) => {
      const kept = paragraphsOf(essay).map(({ start, end }) => essay.slice(start, end))
      expect(kept.join('').replace(/\s/g, '')).toBe(essay.replace(/\s/g, ''))
      for (const paragraph of kept) expect(paragraph.trim()).not.toBe('')
    }),
  )
})

test('a mark covers exactly its letters, and begins and ends once', () => {
  fc.assert(
    fc.property(text, marks, (essay, ranges) => {
      const pieces = cutIntoPieces(essay, ranges).flat()
      for (const mark of ranges) {
        const own = pieces.filter((piece) => piece.marks.includes(mark))
        const fitted = fitRange(essay, mark)
        const visible = own.map(({ start, end }) => essay.slice(start, end)).join('')
        const wanted = fitted ? essay.slice(fitted.start, fitted.end) : ''
        expect(visible.replace(/\s/g, '')).toBe(wanted.replace(/\s/g, ''))
        expect(pieces.filter((piece) => piece.first.includes(mark))).toEqual(own.slice(0, 1))
        expect(pieces.filter((piece) => piece.last.includes(mark))).toEqual(own.slice(-1))
      }
    }),
  )
})

test('no cut goes through a character', () => {
  fc.assert(
    fc.property(text, marks, (essay, ranges) => {
      for (const { start, end } of cutIntoPieces(essay, ranges).flat())
        expect(essay.slice(start, end).isWellFormed()).toBe(true)
    }),
  )
})
