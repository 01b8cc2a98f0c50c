import { describe, expect, test } from 'vitest'
import { measure } from './metrics.ts'
import { isHard } from './readability.ts'
import { findWords } from './words.ts'

/*
 * The case, counted by hand.
 *   "The government considered an important decision yesterday."  7 words
 *      The 1, gov·ern·ment 3, con·sid·ered 3, an 1, im·por·tant 3, de·ci·sion 3, yes·ter·day 3 = 17 syllables
 *      3 + 10 + 10 + 2 + 9 + 8 + 9 = 51 letters; 5 words of three syllables, the same 5 of more than six letters
 *      ("considered" stays hard without its -ed: con·sid·er has three)
 *   "We sat on the wall and ate."  7 words, 7 syllables, 2 + 3 + 2 + 3 + 4 + 3 + 3 = 20 letters
 * Eight times both: 112 words, 16 sentences, 8 × 24 = 192 syllables, 8 × 71 = 568 letters, 40 long words.
 * Words per sentence 112/16 = 7; syllables per word 192/112 = 1.714286; long words 100 × 40/112 = 35.714286 %.
 */
const text = 'The government considered an important decision yesterday. We sat on the wall and ate. '.repeat(
  8,
)
const { readability, words, sentences, syllables } = measure(text)

test('the counts are those made by hand', () => {
  expect([words, sentences, syllables]).toEqual([112, 16, 192])
})

test('Flesch Reading Ease: 206.835 − 1.015 × 7 − 84.6 × 1.714286 = 206.835 − 7.105 − 145.028571 = 54.7014', () => {
  expect(readability.fleschReadingEase).toBe(54.7014)
})

test('Flesch–Kincaid: 0.39 × 7 + 11.8 × 1.714286 − 15.59 = 2.73 + 20.228571 − 15.59 = 7.3686', () => {
  expect(readability.fleschKincaidGrade).toBe(7.3686)
})

test('Gunning fog: 0.4 × (7 + 35.714286) = 17.0857', () => {
  expect(readability.gunningFog).toBe(17.0857)
})

test('SMOG: 3.1291 + 1.043 × √(30 × 40/16 = 75) = 3.1291 + 1.043 × 8.660254 = 12.1617', () => {
  expect(readability.smog).toBe(12.1617)
})

test('Coleman–Liau: 0.0588 × 507.142857 − 0.296 × 14.285714 − 15.8 = 29.82 − 4.228571 − 15.8 = 9.7914', () => {
  expect(readability.colemanLiau).toBe(9.7914)
})

test('LIX: 7 + 35.714286 = 42.7143', () => {
  expect(readability.lix).toBe(42.7143)
})

describe('no figure is given', () => {
  const none = Object.fromEntries(Object.keys(readability).map((key) => [key, null]))

  test('below 100 words', () => expect(measure('We ate and sat. '.repeat(24)).readability).toEqual(none))
  test('where the full stops are missing', () =>
    expect(measure('we ate and sat '.repeat(60)).readability).toEqual(none))
  test('in another script', () => expect(measure('мы ели и сидели. '.repeat(60)).readability).toEqual(none))
  test('for SMOG below ten sentences', () => {
    const { smog, lix } = measure(
      `We ${'ate bread and sat on the wall and '.repeat(2)}left. `.repeat(7),
    ).readability
    expect([smog, lix !== null]).toEqual([null, true])
  })
})

test.each<[string, number, boolean, boolean]>([
  ['important', 3, false, true],
  ['Important', 3, true, true],
  ['Washington', 3, false, false],
  ['invited', 3, false, false],
  ['processes', 3, false, false],
  ['considered', 3, false, true],
  ['day-to-day', 3, false, false],
  ['state-controlled', 3, false, false],
  ['counter-intelligence', 6, false, true],
])(
  '%s with %i syllables opening a sentence (%s) is hard for Gunning: %s',
  (word, syllables, opensSentence, hard) => {
    expect(isHard(findWords(word)[0]!, syllables, opensSentence)).toBe(hard)
  },
)
