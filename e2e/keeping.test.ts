import { afterAll, beforeAll, expect, test } from 'vitest'
import type { BatchView } from '#contracts/batches.ts'
import { startPeople, type People } from './people.ts'
import { until } from './system.ts'

let system: People
beforeAll(async () => {
  system = await startPeople()
})
afterAll(() => system?.stop())

const sql = (text: string, values: unknown[] = []) => system.testDatabase.ownerPool.query(text, values)
const day = 86_400_000

/** A batch that was made so many days ago. */
async function madeAgo(who: 'teacher' | 'otherAdmin', days: number): Promise<BatchView> {
  const batch = await system.people[who].createBatch({ title: `${days} days old` })
  await sql('update batches.batches set created_at = now() - make_interval(days => $2) where batch_id = $1', [
    batch.batchId,
    days,
  ])
  return batch
}

const keep = (keepDays: number | null) => system.people.admin.json('PATCH', 'school', { keepDays })
/** Runs the job that comes every hour, and waits for its end. */
async function lookAfter(): Promise<void> {
  await sql(`select graphile_worker.add_job('batches.keep-as-long-as-said', job_key := 'now')`)
  await until(
    () => sql(`select from graphile_worker.jobs where key = 'now'`),
    ({ rows }) => rows.length === 0,
  )
}
const look = (batchId: string) => system.people.teacher.batch(batchId)

test('an old batch is announced for seven days ahead, kept when the school changes its mind, and removed when the day has come', async () => {
  const [old, young, theirs] = [
    await madeAgo('teacher', 200),
    await madeAgo('teacher', 5),
    await madeAgo('otherAdmin', 200),
  ]
  expect(old.eraseOn).toBeNull()
  await lookAfter()
  expect((await look(old.batchId)).eraseOn).toBeNull()

  await keep(30)
  const before = Date.now()
  await lookAfter()
  const announced = (await look(old.batchId)).eraseOn!
  expect(Date.parse(announced)).toBeGreaterThanOrEqual(before + 7 * day - 60_000)
  expect(Date.parse(announced)).toBeLessThanOrEqual(Date.now() + 7 * day + 60_000)
  await lookAfter()
  expect((await look(old.batchId)).eraseOn).toBe(announced)
  expect((await look(young.batchId)).eraseOn).toBeNull()
  expect((await system.people.otherAdmin.batch(theirs.batchId)).eraseOn).toBeNull()

  await keep(null)
  await lookAfter()
  expect((await look(old.batchId)).eraseOn).toBeNull()

  await keep(30)
  await lookAfter()
  await sql(`update batches.batches set erase_on = now() - interval '1 minute' where batch_id = $1`, [
    old.batchId,
  ])
  await lookAfter()
  await until(
    () => system.people.teacher.request('GET', `batches/${old.batchId}`),
    ({ status }) => status === 404,
  )
  expect((await look(young.batchId)).batchId).toBe(young.batchId)
  expect((await system.people.otherAdmin.batch(theirs.batchId)).batchId).toBe(theirs.batchId)

  // Restored, it has its seven days again.
  const restored = await system.people.teacher.json<BatchView>('POST', `batches/${old.batchId}/restore`)
  expect(restored.eraseOn).toBeNull()
  await lookAfter()
  expect(Date.parse((await look(old.batchId)).eraseOn!)).toBeGreaterThan(Date.now() + 6 * day)
})
