import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import type { RunView } from '#contracts/results.ts'
import { makeEssayText } from '#platform/testing/documents/essay.ts'
import { textFile, type Sent } from './client.ts'
import { startSystem, until, type System } from './system.ts'

let system: System
beforeAll(async () => {
  system = await startSystem({ quietSeconds: 1, undoSeconds: 1 })
})
afterEach(async () => expect(await system.violations()).toEqual([]))
afterAll(() => system?.stop())

let seed = 1000
const essays = (count: number, words = 60): Sent[] =>
  Array.from({ length: count }, () =>
    textFile(`${seed}.txt`, makeEssayText({ seed: seed++, words, misspellings: 2 })),
  )

const both = { phases: ['spelling', 'language'] }

/**
 * A batch whose run is under way: many essays, and a phase more than the batch itself names, which nobody
 * has looked at before the run asks.
 */
async function longRun(): Promise<{ batchId: string; runId: string }> {
  const { batchId } = await system.createBatch({ phases: ['spelling'] })
  await system.upload(batchId, essays(150))
  await system.settled(batchId)
  return { batchId, runId: await system.startRun(batchId, both) }
}

const countOf = async (type: string, runId: string): Promise<number> => {
  const { rows } = await system.testDatabase.ownerPool.query<{ n: number }>(
    `select count(*)::int as n from bus.events where type like $1 and payload->'data'->>'runId' = $2`,
    [type, runId],
  )
  return rows[0]!.n
}

test('a run takes the files that are still being read when it is asked for, and none that come later', async () => {
  const { batchId } = await system.createBatch()
  await system.upload(batchId, essays(20))
  const runId = await system.startRun(batchId)
  await system.upload(batchId, essays(2))
  const run = await system.ended(runId)
  expect(run).toMatchObject({ outcome: 'succeeded', phases: [{ succeeded: 20 }, { succeeded: 20 }] })
  await system.settled(batchId)
  const next = await system.run(batchId)
  expect(next.phases.map((phase) => [phase.succeeded, phase.pruned])).toEqual([
    [22, 20],
    [22, 20],
  ])
})

test('a second run is 409 with the first one’s id, and computes nothing twice when its turn comes', async () => {
  const { batchId, runId } = await longRun()
  const second = await system.request('POST', `batches/${batchId}/pipeline-runs`, { body: {} })
  expect([second.status, await second.json()]).toMatchObject([409, { code: 'run-in-progress', runId }])
  await system.ended(runId)
  const again = await system.run(batchId, both)
  expect(again.phases.map((phase) => [phase.succeeded, phase.pruned])).toEqual([
    [150, 150],
    [150, 150],
  ])
  expect(await countOf('%.check-requested', again.runId)).toBe(0)
})

test('the runs of a batch are listed newest first, page by page', async () => {
  const { batchId, runId } = await longRun()
  await system.ended(runId)
  const { runId: second } = await system.run(batchId)
  type Page = { items: RunView[]; nextCursor: string | null }
  const page = await system.json<Page>('GET', `batches/${batchId}/pipeline-runs?limit=1`)
  // A run that is asked for by itself also says how far notifications are.
  expect(page.items.map((run) => run.runId)).toEqual([second])
  expect(await system.getRun(second)).toMatchObject(page.items[0]!)
  const rest = await system.json<Page>(
    'GET',
    `batches/${batchId}/pipeline-runs?limit=1&cursor=${page.nextCursor}`,
  )
  expect([rest.items.map((run) => run.runId), rest.nextCursor]).toEqual([[runId], null])
})

test('a paused run asks for nothing new, says so in the results at once, and resumes where it was', async () => {
  const { batchId, runId } = await longRun()
  const paused = await system.json<{ paused: boolean }>('POST', `pipeline-runs/${runId}/pause`)
  expect(paused.paused).toBe(true)
  const asked = await countOf('%.check-requested', runId)
  if (asked < 300) expect((await system.getResults(batchId)).pipeline?.paused).toBe(true)
  // What was asked for is answered; then nothing moves.
  await until(
    async () => (await countOf('%.check-requested', runId)) - (await countOf('%.essay-checked', runId)),
    (open) => open === 0,
  )
  await system.server.bus.whenQuiet(20_000)
  expect(await countOf('%.check-requested', runId)).toBe(asked)
  // A machine that was slow to pause has asked for everything by then, and the run is over.
  if (asked < 300) {
    await system.json('POST', `pipeline-runs/${runId}/resume`)
    expect((await system.getResults(batchId)).pipeline?.paused).toBe(false)
  }
  expect(await system.ended(runId)).toMatchObject({
    outcome: 'succeeded',
    phases: [{ succeeded: 150 }, { succeeded: 150 }],
  })
})

test('a cancelled run ends at once, and pause, resume and cancel from all sides leave its counters right', async () => {
  const { batchId, runId } = await longRun()
  const verbs = ['pause', 'resume', 'pause', 'resume', 'resume', 'cancel', 'cancel', 'resume']
  const answers = await Promise.all(
    verbs.map(async (verb) => (await system.request('POST', `pipeline-runs/${runId}/${verb}`)).status),
  )
  expect(answers.filter((status) => status !== 200 && status !== 409)).toEqual([])
  expect(await system.getRun(runId)).toMatchObject({
    outcome: 'cancelled',
    phases: [
      { pending: 0, stage: 'closed' },
      { pending: 0, stage: 'closed' },
    ],
  })
  const next = await system.run(batchId, both)
  expect(next).toMatchObject({ outcome: 'succeeded', phases: [{ succeeded: 150 }, { succeeded: 150 }] })
})

test('nothing is stored or said of an essay in a slot before a run asks', async () => {
  const { batchId } = await system.createBatch()
  await system.upload(batchId, essays(5))
  await system.settled(batchId)
  await system.server.bus.whenQuiet(20_000)
  const { rows } = await system.testDatabase.ownerPool.query<{ type: string }>(
    'select distinct type from bus.events where key = $1 order by 1',
    [batchId],
  )
  expect(rows.map((row) => row.type)).toEqual([
    'batches.batch-created',
    'essays.slot-assigned',
    'files.file-received',
    'files.text-extracted',
  ])
  const before = await system.getResults(batchId)
  expect(before.essays.map((essay) => essay.language.status)).toEqual(Array(5).fill('not-requested'))
  const run = await system.run(batchId)
  expect(run.phases.map((phase) => [phase.succeeded, phase.pruned])).toEqual([
    [5, 0],
    [5, 0],
  ])
  const after = await system.results(batchId)
  expect(after.essays.every((essay) => essay.language.metrics !== null)).toBe(true)
})

test('one essay is retried alone, in a run of its own', async () => {
  const { batchId } = await system.createBatch()
  await system.upload(batchId, essays(3))
  await system.run(batchId)
  const [file] = await system.files(batchId)
  const { runId } = await system.json<{ runId: string }>('POST', `essays/${file!.essayId}/retry`, {
    phase: 'language',
  })
  const run = await system.ended(runId)
  expect(run.phases.map((phase) => [phase.name, phase.succeeded])).toEqual([['language', 1]])
})

test('a batch that runs when quiet does so by itself, also when the last unread file is removed', async () => {
  const { batchId } = await system.createBatch({ runWhenQuiet: true })
  const items = await system.upload(batchId, [...essays(2), ...essays(1, 4000)])
  await system.request('DELETE', `files/${items[2]!.fileUploadId}`)
  const results = await until(
    () => system.getResults(batchId),
    ({ pipeline }) => pipeline?.outcome === 'succeeded',
  )
  expect(results.counts).toMatchObject({ received: 3, slotsUsed: 2, removed: 1 })
  expect(results.essays.every((essay) => essay.spelling.status === 'succeeded')).toBe(true)
})

test('an essay that is removed in the middle of a run leaves it, and the run ends without it', async () => {
  const { batchId, runId } = await longRun()
  const files = await system.files(batchId)
  await Promise.all(files.slice(-10).map((file) => system.request('DELETE', `files/${file.fileUploadId}`)))
  const run = await system.ended(runId)
  expect(run.outcome).toBe('succeeded')
  const results = await system.results(batchId)
  expect(results.essays).toHaveLength(140)
  expect(results.essays.every((essay) => essay.spelling.status === 'succeeded')).toBe(true)
})

test('what results say of the files is what the tables say, whichever service hears of an event first', async () => {
  const { batchId } = await system.createBatch({ capacity: 5 })
  await system.upload(batchId, essays(7))
  // Asked all the time, so that an answer is cached at every moment there is.
  await until(
    () => system.getResults(batchId),
    ({ counts }) => counts.reading === 0,
  )
  await system.server.bus.whenQuiet(20_000)
  const results = await system.getResults(batchId)
  expect(results.files).toEqual(await system.files(batchId))
  expect(results.counts).toMatchObject({ slotsUsed: 5, waitingForSlot: 2 })
  expect(results.essays).toHaveLength(5)
})
