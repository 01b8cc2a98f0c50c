import { afterAll, beforeAll, expect, test } from 'vitest'
import type { BatchView } from '#contracts/batches.ts'
import { textFile, type Sent } from './client.ts'
import { startSystem, until, type System } from './system.ts'

let system: System
/** Another program, where what is removed is erased after a second. */
let hasty: System
beforeAll(async () => {
  system = await startSystem({ quietSeconds: 1 })
  hasty = await startSystem({ eraseAfterSeconds: 1, undoSeconds: 1 })
})
afterAll(() => Promise.all([system?.stop(), hasty?.stop()]))

const essay = (name: string, words = ''): Sent =>
  textFile(name, `This is the essay ${name}. It says that school should start later. ${words}`)
const change = async (batchId: string, wish: object, of: System = system) => {
  const response = await of.request('PATCH', `batches/${batchId}`, { body: wish })
  return { status: response.status, body: (await response.json()) as BatchView & { code: string } }
}
const statusOf = async (of: System, method: string, path: string) => (await of.request(method, path)).status

test('a batch has the owner who made it, and says whether it is the example', async () => {
  const mine = await system.createBatch()
  expect(mine).toMatchObject({ ownerId: expect.stringMatching(/^[0-9a-f-]{36}$/), example: false })
  const example = await system.createBatch({ example: true })
  expect(await system.batch(example.batchId)).toMatchObject({ ownerId: mine.ownerId, example: true })
})

test('title, prompt and phases of a batch change; what is not named stays', async () => {
  const { batchId } = await system.createBatch({ title: 'Before', prompt: 'Why?', capacity: 5 })
  expect((await change(batchId, { title: ' After ', phases: ['language', 'spelling'] })).body).toMatchObject({
    title: 'After',
    prompt: 'Why?',
    phases: ['spelling', 'language'],
    capacity: 5,
  })
  expect((await change(batchId, { prompt: null })).body).toMatchObject({ title: 'After', prompt: null })
  expect(await system.batch(batchId)).toMatchObject({ title: 'After', prompt: null })
  expect(await change(batchId, { title: '' })).toMatchObject({ status: 422 })
  expect(await system.violations()).toEqual([])
})

test('a capacity only grows, and whoever waits for a slot takes a new one; an open batch stays open', async () => {
  const { batchId } = await system.createBatch({ capacity: 1 })
  await system.upload(batchId, [essay('a.txt'), essay('b.txt'), essay('c.txt'), essay('d.txt')])
  expect((await system.settled(batchId)).counts).toMatchObject({ slotsUsed: 1, waitingForSlot: 3 })
  expect(await change(batchId, { capacity: 0 })).toMatchObject({ status: 422 })
  const seated = (slots: number) =>
    until(
      () => system.batch(batchId),
      ({ counts }) => counts.slotsUsed === slots,
    )
  expect(await change(batchId, { capacity: 3 })).toMatchObject({ status: 200, body: { capacity: 3 } })
  expect((await seated(3)).counts.waitingForSlot).toBe(1)
  expect(await change(batchId, { capacity: 2 })).toMatchObject({
    status: 422,
    body: { code: 'validation-failed' },
  })
  expect(await change(batchId, { capacity: null })).toMatchObject({ status: 200, body: { capacity: null } })
  expect((await seated(4)).counts.waitingForSlot).toBe(0)
  expect(await change(batchId, { capacity: 9 })).toMatchObject({ status: 422 })
  await system.upload(batchId, [essay('e.txt')])
  await seated(5)
  const slots = (await system.files(batchId)).map((file) => file.slot)
  expect(slots.toSorted()).toEqual([1, 2, 3, 4, 5])
  expect(await system.violations()).toEqual([])
})

test('a batch that is told to run when quiet does so, also when its files came before', async () => {
  const { batchId } = await system.createBatch()
  await system.upload(batchId, [essay('quiet.txt')])
  await system.settled(batchId)
  await change(batchId, { runWhenQuiet: true })
  await until(
    () => system.batch(batchId),
    ({ state }) => state === 'done',
  )
})

test('the prompt stands while a run is under way', async () => {
  const { batchId } = await system.createBatch({ prompt: 'Why?' })
  await system.upload(batchId, [essay('run.txt')])
  await system.settled(batchId)
  const runId = await system.startRun(batchId)
  await system.request('POST', `pipeline-runs/${runId}/pause`)
  const asked = await change(batchId, { prompt: 'Why not?' })
  const run = await system.getRun(runId)
  // A short run may have ended before it could be paused.
  if (run.outcome === null)
    expect(asked).toMatchObject({ status: 409, body: { code: 'run-in-progress', runId } })
  expect(await change(batchId, { title: 'Still' })).toMatchObject({ status: 200 })
  await system.request('POST', `pipeline-runs/${runId}/resume`)
  await system.ended(runId)
  expect(await change(batchId, { prompt: 'Why not?' })).toMatchObject({ status: 200 })
})

test('a removed batch is gone from every list and address at once; restored, it is as it was and its run goes on', async () => {
  const { batchId } = await system.createBatch({ title: 'Removed' })
  const [item] = await system.upload(batchId, [essay('here.txt')])
  await system.settled(batchId)
  const [file] = await system.files(batchId)
  const runId = await system.startRun(batchId)
  expect(await statusOf(system, 'DELETE', `batches/${batchId}`)).toBe(204)

  const { items } = await system.json<{ items: BatchView[] }>('GET', 'batches?limit=200')
  expect(items.map((batch) => batch.batchId)).not.toContain(batchId)
  for (const path of [
    `batches/${batchId}`,
    `batches/${batchId}/files`,
    `batches/${batchId}/results`,
    `batches/${batchId}/export?format=csv`,
    `batches/${batchId}/people`,
    `files/${item!.fileUploadId}/original`,
    `files/${item!.fileUploadId}/trace`,
    `essays/${file!.essayId}`,
    `pipeline-runs/${runId}`,
  ])
    expect([path, await statusOf(system, 'GET', path)]).toEqual([path, 404])
  expect(await statusOf(system, 'DELETE', `batches/${batchId}`)).toBe(404)

  const restored = await system.request('POST', `batches/${batchId}/restore`)
  expect([restored.status, await restored.json()]).toMatchObject([
    200,
    { batchId, title: 'Removed', counts: { received: 1, slotsUsed: 1 } },
  ])
  expect(await system.ended(runId)).toMatchObject({ outcome: 'succeeded' })
  expect(await statusOf(system, 'POST', `batches/${batchId}/restore`)).toBe(200)
  expect(await statusOf(system, 'GET', `essays/${file!.essayId}`)).toBe(200)
  expect(await system.violations()).toEqual([])
})

/** The rows of every table with school data in which one of the texts stands, by table; the log keeps identifiers. */
async function rowsThatHold(of: System, texts: readonly string[]): Promise<Record<string, number>> {
  const { ownerPool } = of.testDatabase
  const { rows } = await ownerPool.query<{ name: string }>(
    `select format('%I.%I', table_schema, table_name) as name from information_schema.columns
     where column_name = 'school_id' and table_schema <> 'bus' and table_name <> 'idempotency_keys'`,
  )
  expect(rows.length).toBeGreaterThan(12)
  const found: Record<string, number> = {}
  for (const { name } of rows) {
    const { rows: held } = await ownerPool.query<{ n: number }>(
      `select count(*)::int as n from ${name} t where to_jsonb(t)::text like any($1)`,
      [texts.map((text) => `%${text}%`)],
    )
    if (held[0]!.n > 0) found[name] = held[0]!.n
  }
  return found
}

test('what was removed is erased for good from every table, save what another batch holds too', async () => {
  const shared = essay('shared.txt')
  const other = await hasty.createBatch({ title: 'Stays' })
  await hasty.upload(other.batchId, [shared])
  await hasty.run(other.batchId)
  const { batchId } = await hasty.createBatch({ title: 'Xylophone', prompt: 'Zeppelin' })
  const items = await hasty.upload(batchId, [shared, essay('quokka.txt', 'The wombat teh marsupial.')])
  await hasty.settled(batchId)
  await hasty.run(batchId)
  const { essays } = await hasty.results(batchId)
  const words = ['Xylophone', 'Zeppelin', 'quokka', 'wombat', 'marsupial']
  const ids = [batchId, ...items.map((item) => item.fileUploadId), ...essays.map((one) => one.essayId)]
  expect(Object.keys(await rowsThatHold(hasty, [...words, ...ids]))).toEqual(
    expect.arrayContaining(['batches.batches', 'essays.slots', 'files.uploads', 'files.texts', 'trace.hops']),
  )
  const before = await hasty.results(other.batchId)

  expect(await statusOf(hasty, 'DELETE', `batches/${batchId}`)).toBe(204)
  await until(
    () => rowsThatHold(hasty, words),
    (held) => Object.keys(held).length === 0,
    120_000,
  )
  // The trace keeps the hops of the erasure itself, and streams keep their numbers.
  const numbers = /^(trace\.hops|realtime\.(notifications|audience))$/
  await until(
    () => rowsThatHold(hasty, ids),
    (held) => Object.keys(held).every((name) => numbers.test(name)),
    120_000,
  )
  expect(await statusOf(hasty, 'POST', `batches/${batchId}/restore`)).toBe(404)
  const { rows: hops } = await hasty.testDatabase.ownerPool.query<{ type: string }>(
    `select type from trace.hops where batch_id = $1`,
    [batchId],
  )
  expect(hops.filter(({ type }) => type !== 'batches.texts-forgotten')).toEqual([])
  const { essays: after } = await hasty.results(other.batchId)
  expect(after).toEqual(before.essays)
  expect(after[0]!.spelling.status).toBe('succeeded')

  // The same text again is checked anew: nothing of what was found in it was kept.
  const again = await hasty.createBatch({ title: 'Again', prompt: 'Zeppelin' })
  await hasty.upload(again.batchId, [essay('quokka.txt', 'The wombat teh marsupial.')])
  const run = await hasty.run(again.batchId)
  expect(run.phases.map((phase) => phase.pruned)).toEqual([0, 0])
  expect(await hasty.violations()).toEqual([])
}, 480_000)
