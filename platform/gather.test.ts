import { expect, test } from 'vitest'
import { createGatherer } from '#platform/gather.ts'

/** Work whose groups end when they are let go. */
function held(fails: (items: readonly number[]) => boolean = () => false) {
  const groups: (readonly number[])[] = []
  const gates: (() => void)[] = []
  const gatherer = createGatherer<number, number>(async (_key, items) => {
    groups.push(items)
    await new Promise<void>((resolve) => gates.push(resolve))
    if (fails(items)) throw new Error(`not ${items.join(' and ')}`)
    return items.map((item) => item * 10)
  }, 3)
  const turn = () => new Promise((resolve) => setImmediate(resolve))
  return {
    gatherer,
    groups,
    /** Ends the group at work, and lets the next one begin. */
    async next() {
      gates.shift()?.()
      await turn()
    },
  }
}

test('who comes alone begins at once; who comes meanwhile shares the next groups, in order', async () => {
  const { gatherer, groups, next } = held()
  const answers = [1, 2, 3, 4, 5].map((item) => gatherer.add('a', item))
  const other = gatherer.add('b', 9)
  expect(groups).toEqual([[1], [9]])
  for (let i = 0; i < 4; i += 1) await next()
  expect(groups).toEqual([[1], [9], [2, 3, 4], [5]])
  expect(await Promise.all([...answers, other])).toEqual([10, 20, 30, 40, 50, 90])
})

test('a group that fails is done again one by one, and only what is at fault fails', async () => {
  const { gatherer, groups, next } = held((items) => items.includes(3))
  const answers = Promise.allSettled([1, 2, 3, 4].map((item) => gatherer.add('a', item)))
  for (let i = 0; i < 5; i += 1) await next()
  expect(groups).toEqual([[1], [2, 3, 4], [2], [3], [4]])
  expect((await answers).map((end) => (end.status === 'fulfilled' ? end.value : null))).toEqual([
    10,
    20,
    null,
    40,
  ])
})
