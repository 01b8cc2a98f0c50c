import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { buildEssay, buildResults } from '../report/testing/build-results.ts'
import { classPatterns } from './patterns.ts'
import { figuresOf, ratePer100Words, spreadOf, summariseClass } from './summary.ts'

const finding = (text: string, kind: 'non-word' | 'name' = 'non-word', suggestions = ['right']) => ({
  start: 0,
  end: text.length,
  text,
  kind,
  suggestions,
})
const withFindings = (slot: number, ...findings: ReturnType<typeof finding>[]) =>
  buildEssay({
    slot,
    text: 'word '.repeat(100),
    spelling: { status: 'succeeded', findings, findingCount: findings.length },
  })

describe('a spread', () => {
  const values = fc.array(fc.double({ min: 0, max: 1e6, noNaN: true }), { minLength: 1, maxLength: 60 })

  test('is ordered, keeps within its values and does not depend on their order', () => {
    fc.assert(
      fc.property(values, (numbers) => {
        const spread = spreadOf(numbers)!
        const { low, lowerQuartile, median, upperQuartile, high } = spread
        expect([low, lowerQuartile, median, upperQuartile, high]).toEqual(
          [low, lowerQuartile, median, upperQuartile, high].toSorted((a, b) => a - b),
        )
        expect([low, high]).toEqual([Math.min(...numbers), Math.max(...numbers)])
        expect(spreadOf(numbers.toReversed())).toEqual(spread)
        expect(numbers.filter((value) => value <= median).length * 2).toBeGreaterThanOrEqual(numbers.length)
        expect(numbers.filter((value) => value >= median).length * 2).toBeGreaterThanOrEqual(numbers.length)
      }),
    )
  })

  test('takes the mean of the middle two, and leaves out what is not known', () => {
    expect(spreadOf([4, null, 1, 3, 2, null])).toMatchObject({ count: 4, lowerQuartile: 1.75, median: 2.5 })
    expect(spreadOf([null, null])).toBeNull()
    expect(spreadOf([])).toBeNull()
  })
})

test('a rate is per 100 words and needs a text long enough for one', () => {
  expect(ratePer100Words(3, 150)).toBe(2)
  expect(ratePer100Words(1, 19)).toBeNull()
  expect(ratePer100Words(null, 150)).toBeNull()
})

test('names are not misspelt words', () => {
  const figures = figuresOf(withFindings(1, finding('recieve'), finding('Okonjo', 'name', [])))
  expect(figures).toMatchObject({ spellingFindings: 1, names: 1, per100Words: 1 })
})

test('what has not been checked is not known, and not nothing', () => {
  const waiting = buildEssay({ slot: 1, spelling: { status: 'pending', findings: [], findingCount: null } })
  expect(figuresOf(waiting)).toMatchObject({ spellingFindings: null, per100Words: null })
  const again = buildEssay({
    slot: 1,
    spelling: { status: 'running', findings: [finding('x')], findingCount: 1 },
  })
  expect(figuresOf(again).spellingFindings).toBe(1)
  expect(summariseClass([waiting, again])).toMatchObject({ essays: 2, spellingKnown: 1 })
})

describe('the patterns of a class', () => {
  test('count an essay once however often it shows the pattern, and rank by essays', () => {
    const { misspelt } = classPatterns([
      withFindings(1, finding('Becuase'), finding('becuase'), finding('becuase')),
      withFindings(2, finding('untill', 'non-word', ['until'])),
      withFindings(3, finding('untill', 'non-word', ['unit'])),
      withFindings(4, finding('untill', 'non-word', ['until'])),
    ])
    expect(
      misspelt.map(({ written, suggestion, essays, times }) => [written, suggestion, essays, times]),
    ).toEqual([
      ['untill', 'until', 3, 3],
      ['becuase', 'right', 1, 3],
    ])
  })

  test('hold no more essays than there are, and every finding once', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 12 }), fc.nat(1000), (invent, seed) => {
        const { essays } = buildResults({ invent, seed })
        const patterns = classPatterns(essays)
        for (const pattern of Object.values(patterns).flat()) {
          expect(pattern.essays).toBeLessThanOrEqual(Math.min(invent, pattern.times))
        }
        const all = essays.flatMap((essay) => essay.spelling.findings!)
        const times = (list: { times: number }[]) => list.reduce((sum, entry) => sum + entry.times, 0)
        expect(times(patterns.kinds)).toBe(all.length)
        expect(times(patterns.misspelt) + times(patterns.names)).toBe(all.length)
      }),
      { numRuns: 30 },
    )
  })
})
