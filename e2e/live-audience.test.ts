import { afterAll, beforeAll, expect, test } from 'vitest'
import { batchErased } from '#contracts/batches.ts'
import type { BatchId } from '#contracts/common.ts'
import { Progress } from '#contracts/realtime.ts'
import type { UploadItem } from '#contracts/files.ts'
import { newEvent } from '#platform/bus/bus.ts'
import { programCause } from '#platform/http/http.ts'
import { textFile } from './client.ts'
import { openLive, type LiveSocket } from './live-client.ts'
import { startPeople, type Name, type People } from './people.ts'
import { until } from './system.ts'

let server: People
const open: LiveSocket[] = []
beforeAll(async () => {
  server = await startPeople()
}, 120_000)
afterAll(async () => {
  for (const live of open) live.end()
  await server?.stop()
})

async function listen(name: Name): Promise<LiveSocket> {
  const live = await openLive(server.server.url, { token: server.people[name].jwt })
  open.push(live)
  live.send({ type: 'subscribe', epoch: null, seq: null })
  await live.frame('welcome')
  return live
}
/** Whatever was said before has arrived when this is answered. */
async function settled(...sockets: LiveSocket[]): Promise<void> {
  await server.server.bus.whenQuiet(30_000)
  for (const live of sockets) {
    const before = live.frames.filter((frame) => frame.type === 'pong').length
    live.send({ type: 'ping' })
    await live.frame(() => live.frames.filter((frame) => frame.type === 'pong').length > before)
  }
}
const names = (live: LiveSocket): string[] => live.notifications().map((each) => each.type)
const progressOf = (live: LiveSocket): Progress[] =>
  live.frames.filter((frame) => frame.type === 'progress').map((frame) => Progress.parse(frame))

test('the owner of a batch is told of it, and nobody else hears a byte of it: of another school, or of the same one', async () => {
  const { teacher } = server.people
  const sockets = {
    teacher: await listen('teacher'),
    otherTeacher: await listen('otherTeacher'),
    judge: await listen('judge'),
    student: await listen('student'),
    otherAdmin: await listen('otherAdmin'),
    admin: await listen('admin'),
  }
  const canary = `canary-${crypto.randomUUID()}`
  const batch = await teacher.createBatch({ title: canary })
  const items = await teacher.upload(batch.batchId, [
    textFile(`${canary}.txt`, `The word ${canary} is in my essay about the start of school.`),
    textFile(`${canary}-bad.txt`, ''),
  ])
  await sockets.teacher.frame((frame) => frame.type === 'essay_slot_assigned')
  await settled(...Object.values(sockets))
  expect(sockets.teacher.texts.join('\n')).toContain(canary)
  const ids = [canary, batch.batchId, ...items.map((item) => item.fileUploadId)]
  for (const name of ['otherTeacher', 'judge', 'student', 'otherAdmin'] as const)
    expect([name, ids.filter((id) => sockets[name].texts.join('\n').includes(id))]).toEqual([name, []])
  // An administrator may see every batch of the school: what moves is shown, and what is told is the owner's.
  expect(names(sockets.admin)).toEqual([])
  expect(progressOf(sockets.admin).map((frame) => frame.batchId)).toContain(batch.batchId)
})

test('progress names what has moved, at most ten times a second, and its last frames say how it ended', async () => {
  const { teacher } = server.people
  const live = await listen('teacher')
  const { batchId } = await teacher.createBatch()
  const began = Date.now()
  const items = (await teacher.upload(
    batchId,
    Array.from({ length: 12 }, (_, i) =>
      textFile(`e${i}.txt`, `This is essay number ${i}, and it is short.`),
    ),
  )) as [UploadItem, ...UploadItem[]]
  await live.frame(
    () => live.notifications().filter((each) => each.type === 'essay_slot_assigned').length === 12,
  )
  const runId = await teacher.startRun(batchId)
  await live.frame((frame) => frame.type === 'batch_results_ready')
  await live.frame(() =>
    progressOf(live).some((frame) => frame.phases.some((each) => each.phase === 'language')),
  )
  const latest = () => {
    const statuses = new Map<string, string>()
    for (const frame of progressOf(live))
      for (const { essayId, phase, status } of frame.phases) statuses.set(`${essayId} ${phase}`, status)
    return statuses
  }
  await live.frame(
    () => latest().size === 24 && [...latest().values()].every((status) => status === 'succeeded'),
  )
  const seconds = (Date.now() - began) / 1000
  const frames = progressOf(live).filter((frame) => frame.batchId === batchId)
  expect(frames.length).toBeLessThanOrEqual(10 * seconds + 1)
  expect(new Set(frames.flatMap((frame) => frame.files))).toEqual(
    new Set(items.map((item) => item.fileUploadId)),
  )
  expect(runId).toBeTruthy()
})

test('who a batch is shared with is told from then on, and until it is taken back', async () => {
  const { teacher, otherTeacher } = server.people
  const live = await listen('otherTeacher')
  const { batchId } = await teacher.createBatch()
  await teacher.upload(batchId, [textFile('before.txt', 'Nobody else hears of this one.')])
  await until(
    () => teacher.batch(batchId),
    ({ counts }) => counts.slotsUsed === 1,
  )
  await server.server.bus.whenQuiet(30_000)
  const share = (method: string) =>
    teacher.request(method, `batches/${batchId}/people/${otherTeacher.userId}`)
  expect((await share('PUT')).ok).toBe(true)
  await live.frame('batch_shared')
  await teacher.upload(batchId, [textFile('between.txt', 'This one is heard of by both of them.')])
  await live.frame('essay_slot_assigned')
  expect((await share('DELETE')).ok).toBe(true)
  await live.frame('batch_unshared')
  await teacher.upload(batchId, [textFile('after.txt', 'And nobody else hears of this one either.')])
  await settled(live)
  expect(names(live)).toEqual([
    'batch_shared',
    'batch_files_uploaded',
    'essay_slot_assigned',
    'batch_unshared',
  ])
  expect(live.texts.join('\n')).not.toMatch(/before\.txt|after\.txt/)
})

test('what is erased is gone from what was told of it, and no number is missing', async () => {
  const { teacher } = server.people
  const live = await listen('teacher')
  const welcome = await live.frame('welcome')
  const { batchId } = await teacher.createBatch()
  const canary = `erased-${crypto.randomUUID()}`
  await teacher.upload(batchId, [textFile(`${canary}.txt`, 'This essay will be erased with its batch.')])
  await live.frame('essay_slot_assigned')
  expect((await teacher.request('DELETE', `batches/${batchId}`)).ok).toBe(true)
  await live.frame('batch_removed')
  const { schoolId } = teacher
  const erasing = newEvent({
    schoolId,
    key: batchId,
    event: batchErased,
    cause: programCause(),
    data: { batchId: batchId as BatchId },
  })
  await server.server.database.transaction(schoolId, (tx) => server.server.bus.publish(tx, [erasing]))
  const erased = await live.frame('batch_erased')
  const again = await openLive(server.server.url, { token: teacher.jwt })
  open.push(again)
  again.send({ type: 'subscribe', epoch: welcome.epoch, seq: welcome.seq })
  await again.notified(erased.seq as number)
  expect(again.notifications().map((each) => each.seq)).toEqual(live.notifications().map((each) => each.seq))
  expect(again.texts.join('\n')).not.toContain(canary)
})
