import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { createForeground } from './foreground.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

/** Holds the foreground until it is called. */
function holdOne(foreground: ReturnType<typeof createForeground>): () => Promise<void> {
  let end: () => void = () => {}
  const held = foreground.hold(() => new Promise<void>((resolve) => (end = resolve)))
  return () => {
    end()
    return held
  }
}

async function isOver(waiting: Promise<void> | null): Promise<boolean> {
  let over = false
  void waiting?.then(() => (over = true))
  await vi.advanceTimersByTimeAsync(0)
  return over
}

test('one answer alone holds nobody back, and neither does none', async () => {
  const foreground = createForeground()
  expect(foreground.standBack()).toBeNull()
  const end = holdOne(foreground)
  expect(foreground.standBack()).toBeNull()
  await end()
})

test('what follows waits until a stream of answers has ended, also when it thins out for a moment', async () => {
  const foreground = createForeground()
  const [first, second] = [holdOne(foreground), holdOne(foreground)]
  const waiting = foreground.standBack()
  await first()
  await second()
  await vi.advanceTimersByTimeAsync(10)
  const third = holdOne(foreground)
  await vi.advanceTimersByTimeAsync(50)
  expect(await isOver(waiting)).toBe(false)
  expect(foreground.standBack()).not.toBeNull()
  await third()
  await vi.advanceTimersByTimeAsync(15)
  expect(await isOver(waiting)).toBe(true)
  expect(foreground.standBack()).toBeNull()
})

test('nobody stands back longer than a quarter of a second, however long the stream', async () => {
  const foreground = createForeground()
  const ends = [holdOne(foreground), holdOne(foreground)]
  const waiting = foreground.standBack()
  await vi.advanceTimersByTimeAsync(249)
  expect(await isOver(waiting)).toBe(false)
  await vi.advanceTimersByTimeAsync(1)
  expect(await isOver(waiting)).toBe(true)
  for (const end of ends) await end()
})

test('work that fails is no longer held, and its error is its caller’s', async () => {
  const foreground = createForeground()
  const fails = () => foreground.hold(() => Promise.reject(new Error('full')))
  await expect(Promise.all([fails(), fails()])).rejects.toThrow('full')
  expect(foreground.standBack()).toBeNull()
})
