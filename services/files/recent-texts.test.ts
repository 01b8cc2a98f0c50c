import { expect, test } from 'vitest'
import { SchoolId } from '#contracts/common.ts'
import { createRecentTexts } from './recent-texts.ts'

const school = SchoolId.parse('019a0000-0000-7000-8000-000000000001')
const other = SchoolId.parse('019a0000-0000-7000-8000-000000000002')

test('the newest texts are remembered, each for its school, up to so many characters', () => {
  const texts = createRecentTexts(100)
  texts.remember(
    school,
    Array.from({ length: 11 }, (_, i) => ({ textHash: `h${i}`, text: `${i}`.padEnd(10) })),
  )
  expect(texts.find(school, 'h0')).toBeUndefined()
  expect(texts.find(school, 'h10')).toBe('10'.padEnd(10))
  expect(texts.find(other, 'h10')).toBeUndefined()
})

test('a text that would push out many others is not remembered, and after an erasure nothing is', () => {
  const texts = createRecentTexts(100)
  texts.remember(school, [
    { textHash: 'short', text: 'short' },
    { textHash: 'long', text: 'x'.repeat(50) },
  ])
  expect(texts.find(school, 'short')).toBe('short')
  expect(texts.find(school, 'long')).toBeUndefined()
  texts.forgetAll()
  expect(texts.find(school, 'short')).toBeUndefined()
})
