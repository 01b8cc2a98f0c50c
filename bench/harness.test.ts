import { expect, test } from 'vitest'
import { exponent, interleave, line, median, quantile, ratios, row } from './harness.ts'

test('a median is the middle, or the mean of the two in the middle', () => {
  expect(median([3, 1, 2])).toBe(2)
  expect(median([4, 1, 3, 2])).toBe(2.5)
  expect(median([])).toBeNaN()
})

test('a quantile is a value that was seen', () => {
  const values = Array.from({ length: 100 }, (_, i) => 100 - i)
  expect(quantile(values, 0.99)).toBe(99)
  expect(quantile(values, 0.5)).toBe(50)
  expect(quantile([7], 0.01)).toBe(7)
})

test('the exponent of a total is 1 when each costs the same, 2 when each costs as many as there are', () => {
  const sizes = [100, 300, 1000, 3000]
  expect(exponent(sizes.map((size) => ({ size, total: 7 * size })))).toBeCloseTo(1, 10)
  expect(exponent(sizes.map((size) => ({ size, total: 0.01 * size ** 2 })))).toBeCloseTo(2, 10)
  expect(exponent(sizes.map((size) => ({ size, total: 42 })))).toBeCloseTo(0, 10)
})

test('rounds run in turn and in turned order, and only figures of one round meet in a ratio', async () => {
  const order: string[] = []
  const figures = await interleave(3, {
    a: async (round) => {
      order.push(`a${round}`)
      return 10 + round
    },
    b: async (round) => {
      order.push(`b${round}`)
      return 5
    },
  })
  expect(order).toEqual(['a0', 'b0', 'b1', 'a1', 'a2', 'b2'])
  expect(ratios(figures.a, figures.b)).toEqual([2, 2.2, 2.4])
})

test('a row says whether its median is what it must be, in both directions, and nothing where nothing is demanded', () => {
  expect(row('cost', [1.3, 1.1, 1.2], { atMost: 1.25, goal: 1.08 })).toEqual({
    name: 'cost',
    value: 1.2,
    low: 1.1,
    high: 1.3,
    must: '<= 1.25',
    goal: '<= 1.08',
    met: true,
  })
  expect(row('rate', [0.5], { atLeast: 0.75 }).met).toBe(false)
  expect(row('noise', [1]).met).toBeNull()
  expect(line(row('rate', [0.5], { atLeast: 0.75 }))).toMatch(/0\.500 .*>= 0\.75 .*NOT MET$/)
})
