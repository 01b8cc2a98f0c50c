import { expect, test } from 'vitest'
import { createEngine, loadLexicon } from './engine.ts'
import { half, measure, measureText, misspellingsPath, readMisspellings, readTestdata } from './measure.ts'

const lexicon = loadLexicon()
const british = createEngine(lexicon, { dialect: 'gb' })
const american = createEngine(lexicon, { dialect: 'us' })
const list = readMisspellings()
const { clean, marked, hard, harder } = readTestdata()

if (list === undefined)
  console.log(`skipped: no list at ${String(misspellingsPath())}; name one in MISSPELLINGS_TSV`)

test.skipIf(list === undefined)(
  'nine of ten encyclopaedia misspellings get the meant word first, in both dialects',
  () => {
    for (const engine of [british, american]) {
      const { first, five } = measure(engine, list!)
      expect(first).toBeGreaterThanOrEqual(90)
      expect(five).toBeGreaterThanOrEqual(96)
    }
  },
)

test.skipIf(list === undefined)('the half that nothing was fitted on does as well as the other', () => {
  const fitted = measure(british, half(list!, false))
  const held = measure(british, half(list!, true))
  expect(held.first).toBeGreaterThan(90)
  expect(held.five).toBeGreaterThan(96)
  expect(Math.abs(held.first - fitted.first)).toBeLessThan(2.5)
})

test('the slips of young and poor spellers are understood', () => {
  expect(measure(british, hard).first).toBeGreaterThan(86)
  expect(measure(british, hard).five).toBeGreaterThan(93)
  expect(measure(british, harder).first).toBeGreaterThan(86)
  expect(measure(british, harder).five).toBeGreaterThan(93)
})

test('in running text no misspelling is missed and no right word is called wrong', () => {
  const { nonWords, realWords, falseAlarms } = measureText(marked, (us) => (us ? american : british))
  expect(nonWords.found / nonWords.count).toBeGreaterThanOrEqual(0.99)
  expect(nonWords.first / nonWords.count).toBeGreaterThan(0.9)
  expect(nonWords.five / nonWords.count).toBeGreaterThan(0.95)
  expect(realWords.first / realWords.count).toBeGreaterThan(0.45)
  expect(falseAlarms.length).toBeLessThanOrEqual(2)
})

test('clean prose raises at most 1.8 flags in a thousand words, names not counted', () => {
  const words = clean.split(/\s+/).length
  const flags = british.check(clean).filter((f) => f.kind !== 'name')
  expect(words).toBeGreaterThan(3_000)
  expect((flags.length / words) * 1000).toBeLessThanOrEqual(1.8)
})
