import { afterAll, beforeAll, expect, test } from 'vitest'
import type { ReplayResult, SystemStatus } from '#contracts/status.ts'
import type { BrokenChainPage } from '#contracts/trace.ts'
import { describedSubscriptions } from '#apps/server/deeds.ts'
import { mint } from '#platform/ids.ts'
import type { z } from 'zod'
import { textFile } from './client.ts'
import { breakSlots, makeOverdue, mendSlots } from './slot-fault.ts'
import { startSystem, until, type System } from './system.ts'

let system: System
beforeAll(async () => {
  system = await startSystem()
})
afterAll(() => system?.stop())

const status = (): Promise<SystemStatus> => system.json('GET', 'status')
const sql = (text: string, values?: unknown[]) => system.testDatabase.ownerPool.query(text, values)

test('the status of a program at rest says that all is well, and what each subscription is there for', async () => {
  const { batchId } = await system.createBatch()
  await system.upload(batchId, [textFile('calm.txt', 'A calm essay that is read without any trouble.')])
  await system.settled(batchId)
  await system.server.bus.whenQuiet(20_000)

  const calm = await until(status, (answer) => answer.subscriptions.every(({ lag }) => lag === 0))
  expect(calm).toMatchObject({
    status: 'ready',
    mode: 'laptop',
    version: expect.stringMatching(/^\d+\.\d+/) as string,
    deadLetters: { count: 0, items: [] },
    brokenChains: { count: 0, items: [] },
    longTransactions: [],
    degraded: [],
    off: [],
    jobs: { failed: 0 },
    database: { version: expect.stringMatching(/^1[5-9]|^2/) as string, embedded: true },
    disk: { folder: system.data },
  })
  expect(calm.database!.sizeBytes).toBeGreaterThan(1_000_000)
  expect(calm.disk!.freeBytes).toBeGreaterThan(0)
  expect(Date.parse(calm.startedAt)).toBeLessThanOrEqual(Date.parse(calm.at))
  expect(calm.subscriptions.map(({ waitingSince }) => waitingSince)).toEqual(
    calm.subscriptions.map(() => null),
  )
  // Each subscription of the program has a sentence of its own.
  const names = calm.subscriptions.map(({ name }) => name)
  expect(names.filter((name) => !describedSubscriptions().includes(name))).toEqual([])
  expect(new Set(calm.subscriptions.map(({ does }) => does)).size).toBe(names.length)
})

test('a file that a service cannot handle is named with the service that should have answered, and a replay after the repair brings it on', async () => {
  const { batchId } = await system.createBatch()
  await breakSlots(system)
  const [item] = await system.upload(batchId, [
    textFile('stuck.txt', 'An essay that waits until somebody repairs the slots.'),
  ])
  const broken = await until(status, ({ deadLetters }) => deadLetters.count > 0)
  expect(broken.deadLetters).toMatchObject({
    count: 1,
    items: [
      {
        subscription: 'essays',
        service: 'essays',
        type: 'files.text-extracted',
        error: expect.stringContaining('planted fault') as string,
        tries: 3,
        batchId,
        fileUploadId: item!.fileUploadId,
      },
    ],
  })
  const { seq } = broken.deadLetters.items[0]!

  await makeOverdue(system, item!.fileUploadId)
  const { brokenChains } = await status()
  expect(brokenChains).toMatchObject({
    count: 1,
    items: [
      {
        fileUploadId: item!.fileUploadId,
        fileName: 'stuck.txt',
        batchId,
        event: 'essays.slot-assigned',
        service: 'essays',
      },
    ],
  })
  expect(brokenChains.items[0]!.overdueSeconds).toBeGreaterThanOrEqual(120)

  const unrepaired = await system.json<ReplayResult>('POST', `dead-letters/essays/${seq}/replay`)
  expect(unrepaired).toMatchObject({
    replayed: 0,
    failed: [{ seq, error: expect.stringContaining('planted fault') as string }],
    left: 1,
  })
  expect((await status()).deadLetters.items[0]).toMatchObject({ seq, tries: 4 })

  await mendSlots(system)
  expect(await system.json('POST', 'dead-letters/replay', { subscription: 'essays' })).toEqual({
    replayed: 1,
    failed: [],
    left: 0,
  })
  await until(
    () => system.files(batchId),
    ([file]) => file?.state === 'in-slot',
  )
  const mended = await until(status, (answer) => answer.brokenChains.count === 0)
  expect(mended.deadLetters.count).toBe(0)
  expect((await system.request('POST', `dead-letters/essays/${seq}/replay`)).status).toBe(404)
})

test('broken chains come in pages, the longest overdue first, each once', async () => {
  const { batchId } = await system.createBatch()
  const items = await system.upload(
    batchId,
    [1, 2, 3, 4, 5].map((n) => textFile(`late-${n}.txt`, `The late essay number ${n} of this class.`)),
  )
  await system.settled(batchId)
  await system.server.bus.whenQuiet(20_000)
  // Two of them overdue since the same moment.
  for (const [n, minutes] of [9, 7, 7, 5, 3].entries())
    await sql(
      `insert into trace.expectations (file_upload_id, event, school_id, since, due_at)
       select file_upload_id, 'spelling.essay-checked', school_id, date_trunc('hour', now()) - interval '2 hours',
         date_trunc('hour', now()) - make_interval(mins => $2)
       from trace.hops where file_upload_id = $1 limit 1`,
      [items[n]!.fileUploadId, minutes],
    )
  const found: string[] = []
  for (let cursor = ''; ;) {
    const page = await system.json<z.infer<typeof BrokenChainPage>>('GET', `broken-chains?limit=2${cursor}`)
    found.push(...page.items.map(({ fileName }) => fileName))
    expect(page.items.length).toBeLessThanOrEqual(2)
    if (page.nextCursor === null) break
    cursor = `&cursor=${page.nextCursor}`
  }
  expect([...found].sort()).toEqual(items.map(({ fileName }) => fileName).sort())
  expect([found[0], found.at(-1)]).toEqual(['late-1.txt', 'late-5.txt'])
  const badCursor = await system.request('GET', 'broken-chains?cursor=eyJub25zZW5zZSI6MX0')
  expect(badCursor.status).toBe(422)
  await sql('delete from trace.expectations')
})

test('an administrator sees and replays nothing of another school', async () => {
  const school = mint()
  const file = mint()
  const { rows } = await sql(
    `with event as (insert into bus.events (id, type, version, key, school_id, file_upload_id, payload)
       values ($1, 'elsewhere.happened', 1, $2, $3, $4, '{"occurredAt": "2026-01-01T00:00:00.000Z",
         "correlationId": "theirs", "causationId": null, "actor": {"kind": "program"}, "traceparent": "", "data": {}}')
       returning seq)
     insert into bus.dead_letters (subscription, seq, event_id, type, school_id, error, tries)
     select 'essays', seq, $1, 'elsewhere.happened', $3, 'Error: of another school', 3 from event returning seq`,
    [mint(), mint(), school, file],
  )
  await sql(
    `insert into trace.expectations (file_upload_id, event, school_id, since, due_at)
     values ($1, 'spelling.essay-checked', $2, now(), now() - interval '1 hour')`,
    [file, school],
  )
  await sql(
    `select graphile_worker.add_job('nobody-does-this', json_build_object('schoolId', $1::text), max_attempts := 1)`,
    [school],
  )
  await sql(
    `update graphile_worker._private_jobs set attempts = max_attempts where payload->>'schoolId' = $1`,
    [school],
  )
  const seq = Number((rows[0] as { seq: string }).seq)

  expect(await status()).toMatchObject({
    deadLetters: { count: 0, items: [] },
    brokenChains: { count: 0, items: [] },
    jobs: { failed: 0 },
  })
  expect(JSON.stringify(await status())).not.toContain('of another school')
  expect((await system.request('POST', `dead-letters/essays/${seq}/replay`)).status).toBe(404)
  expect(await system.json('POST', 'dead-letters/replay', { subscription: 'essays' })).toMatchObject({
    replayed: 0,
    left: 0,
  })
  expect((await sql('select from bus.dead_letters')).rows).toHaveLength(1)
})

test('the detailed health and the metrics are for this computer or an administrator; live and ready are for all', async () => {
  const ask = async (path: string, headers: Record<string, string>): Promise<number> =>
    (await fetch(`${system.server.url}${path}`, { headers })).status
  const through = { 'x-forwarded-for': '203.0.113.7' }
  for (const path of ['/health', '/metrics']) {
    expect([path, await ask(path, {})]).toEqual([path, 200])
    expect([path, await ask(path, through)]).toEqual([path, 401])
    const asAdmin = { ...through, authorization: `Bearer ${system.token}` }
    expect([path, await ask(path, asAdmin)]).toEqual([path, 200])
  }
  for (const path of ['/health/live', '/health/ready']) expect(await ask(path, through)).toBe(200)
})
