import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { BatchId, SchoolId } from '#contracts/common.ts'
import type { UserId } from '#contracts/identity.ts'
import { mint } from '#platform/ids.ts'
import { testDatabase, type TestDatabase } from '#platform/testing/databases.ts'
import { createRealtimeApi } from './service.ts'
import * as store from './store.ts'

let db: TestDatabase
beforeAll(async () => {
  db = await testDatabase()
})
afterAll(() => db?.drop())

interface Kept {
  seq: number
  logSeq: number
  eventId: string
}

function newSchool() {
  const schoolId = mint<SchoolId>()
  const streams = store.createStreamStore(db.database)
  return {
    schoolId,
    open: (batchId: BatchId, userId: UserId, seq: number) =>
      db.database.transaction(schoolId, (tx) => store.openAudience(tx, schoolId, [{ batchId, userId, seq }])),
    close: (batchId: BatchId, userId: UserId, seq: number) =>
      db.database.transaction(schoolId, (tx) => store.closeAudience(tx, batchId, userId, seq)),
    number: (events: readonly { logSeq: number; id: string; batchId: BatchId }[]) =>
      db.database.transaction(schoolId, (tx) =>
        store.insertNumbered(
          tx,
          schoolId,
          events.map((event) => ({
            ...event,
            at: new Date().toISOString(),
            name: 'x',
            meta: '"a":1',
            data: '{}',
          })),
        ),
      ),
    async kept(userId: UserId): Promise<Kept[]> {
      const { rows } = await db.ownerPool.query<Kept>(
        `select seq::int, log_seq::int as "logSeq", event_id as "eventId" from realtime.notifications
         where user_id = $1 and school_id = $2 order by seq`,
        [userId, schoolId],
      )
      return rows
    },
    stampAt: async (userId: UserId, position: number) => {
      const name = `test ${crypto.randomUUID()}`
      await db.ownerPool.query('insert into bus.subscriptions (name, position) values ($1, $2)', [
        name,
        position,
      ])
      return streams.readStamp(userId, schoolId, [name])
    },
  }
}

test('however events are split into batches, handed in again or late: each person has each once, without a gap', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.array(fc.nat({ max: 3 }), { minLength: 1, maxLength: 6 }), { minLength: 1, maxLength: 6 }),
      fc.infiniteStream(fc.nat({ max: 9 })),
      async (chunks, chance) => {
        const school = newSchool()
        const people = [mint<UserId>(), mint<UserId>()] as const
        const batches = Array.from({ length: 4 }, () => mint<BatchId>())
        // The first two batches are one person's each, the third is of both, and of the fourth nobody is told.
        await school.open(batches[0]!, people[0], 0)
        await school.open(batches[1]!, people[1], 0)
        for (const person of people) await school.open(batches[2]!, person, 0)
        let logSeq = 0
        const all = chunks.map((chunk) =>
          chunk.map((which) => ({ logSeq: ++logSeq, id: mint<string>(), which, batchId: batches[which]! })),
        )
        const late: (typeof all)[number] = []
        for (const chunk of all) {
          const now = chunk.filter((event) => {
            const putAside = chance.next().value === 0
            if (putAside) late.push(event)
            return !putAside
          })
          if (now.length > 0) await school.number(now)
          if (chance.next().value === 1 && now.length > 0) await school.number(now)
        }
        for (const event of late) await school.number([event])
        for (const [i, person] of people.entries()) {
          const kept = await school.kept(person)
          const told = all.flat().filter((event) => event.which === i || event.which === 2)
          expect(new Set(kept.map((row) => row.eventId))).toEqual(new Set(told.map((event) => event.id)))
          expect(kept.map((row) => row.seq)).toEqual(told.map((_, at) => at + 1))
          const places = kept.map((row) => row.logSeq)
          expect(places).toEqual([...places].sort((a, b) => a - b))
          // Never newer than the place: everything up to the stamp lies at or below it.
          const position = Math.floor(logSeq / 2)
          const { seq } = await school.stampAt(person, position)
          const at = new Map(all.flat().map((event) => [event.id, event.logSeq]))
          expect(kept.filter((row) => row.seq <= seq).every((row) => at.get(row.eventId)! <= position)).toBe(
            true,
          )
        }
      },
    ),
    { numRuns: 25 },
  )
}, 120_000)

test('who loses sight of a batch is told of it up to that event, and again from when it is shared anew', async () => {
  const school = newSchool()
  const [batchId, person] = [mint<BatchId>(), mint<UserId>()]
  await school.open(batchId, person, 2)
  await school.close(batchId, person, 4)
  await school.open(batchId, person, 6)
  const events = [1, 2, 3, 4, 5, 6, 7].map((logSeq) => ({ logSeq, id: mint<string>(), batchId }))
  await school.number(events)
  expect((await school.kept(person)).map((row) => row.logSeq)).toEqual([2, 3, 4, 6, 7])
})

test('a stamp counts what is no longer kept, is zero before anything was told, and the nil epoch where no number is right', async () => {
  const school = newSchool()
  const [batchId, person] = [mint<BatchId>(), mint<UserId>()]
  expect(await school.stampAt(person, 100)).toMatchObject({ seq: 0 })
  await school.open(batchId, person, 0)
  await school.number([10, 20, 30].map((logSeq) => ({ logSeq, id: mint<string>(), batchId })))
  for (const [position, seq] of [
    [9, 0],
    [10, 1],
    [29, 2],
    [30, 3],
    [99, 3],
  ] as const)
    expect([position, (await school.stampAt(person, position)).seq]).toEqual([position, seq])
  await db.ownerPool.query('delete from realtime.notifications where user_id = $1 and seq <= 2', [person])
  await db.ownerPool.query('update realtime.streams set kept_from = 3 where user_id = $1', [person])
  expect(await school.stampAt(person, 15)).toMatchObject({ seq: 2 })
  await db.ownerPool.query('update realtime.state set silent_to = 50')
  expect(await school.stampAt(person, 49)).toMatchObject({ epoch: '00000000-0000-0000-0000-000000000000' })
  expect((await school.stampAt(person, 50)).epoch).not.toMatch(/^0/)
  await db.ownerPool.query('update realtime.state set silent_to = 0')
})

test('a database beside the originals of another installation was restored: a new epoch begins, once', async () => {
  const api = createRealtimeApi(db.database)
  const epoch = async () =>
    (await db.ownerPool.query<{ epoch: string }>('select epoch from realtime.state')).rows[0]!.epoch
  const first = await epoch()
  await api.keepInstallation('one')
  await api.keepInstallation('one')
  expect(await epoch()).toBe(first)
  await api.keepInstallation('two')
  const second = await epoch()
  expect(second).not.toBe(first)
  await api.keepInstallation('two')
  expect(await epoch()).toBe(second)
})
