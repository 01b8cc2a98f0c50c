import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createEngine, loadLexicon } from './engine.ts'

const engine = createEngine(loadLexicon(), { dialect: 'gb' })

const PIECES = [
  ' ',
  ' ',
  ' ',
  '. ',
  ', ',
  '\n',
  '-',
  '\u2019',
  "'",
  '"',
  '\u00ad',
  '\u200d',
  '\u0301',
  '\u{1F469}\u200D\u{1F52C}',
  '\ud800',
  'the',
  'teh',
  'recieve',
  'to gether',
  'alot',
  'Zorblax',
  'I',
  'could of',
  'na\u00efve',
  '\u0645\u0631\u062d\u0628\u0627',
  '\u4f60\u597d',
  'NASA',
  'XIV',
  'http://a.b/c?d',
  'a@b.com',
  '#tag',
  '3rd',
  'don\u2019t',
  "it's",
  'every thing',
  'thier',
]
const text = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 200 }),
  fc.string({ maxLength: 200 }),
  fc.array(fc.constantFrom(...PIECES), { maxLength: 60 }).map((parts) => parts.join('')),
)

test('every finding lies where it says, in order, without overlap, with at most five suggestions', () => {
  fc.assert(
    fc.property(text, fc.option(text, { nil: undefined }), (essay, prompt) => {
      let end = 0
      for (const finding of engine.check(essay, prompt === undefined ? {} : { prompt })) {
        expect(finding.start).toBeGreaterThanOrEqual(end)
        expect(finding.end).toBeGreaterThan(finding.start)
        expect(essay.slice(finding.start, finding.end)).toBe(finding.text)
        expect(finding.suggestions.length).toBeLessThanOrEqual(5)
        expect(new Set(finding.suggestions).size).toBe(finding.suggestions.length)
        expect(finding.suggestions).not.toContain(finding.text)
        end = finding.end
      }
    }),
    { numRuns: 1500 },
  )
})

test('a text is judged the same twice, whatever was judged between', () => {
  fc.assert(
    fc.property(text, text, (one, other) => {
      const before = engine.check(one)
      engine.check(other)
      expect(engine.check(one)).toEqual(before)
    }),
    { numRuns: 300 },
  )
})

test('suggest never throws and never offers the word itself', () => {
  fc.assert(
    fc.property(fc.oneof(fc.string({ unit: 'binary' }), fc.string()), (word) => {
      expect(engine.suggest(word)).not.toContain(word)
      engine.known(word)
    }),
    { numRuns: 500 },
  )
})

const timeOf = (run: () => void) => {
  const start = performance.now()
  run()
  return performance.now() - start
}

test.each([
  ['two megabytes without a space', 'a'.repeat(2_000_000)],
  ['two megabytes without a space, in many words', 'teh-'.repeat(500_000)],
  ['one word of 10,000 letters', `${'abc'.repeat(3_334)} end`],
  ['a million apostrophes', "'".repeat(1_000_000)],
  ['many apostrophes in one word', "a'".repeat(300_000)],
  ['many addresses', 'a@'.repeat(300_000)],
  ['emoji joined to families', '\u{1F469}\u200D\u{1F469}\u200D\u{1F467} '.repeat(100_000)],
  ['combining marks', `a${'\u0301'.repeat(200_000)}`],
  ['lone surrogates', '\ud83d \udc00 '.repeat(200_000)],
  ['Arabic and Chinese', '\u0645\u0631\u062d\u0628\u0627 \u4f60\u597d\u4e16\u754c '.repeat(50_000)],
  ['blanks only', ' \n'.repeat(500_000)],
])('%s takes seconds at most', (_, essay) => {
  expect(timeOf(() => engine.check(essay))).toBeLessThan(8_000)
})

test('other scripts are left alone', () => {
  expect(
    engine.check(
      '\u0645\u0631\u062d\u0628\u0627 \u0628\u0643 \u4f60\u597d \u041f\u0440\u0438\u0432\u0435\u0442 \u0393\u03b5\u03b9\u03ac',
    ),
  ).toEqual([])
})

test('twice the text takes about twice the time', () => {
  const sentence = 'The quick brown fox jumpt over the lazey dog and could of gone to gether with Zorblax. '
  const measured = (times: number) => {
    const essay = sentence.repeat(times)
    return Math.min(...Array.from({ length: 3 }, () => timeOf(() => engine.check(essay))))
  }
  measured(500)
  // Ten times the text; a quadratic engine would take a hundred times as long.
  expect(measured(10_000)).toBeLessThan(measured(1_000) * 35 + 50)
}, 60_000)
