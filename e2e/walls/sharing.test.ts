import { afterAll, beforeAll, expect, test } from 'vitest'
import type { BatchPeople, BatchView } from '#contracts/batches.ts'
import { mint } from '#platform/ids.ts'
import type { Client } from '../client.ts'
import { startPeople, type People } from '../people.ts'

let server: People
beforeAll(async () => {
  server = await startPeople()
}, 120_000)
afterAll(() => server?.stop())

const titlesOf = async (client: Client): Promise<string[]> =>
  (await client.json<{ items: BatchView[] }>('GET', 'batches?limit=200')).items.map((batch) => batch.title)
const statusOf = async (client: Client, method: string, path: string): Promise<number> =>
  (await client.request(method, path)).status

test('a teacher lists what is their own and what is shared with them; an administrator lists the school', async () => {
  const { teacher, otherTeacher, admin, otherAdmin } = server.people
  const mine = await teacher.createBatch({ title: 'List mine' })
  const theirs = await otherTeacher.createBatch({ title: 'List theirs' })
  expect([mine.ownerId, theirs.ownerId]).toEqual([teacher.userId, otherTeacher.userId])
  expect(await titlesOf(teacher)).toEqual(['List mine'])
  expect(await titlesOf(otherTeacher)).toEqual(['List theirs'])
  expect(await titlesOf(admin)).toEqual(['List theirs', 'List mine'])
  expect(await titlesOf(otherAdmin)).toEqual([])
})

test('a shared batch is there for the colleague at once, and gone at once when the sharing ends', async () => {
  const { teacher, otherTeacher } = server.people
  const { batchId } = await teacher.createBatch({ title: 'To be shared' })
  const share = `batches/${batchId}/people/${otherTeacher.userId}`
  expect(await statusOf(otherTeacher, 'GET', `batches/${batchId}`)).toBe(404)
  expect([await statusOf(teacher, 'PUT', share), await statusOf(teacher, 'PUT', share)]).toEqual([204, 204])
  expect(await statusOf(otherTeacher, 'GET', `batches/${batchId}`)).toBe(200)
  expect(await titlesOf(otherTeacher)).toContain('To be shared')
  expect(await otherTeacher.json<BatchPeople>('GET', `batches/${batchId}/people`)).toEqual({
    items: [
      { userId: teacher.userId, name: 'teacher', owner: true },
      { userId: otherTeacher.userId, name: 'otherTeacher', owner: false },
    ],
    nextCursor: null,
  })
  // Work on it, but neither give it on nor take it away.
  expect(
    (await otherTeacher.request('PATCH', `batches/${batchId}`, { body: { title: 'Ours' } })).status,
  ).toBe(200)
  expect(await statusOf(otherTeacher, 'DELETE', `batches/${batchId}`)).toBe(403)
  expect(await statusOf(otherTeacher, 'PUT', `batches/${batchId}/people/${server.people.admin.userId}`)).toBe(
    403,
  )

  expect([await statusOf(teacher, 'DELETE', share), await statusOf(teacher, 'DELETE', share)]).toEqual([
    204, 204,
  ])
  expect(await statusOf(otherTeacher, 'GET', `batches/${batchId}`)).toBe(404)
  const { rows } = await server.testDatabase.ownerPool.query<{ type: string }>(
    `select type from bus.events where key = $1 and type like 'batches.batch-%shared' order by seq`,
    [batchId],
  )
  expect(rows.map((row) => row.type)).toEqual(['batches.batch-shared', 'batches.batch-unshared'])
})

test('a batch is shared within the school, with people who could open it', async () => {
  const { teacher, student, judge, disabled, otherAdmin } = server.people
  const { batchId } = await teacher.createBatch({ title: 'Whom with' })
  const statusWith = (userId: string) => statusOf(teacher, 'PUT', `batches/${batchId}/people/${userId}`)
  expect(await statusWith(otherAdmin.userId)).toBe(404)
  expect(await statusWith(mint())).toBe(404)
  expect(await statusWith(disabled.userId)).toBe(404)
  expect([await statusWith(student.userId), await statusWith(judge.userId)]).toEqual([422, 422])
  expect(await statusWith(teacher.userId)).toBe(204)
  const { items } = await teacher.json<BatchPeople>('GET', `batches/${batchId}/people`)
  expect(items.map((person) => person.userId)).toEqual([teacher.userId])
})

test('a batch from before batches had owners is for administrators only', async () => {
  const { teacher, admin } = server.people
  const { batchId } = await teacher.createBatch({ title: 'Nobodys' })
  await server.testDatabase.ownerPool.query(
    'update batches.batches set owner_id = null where batch_id = $1',
    [batchId],
  )
  expect(await statusOf(teacher, 'GET', `batches/${batchId}`)).toBe(404)
  expect(await titlesOf(teacher)).not.toContain('Nobodys')
  expect(await admin.batch(batchId)).toMatchObject({ title: 'Nobodys', ownerId: null })
})

test('the same idempotency key of two people is two keys', async () => {
  const { teacher, otherTeacher } = server.people
  const make = (client: Client) =>
    client.json<BatchView>('POST', 'batches', { title: 'Keyed' }, { 'idempotency-key': 'the-same' })
  const first = await make(teacher)
  expect(await make(teacher)).toEqual(first)
  expect((await make(otherTeacher)).batchId).not.toBe(first.batchId)
})
