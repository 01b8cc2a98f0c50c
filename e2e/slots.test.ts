import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import type { SchoolId } from '#contracts/common.ts'
import { slotAssigned } from '#contracts/essays.ts'
import type { UploadItem } from '#contracts/files.ts'
import type { FileView } from '#contracts/results.ts'
import { newEvent } from '#platform/bus/bus.ts'
import { programCause } from '#platform/http/http.ts'
import { makeBrokenDocx } from '#platform/testing/documents/bad.ts'
import { formOf, textFile, type Sent } from './client.ts'
import { startSystem, until, type System } from './system.ts'

let system: System
beforeAll(async () => {
  system = await startSystem({ undoSeconds: 1, quietSeconds: 1 })
})
afterEach(async () => expect(await system.violations()).toEqual([]))
afterAll(() => system?.stop())

const essay = (name: string, words = ''): Sent =>
  textFile(name, `This is the essay ${name}. It says that school should start later. ${words}`)

const file = async (batchId: string, item: { fileUploadId: string }): Promise<FileView> =>
  (await system.files(batchId)).find((view) => view.fileUploadId === item.fileUploadId)!

const fileBecomes = (
  batchId: string,
  item: { fileUploadId: string },
  state: FileView['state'],
): Promise<FileView> =>
  until(
    () => file(batchId, item),
    (view) => view.state === state,
  )

const remove = async (item: { fileUploadId: string }): Promise<void> =>
  expect((await system.request('DELETE', `files/${item.fileUploadId}`)).status).toBe(204)
const restore = async (item: { fileUploadId: string }): Promise<void> =>
  expect((await system.request('POST', `files/${item.fileUploadId}/restore`)).status).toBe(200)
const replace = async (item: { fileUploadId: string }, by: Sent): Promise<UploadItem> =>
  system.json('POST', `files/${item.fileUploadId}/replace`, formOf([by]))

/** The slot is free, or someone else's. */
const slotPasses = (batchId: string, item: { fileUploadId: string }): Promise<FileView> =>
  until(
    () => file(batchId, item),
    (view) => view.slot === null,
  )

test('of three files for two slots one waits, and takes the slot of a removed one after the time of undo', async () => {
  const { batchId } = await system.createBatch({ capacity: 2 })
  const items = await system.upload(batchId, [essay('a.txt'), essay('b.txt'), essay('c.txt')])
  expect((await system.settled(batchId)).counts).toMatchObject({
    received: 3,
    accepted: 3,
    slotsUsed: 2,
    waitingForSlot: 1,
  })
  const before = await system.files(batchId)
  const waiting = before.find((view) => view.state === 'waiting-for-slot')!
  const leaving = before.find((view) => view.slot === 1)!

  await remove(leaving)
  // Removed at once; the slot is reserved, so nobody else has it yet.
  expect(await file(batchId, leaving)).toMatchObject({ state: 'removed' })
  const taken = await fileBecomes(batchId, waiting, 'in-slot')
  expect(taken).toMatchObject({ slot: 1 })
  expect(taken.essayId).not.toBe(leaving.essayId)
  expect((await system.batch(batchId)).counts).toMatchObject({
    received: 3,
    slotsUsed: 2,
    waitingForSlot: 0,
    removed: 1,
  })

  await restore(leaving)
  expect(await fileBecomes(batchId, leaving, 'waiting-for-slot')).toMatchObject({ slot: null, essayId: null })
  expect(items).toHaveLength(3)
})

test('a file restored within the time of undo has its own slot and its own essay again; later it queues for one', async () => {
  const { batchId } = await system.createBatch({ capacity: 1 })
  const [item] = await system.upload(batchId, [essay('only.txt')])
  const first = await fileBecomes(batchId, item!, 'in-slot')
  await remove(item!)
  await restore(item!)
  expect(await fileBecomes(batchId, item!, 'in-slot')).toMatchObject({
    slot: first.slot,
    essayId: first.essayId,
  })

  await remove(item!)
  await slotPasses(batchId, item!)
  await restore(item!)
  const later = await fileBecomes(batchId, item!, 'in-slot')
  expect(later.slot).toBe(1)
  expect(later.essayId).not.toBe(first.essayId)
  expect((await system.request('POST', `files/${item!.fileUploadId}/restore`)).status).toBe(409)
})

test('a replaced file keeps its slot until the new one is read; a rejected replacement leaves the old one in place', async () => {
  const { batchId } = await system.createBatch({ capacity: 2 })
  const [old] = await system.upload(batchId, [essay('draft.txt'), essay('other.txt')])
  const before = await fileBecomes(batchId, old!, 'in-slot')

  const broken = await replace(old!, { name: 'draft.docx', bytes: makeBrokenDocx() })
  expect((await fileBecomes(batchId, broken, 'rejected')).error).toHaveProperty('code')
  expect(await file(batchId, old!)).toMatchObject({
    state: 'in-slot',
    slot: before.slot,
    essayId: before.essayId,
  })

  const final = await replace(old!, essay('final.txt'))
  const taken = await fileBecomes(batchId, final, 'in-slot')
  expect(taken.slot).toBe(before.slot)
  expect(taken.essayId).not.toBe(before.essayId)
  expect(await fileBecomes(batchId, old!, 'removed')).toMatchObject({
    replacedBy: final.fileUploadId,
    slot: null,
  })
})

test('a replacement of a file that waits, or that was rejected, stands in its place', async () => {
  const { batchId } = await system.createBatch({ capacity: 1 })
  const [, bad] = await system.upload(batchId, [
    essay('in.txt'),
    { name: 'bad.docx', bytes: makeBrokenDocx() },
  ])
  await system.settled(batchId)
  const [late] = await system.upload(batchId, [essay('late.txt')])
  await fileBecomes(batchId, late!, 'waiting-for-slot')

  const instead = await replace(late!, essay('later.txt'))
  await fileBecomes(batchId, instead, 'waiting-for-slot')
  expect(await fileBecomes(batchId, late!, 'removed')).toMatchObject({ replacedBy: instead.fileUploadId })
  const good = await replace(bad!, essay('good.txt'))
  await fileBecomes(batchId, good, 'waiting-for-slot')
  await fileBecomes(batchId, bad!, 'removed')
  expect((await system.batch(batchId)).counts).toMatchObject({
    received: 5,
    slotsUsed: 1,
    waitingForSlot: 2,
    rejected: 0,
    removed: 2,
  })

  // Taken back, it is a file like any other, and is not removed a second time.
  await restore(late!)
  expect(await fileBecomes(batchId, late!, 'waiting-for-slot')).not.toHaveProperty('replacedBy')
})

test('the same bytes twice are flagged, not merged; a removed first is no longer a reason', async () => {
  const { batchId } = await system.createBatch()
  const [first] = await system.upload(batchId, [essay('mine.txt')])
  const [second] = await system.upload(batchId, [{ ...essay('mine.txt'), name: 'yours.txt' }])
  expect(second!.duplicateOf).toBe(first!.fileUploadId)
  expect((await system.settled(batchId)).counts).toMatchObject({ received: 2, slotsUsed: 2, duplicates: 1 })
  await remove(first!)
  const [third] = await system.upload(batchId, [{ ...essay('mine.txt'), name: 'theirs.txt' }])
  expect(third!.duplicateOf).toBe(second!.fileUploadId)
  await system.settled(batchId)
})

test('a slot that is told of after its file was removed seats nobody', async () => {
  const { batchId } = await system.createBatch({ runWhenQuiet: false })
  const [item] = await system.upload(batchId, [essay('late.txt', 'Late but not lost.')])
  await fileBecomes(batchId, item!, 'in-slot')
  await remove(item!)
  await system.server.bus.whenQuiet(20_000)
  const { rows } = await system.testDatabase.ownerPool.query<{ school: SchoolId; data: never }>(
    `select school_id as school, payload -> 'data' as data from bus.events
     where file_upload_id = $1 and type = $2 order by seq limit 1`,
    [item!.fileUploadId, slotAssigned.type],
  )
  const { school, data } = rows[0]!
  await system.server.database.transaction(school, (tx) =>
    system.server.bus.publish(tx, [
      newEvent({
        schoolId: school,
        key: batchId,
        fileUploadId: item!.fileUploadId,
        event: slotAssigned,
        cause: programCause(),
        data,
      }),
    ]),
  )
  expect(await system.violations()).toEqual([])
  expect((await system.batch(batchId)).counts).toMatchObject({ removed: 1, slotsUsed: 0 })
})

test('a file that is removed while it is read stays removed, and its text is there for a restore', async () => {
  const { batchId } = await system.createBatch({ runWhenQuiet: true })
  const items = await system.upload(
    batchId,
    Array.from({ length: 12 }, (_, i) => essay(`${i}.txt`, 'word '.repeat(2000))),
  )
  await Promise.all(items.slice(4).map(remove))
  const settled = await system.settled(batchId)
  expect(settled.counts).toMatchObject({ received: 12, removed: 8, slotsUsed: 4 })
  await Promise.all(items.slice(4, 6).map(restore))
  for (const item of items.slice(4, 6)) await fileBecomes(batchId, item, 'in-slot')
  expect((await system.batch(batchId)).counts).toMatchObject({ received: 12, removed: 6, slotsUsed: 6 })
  await until(
    () => system.getResults(batchId),
    ({ essays, pipeline }) =>
      pipeline?.outcome === 'succeeded' &&
      essays.length === 6 &&
      essays.every((each) => each.spelling.status === 'succeeded'),
  )
})
