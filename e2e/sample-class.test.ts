import { afterAll, beforeAll, expect, test } from 'vitest'
import { sampleClass, startSystem, type System } from './system.ts'

let system: System
beforeAll(async () => {
  system = await startSystem()
})
afterAll(() => system?.stop())

test('a class of 24 essays and three bad files goes from upload to results, every file accounted for', async () => {
  const batch = await system.createBatch({ title: 'The sample class' })
  const files = await sampleClass()
  const items = await system.upload(batch.batchId, files)
  expect(items.map((item) => item.fileName)).toEqual(files.map((file) => file.name))

  const run = await system.run(batch.batchId)
  expect(run.outcome).toBe('succeeded')
  expect(run.phases.map((phase) => [phase.name, phase.succeeded, phase.failed])).toEqual([
    ['spelling', 24, 0],
    ['language', 24, 0],
  ])

  const results = await system.results(batch.batchId)
  expect(results.counts).toMatchObject({
    received: 27,
    reading: 0,
    slotsUsed: 24,
    waitingForSlot: 0,
    rejected: 3,
    removed: 0,
  })
  expect(results.essays).toHaveLength(24)
  for (const essay of results.essays) {
    expect(essay.spelling.status).toBe('succeeded')
    expect(essay.language.metrics?.words).toBeGreaterThan(100)
    for (const finding of essay.spelling.findings ?? [])
      expect(essay.text?.slice(finding.start, finding.end)).toBe(finding.text)
  }
  const rejected = results.files.filter((file) => file.state === 'rejected')
  expect(rejected.map((file) => [file.fileName, file.error?.code]).sort()).toEqual([
    ['essay (fixed).docx', 'unsupported-type'],
    ['homework locked.pdf', 'encrypted'],
    ['scan from phone.pdf', 'no-text'],
  ])
  expect((await system.json<{ state: string }>('GET', `batches/${batch.batchId}`)).state).toBe(
    'needs-attention',
  )
  expect(await system.violations(items)).toEqual([])
})
