import fc from 'fast-check'
import { expect, test } from 'vitest'
import { eraseOnFor, noticeDays } from './keeping.ts'

const day = 86_400_000
const start = Date.parse('2026-03-01T00:00:00Z')
const at = (days: number): Date => new Date(start + days * day)

test('a batch is announced seven days before it has been kept long enough', () => {
  const batch = { createdAt: at(0), eraseOn: null }
  expect(eraseOnFor(batch, 30, at(22.9))).toBeNull()
  expect(eraseOnFor(batch, 30, at(23))).toEqual(at(30))
  expect(eraseOnFor({ ...batch, eraseOn: at(30) }, 30, at(29))).toEqual(at(30))
})

test('an old batch of a school that has only now said how long it keeps them has seven days too', () => {
  expect(eraseOnFor({ createdAt: at(0), eraseOn: null }, 30, at(200))).toEqual(at(207))
  expect(eraseOnFor({ createdAt: at(0), eraseOn: at(207) }, 30, at(206))).toEqual(at(207))
})

test('who keeps batches longer, or for ever, takes the announcement back', () => {
  const announced = { createdAt: at(0), eraseOn: at(30) }
  expect(eraseOnFor(announced, null, at(29))).toBeNull()
  expect(eraseOnFor(announced, 365, at(29))).toBeNull()
  expect(eraseOnFor(announced, 32, at(29))).toEqual(at(32))
})

test('nothing is ever announced for less than seven days ahead, or earlier than it is kept', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 1000 }), fc.integer({ min: 1, max: 1000 }), (age, keepDays) => {
      const now = at(age)
      const first = eraseOnFor({ createdAt: at(0), eraseOn: null }, keepDays, now)
      if (first === null) return age + noticeDays < keepDays
      return first >= at(keepDays) && first.getTime() - now.getTime() >= noticeDays * day
    }),
  )
})
