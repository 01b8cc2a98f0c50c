import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { countSyllables } from './syllables.ts'
import { findWords } from './words.ts'

const split = (text: string): string[] => findWords(text).map((word) => word.text)

describe('one word is', () => {
  test.each([
    ['a contraction', "It's", ["It's"]],
    ['a contraction with a curly apostrophe', 'isn’t', ['isn’t']],
    ['a hyphenated compound', 'a well-known mother-in-law', ['a', 'well-known', 'mother-in-law']],
    ['a figure', '3.14, 1,000 and $2.50', ['3.14', '1,000', 'and', '2.50']],
    ['an abbreviation', 'the U.S. and e.g. us', ['the', 'U.S', 'and', 'e.g', 'us']],
    [
      'an address',
      'see https://a.org/b-c?d=e. Or me@b.org!',
      ['see', 'https://a.org/b-c?d=e', 'Or', 'me@b.org'],
    ],
    ['each side of a dash', 'yes—no – and/or - 😀', ['yes', 'no', 'and', 'or']],
    ['not its quotes', "the 'cats' and students' bags", ['the', 'cats', 'and', 'students', 'bags']],
  ])('%s', (_, text, words) => expect(split(text)).toEqual(words))
})

test('offsets count UTF-16 units, also after an emoji', () => {
  expect(findWords('😀😀 été')).toEqual([{ start: 5, end: 8, text: 'été', key: 'été' }])
})

test('words are where they say they are, in order, whatever the text', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme', maxLength: 300 }), (text) => {
      let at = 0
      for (const { start, end, text: written } of findWords(text)) {
        expect(start).toBeGreaterThanOrEqual(at)
        expect(end).toBeGreaterThan(start)
        expect(text.slice(start, end)).toBe(written)
        at = end
      }
    }),
    { numRuns: 400 },
  )
})

test('a word is found at the seam between two pieces of a long text', () => {
  const text = `${'abc '.repeat(40_000)}`
  expect(findWords(text)).toHaveLength(40_000)
})

test.each<[string, number]>([
  ['the', 1],
  ['people', 2],
  ['beautiful', 3],
  ['important', 3],
  ["didn't", 2],
  ['isn’t', 2],
  ["can't", 1],
  ["haven't", 2],
  ["they're", 1],
  ["could've", 2],
  ["it'll", 2],
  ["boss's", 2],
  ['well-known', 2],
  ['BBC', 3],
  ['UK', 2],
  ['NASA', 2],
  ['U.S', 2],
  // nine·teen nine·ty-eight; nine·teen oh five; three point one four; twen·ty-first; one thou·sand
  ['1998', 5],
  ['1905', 4],
  ['3.14', 4],
  ['21st', 3],
  ['1,000', 3],
  // two hun·dred for·ty-one; se·ven mil·lion; six·ti·eth; se·cond
  ['241', 6],
  ['7,000,000', 4],
  ['60th', 3],
  ['2nd', 2],
])('%s has %i syllables', (word, syllables) => expect(countSyllables(word)).toBe(syllables))
