import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Stamp } from '#contracts/realtime.ts'
import { backOffMs, type LiveState } from '../apps/web/src/live/stream.ts'
import { createTeller, followLive, reasonOf } from './live-kit.ts'
import { claimsOf, startPeople, type People, type Person } from './people.ts'
import { until } from './system.ts'

let server: People
let teacher: Person
const streams: { stop(): void }[] = []
beforeAll(async () => {
  server = await startPeople({ connectionsPerUser: 2 })
  teacher = server.people.teacher
}, 120_000)
afterAll(async () => {
  for (const stream of streams) stream.stop()
  await server?.stop()
})

function follow(person: Person, options: Parameters<typeof followLive>[2] = {}) {
  const states: LiveState[] = []
  const stream = followLive(server.server.url, person.jwt, {
    onState: (state) => states.push(state),
    ...options,
  })
  streams.push(stream)
  const reached = (state: LiveState) =>
    until(
      async () => stream.state(),
      (now) => now === state,
    )
  return { stream, states, reached }
}
const stampOf = (person: Person): Promise<Stamp> => person.json<Stamp>('GET', 'batches')
const tellerNow = () => createTeller(server.server.database, server.server.bus)

test('a snapshot that comes late is given what it may lack, and told when that is no longer known', async () => {
  const batchId = await tellerNow().ownBatch(teacher.schoolId, teacher.userId)
  await server.server.bus.whenQuiet(20_000)
  const { stream, reached } = follow(teacher)
  const early = await stampOf(teacher)
  expect(stream.follow(early)).toEqual([])
  await reached('live')
  await tellerNow().tell(teacher.schoolId, batchId, ['a', 'b', 'c'])
  await until(
    async () => stream.heard.filter((each) => each.batchId === batchId).length,
    (n) => n === 3,
  )
  const { epoch, seq } = stream.position()!
  expect(stream.follow({ epoch, seq: seq - 2 })?.map(reasonOf)).toEqual(['b', 'c'])
  expect(stream.follow({ epoch, seq })).toEqual([])
  expect(stream.follow({ epoch, seq: seq + 5 })).toEqual([])
  expect(stream.follow({ epoch, seq: early.seq - 1 })).toBeNull()
  // A snapshot of another epoch: the stream asks the server, and every page is fetched again.
  expect(stream.follow({ epoch: crypto.randomUUID(), seq })).toEqual([])
  await until(
    async () => stream.resyncs(),
    (n) => n === 1,
  )
  await reached('live')
  stream.stop()
})

test('who signs out is told so and asks no more; a token that expires is renewed before it does', async () => {
  const person = await server.addPerson('leaver', server.schools.ours, ['teacher'])
  const { stream, reached } = follow(person)
  stream.follow(await stampOf(person))
  await reached('live')

  let asked = 0
  const claims = claimsOf(teacher.jwt)
  const renewing = follow(teacher, {
    token: async () => {
      asked += 1
      const exp = Math.floor(Date.now() / 1000) + (asked === 1 ? 61 : 600)
      return { token: await server.forge({ ...claims, exp }), expiresAt: exp * 1000 }
    },
  })
  renewing.stream.follow(await stampOf(teacher))
  await renewing.reached('live')
  await until(
    async () => asked,
    (times) => times >= 2,
  )
  await person.byCookie.request('POST', '/api/auth/sign-out', { body: {} })
  await reached('signed-out')
  expect(renewing.stream.state()).toBe('live')
  expect(renewing.states).toEqual(['live'])
  renewing.stream.stop()
})

test('a stream whose place was taken stays away until somebody looks at it again', async () => {
  const person = await server.addPerson('three-tabs', server.schools.ours, ['teacher'])
  const stamp = await stampOf(person)
  const tabs = []
  for (let i = 0; i < 3; i += 1) {
    const tab = follow(person)
    tab.stream.follow(stamp)
    await tab.reached('live')
    tabs.push(tab)
  }
  const [first, second, third] = tabs as [(typeof tabs)[number], (typeof tabs)[number], (typeof tabs)[number]]
  await first.reached('connecting')
  first.stream.wake()
  await first.reached('live')
  await second.reached('connecting')
  expect(third.states).toEqual(['live'])
  for (const tab of tabs) tab.stream.stop()
})

test('without a socket the stream polls and says so, says when nobody answers, and is live again by itself', async () => {
  let answers = true
  let polls = 0
  const { stream, states, reached } = follow(teacher, {
    pollAfterMs: 50,
    pollEveryMs: 50,
    poll: async () => {
      polls += 1
      if (!answers) throw new Error('no answer')
    },
  })
  stream.follow(await stampOf(teacher))
  await reached('live')
  expect(polls).toBe(0)
  const port = Number(new URL(server.server.url).port)
  await server.restart({
    port,
    async meanwhile() {
      await reached('polling')
      answers = false
      await reached('offline')
      answers = true
      await reached('polling')
    },
  })
  await reached('live')
  const before = polls
  const batchId = await tellerNow().ownBatch(teacher.schoolId, teacher.userId)
  await tellerNow().tell(teacher.schoolId, batchId, ['back'])
  await until(
    async () => stream.heard.filter((each) => each.batchId === batchId).map(reasonOf),
    (told) => told.length === 1,
  )
  expect(polls).toBe(before)
  expect(states[0]).toBe('live')
  stream.stop()
})

test('the wait before the next try grows, is never long, and differs from client to client', () => {
  for (const random of [0, 0.5, 0.999]) {
    const waits = Array.from({ length: 12 }, (_, tries) => backOffMs(tries, random))
    expect(waits).toEqual([...waits].sort((a, b) => a - b))
    expect(Math.max(...waits)).toBeLessThanOrEqual(3000)
    expect(waits[0]).toBeGreaterThanOrEqual(125)
  }
  expect(backOffMs(4, 0)).not.toBe(backOffMs(4, 0.9))
})
