import fc from 'fast-check'
import { expect, test } from 'vitest'
import { fitDots, niceTicks, pile, stack } from './beeswarm.ts'

const places = fc.array(fc.oneof(fc.double({ min: 0, max: 370, noNaN: true }), fc.nat(20)), {
  maxLength: 120,
})

test('no two dots touch, and none sinks below the axis', () => {
  fc.assert(
    fc.property(places, fc.constantFrom(17, 9, 4), (xs, diameter) => {
      const heights = pile(xs, diameter)!
      xs.forEach((x, i) => {
        expect(heights[i]).toBeGreaterThanOrEqual(diameter / 2)
        for (let j = 0; j < i; j++)
          expect(Math.hypot(x - xs[j]!, heights[i]! - heights[j]!)).toBeGreaterThan(diameter - 1e-6)
      })
    }),
  )
})

test('columns move a dot by at most half its width and stack it without a gap', () => {
  fc.assert(
    fc.property(places, fc.constantFrom(9, 4), (xs, diameter) => {
      const dots = stack(xs, diameter)
      xs.forEach((x, i) => expect(Math.abs(dots.places[i]! - x)).toBeLessThanOrEqual(diameter / 2 + 1e-9))
      const taken = new Set(dots.places.map((place, i) => `${place} ${dots.heights[i]}`))
      expect(taken.size).toBe(xs.length)
      const below = dots.heights.filter((height) => height > diameter)
      below.forEach((height) => expect((height / diameter) % 1).toBeCloseTo(0.5))
    }),
  )
})

test('dots are as large as their pile allows, and always fit', () => {
  const same = Array.from({ length: 40 }, () => 100)
  expect(fitDots([1, 50, 99], [17, 13], [9, 4, 2], 130).diameter).toBe(17)
  expect(fitDots(same, [17, 13], [9, 4, 2], 130).diameter).toBe(2)
  const pressed = fitDots(same, [17], [9], 130)
  expect(pressed.top).toBe(130)
  expect(Math.max(...pressed.heights)).toBeLessThan(130)
})

test('ticks are few, evenly spaced and enclose every value', () => {
  const value = fc.integer({ min: -5_000, max: 500_000 }).map((hundredths) => hundredths / 100)
  fc.assert(
    fc.property(value, value, fc.constantFrom(0.1, 1), (a, b, finest) => {
      const [low, high] = [Math.min(a, b), Math.max(a, b)]
      const ticks = niceTicks(low, high, finest)
      expect(ticks[0]).toBeLessThanOrEqual(low)
      expect(ticks.at(-1)).toBeGreaterThanOrEqual(high)
      expect(ticks.length).toBeGreaterThanOrEqual(2)
      expect(ticks.length).toBeLessThanOrEqual(8)
      const steps = ticks.slice(1).map((tick, i) => tick - ticks[i]!)
      for (const step of steps) expect(step).toBeCloseTo(steps[0]!, 6)
    }),
  )
})
