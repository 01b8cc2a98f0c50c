import { afterAll, beforeAll, expect, test } from 'vitest'
import type { UploadItem } from '#contracts/files.ts'
import { Notification } from '#contracts/realtime.ts'
import { textFile } from './client.ts'
import { openLive } from './live-client.ts'
import { startSystem, type System } from './system.ts'

let system: System
beforeAll(async () => {
  system = await startSystem()
})
afterAll(() => system?.stop())

const essay = (name: string) =>
  textFile(name, `This is the essay ${name}. School should start later, I think.`)

test('a teacher is told of every step of a batch, in order, once, with a number for each', async () => {
  const live = await openLive(system.server.url, { token: system.token })
  live.send({ type: 'subscribe', epoch: null, seq: null })
  const welcome = await live.frame('welcome')
  const { batchId } = await system.createBatch()
  const [good, bad] = (await system.upload(batchId, [essay('good.txt'), textFile('empty.txt', '')])) as [
    UploadItem,
    UploadItem,
  ]
  await system.settled(batchId)
  await system.run(batchId)
  await live.frame('batch_results_ready')
  const told = live.notifications()
  const of = (name: string) => told.filter((each) => each.type === name)
  expect(told.map((each) => each.seq)).toEqual(told.map((_, i) => (welcome.seq as number) + 1 + i))
  expect(new Set(told.map((each) => each.id)).size).toBe(told.length)
  expect(told.map((each) => [each.type, each.priority, each.actionRequired])).toEqual(
    expect.arrayContaining([
      ['batch_files_uploaded', 'low', false],
      ['batch_validation_failed', 'high', true],
      ['essay_slot_assigned', 'low', false],
      ['batch_processing_started', 'low', false],
      ['batch_spellcheck_completed', 'normal', false],
      ['batch_phase_completed', 'normal', false],
      ['pipeline_completed', 'normal', false],
      ['batch_results_ready', 'normal', false],
    ]),
  )
  expect(told).toHaveLength(9)
  expect(of('essay_slot_assigned')).toMatchObject([
    {
      batchId,
      fileUploadId: good.fileUploadId,
      epoch: welcome.epoch,
      data: { fileName: 'good.txt', slot: 1, essayId: expect.any(String) },
    },
  ])
  expect(of('batch_validation_failed')).toMatchObject([
    {
      batchId,
      fileUploadId: bad.fileUploadId,
      correlationId: bad.error?.correlationId,
      data: {
        fileName: 'empty.txt',
        code: 'empty-file',
        message: bad.error?.message,
        remedy: bad.error?.remedy,
      },
    },
  ])
  for (const frame of told) Notification.parse(frame)
  live.end()
})

test('results are said to be ready once for a run, also when their read model is rebuilt', async () => {
  const { batchId } = await system.createBatch()
  await system.upload(batchId, [essay('rebuilt.txt')])
  await system.settled(batchId)
  await system.run(batchId)
  const said = async (): Promise<number> => {
    await system.server.bus.whenQuiet(30_000)
    const { rows } = await system.testDatabase.ownerPool.query<{ n: number }>(
      `select count(*)::int as n from bus.events where key = $1 and type = 'results.results-ready'`,
      [batchId],
    )
    return rows[0]!.n
  }
  expect(await said()).toBe(1)
  await system.server.bus.replayFromBeginning('results')
  expect(await said()).toBe(1)
})
