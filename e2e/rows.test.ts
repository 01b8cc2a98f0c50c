import { afterAll, beforeAll, expect, test } from 'vitest'
import type { BatchRow, RowPage } from '#contracts/results.ts'
import { makeBrokenDocx } from '#platform/testing/documents/bad.ts'
import { makeEssayText } from '#platform/testing/documents/essay.ts'
import { recentTexts } from '#services/files/recent-texts.ts'
import { textFile, type Sent } from './client.ts'
import { startSystem, until, type System } from './system.ts'

let system: System
beforeAll(async () => {
  system = await startSystem()
})
afterAll(() => system?.stop())

const essays = (from: number, count: number): Sent[] =>
  Array.from({ length: count }, (_, i) =>
    textFile(`essay ${from + i}.txt`, makeEssayText({ seed: from + i, words: 80, misspellings: 2 })),
  )

async function rowsOf(batchId: string, query = ''): Promise<BatchRow[]> {
  const rows: BatchRow[] = []
  for (let cursor = ''; ;) {
    const page = await system.json<RowPage>('GET', `batches/${batchId}/rows?${query}${cursor}`)
    rows.push(...page.items)
    if (page.nextCursor === null) return rows
    cursor = `&cursor=${page.nextCursor}`
  }
}

test('every file of a batch is one row, with what its phases came to, as the results say it', async () => {
  const { batchId } = await system.createBatch()
  const items = await system.upload(batchId, [
    ...essays(1, 7),
    { name: 'broken.docx', bytes: makeBrokenDocx() },
  ])
  await system.settled(batchId)
  const before = await rowsOf(batchId, 'limit=3')
  expect(before.map((row) => row.fileUploadId)).toEqual(items.map((item) => item.fileUploadId).toSorted())
  for (const row of before) expect(row).toMatchObject({ phases: {}, findings: null })

  await system.run(batchId)
  const results = await system.results(batchId)
  const after = await rowsOf(batchId, 'limit=3')
  expect(after.map((row) => row.fileUploadId)).toEqual(before.map((row) => row.fileUploadId))
  for (const row of after) {
    const essay = results.essays.find((each) => each.fileUploadId === row.fileUploadId)
    if (!essay) {
      expect(row).toMatchObject({
        fileName: 'broken.docx',
        state: 'rejected',
        phases: {},
        findings: null,
        durationMs: null,
        error: { code: expect.any(String), message: expect.any(String), remedy: expect.any(String) },
      })
      continue
    }
    expect(row).toMatchObject({
      essayId: essay.essayId,
      slot: essay.slot,
      words: essay.words,
      phases: { spelling: 'succeeded', language: 'succeeded' },
      findings: essay.spelling.findingCount,
    })
    const seated = before.find((each) => each.essayId === row.essayId)
    expect(row.durationMs).toBeGreaterThan(seated!.durationMs!)
  }

  const copy = await system.createBatch()
  await system.upload(copy.batchId, essays(1, 7))
  await system.settled(copy.batchId)
  expect(await system.run(copy.batchId)).toMatchObject({
    phases: [
      { name: 'spelling', pruned: 7 },
      { name: 'language', pruned: 7 },
    ],
  })
  await system.server.bus.whenQuiet(20_000)
  const counts = (rows: BatchRow[]) =>
    new Map(rows.flatMap((row) => (row.essayId ? [[row.fileName, row.findings] as const] : [])))
  expect(counts(await rowsOf(copy.batchId))).toEqual(counts(after))
})

test("rows can be asked for by name, and another batch's are not among them", async () => {
  const [one, other] = [await system.createBatch(), await system.createBatch()]
  const mine = await system.upload(one.batchId, essays(20, 5))
  const [foreign] = await system.upload(other.batchId, essays(30, 1))
  await system.settled(one.batchId)
  const wanted = [mine[1]!.fileUploadId, mine[3]!.fileUploadId].toSorted()
  const ask = (ids: string[]) =>
    system.json<RowPage>('GET', `batches/${one.batchId}/rows?ids=${ids.join(',')}`)
  const page = await ask([...wanted, foreign!.fileUploadId])
  expect(page).toMatchObject({ nextCursor: null, items: wanted.map((fileUploadId) => ({ fileUploadId })) })
  expect(await ask([])).toMatchObject({ items: [], nextCursor: null })
  for (const ids of ['nonsense', Array.from({ length: 201 }, () => wanted[0]).join(',')]) {
    const answer = await system.request('GET', `batches/${one.batchId}/rows?ids=${ids}`)
    expect([answer.status, await answer.json()]).toMatchObject([
      422,
      { code: 'validation-failed', errors: [{ path: 'querystring.ids' }] },
    ])
  }
})

test('a phase that failed says in its row why and what to do', async () => {
  const { batchId } = await system.createBatch()
  await system.upload(batchId, essays(40, 3))
  await system.settled(batchId)
  const [row] = await rowsOf(batchId)
  await system.testDatabase.ownerPool.query(`delete from files.texts`)
  // What was read a moment ago is in memory too.
  recentTexts.forgetAll()
  const runId = await system.startRun(batchId, { phases: ['spelling'], essays: [row!.essayId] })
  await system.ended(runId)
  const failed = await until(
    async () => (await rowsOf(batchId, `ids=${row!.fileUploadId}`))[0]!,
    (each) => each.phases.spelling === 'failed',
  )
  expect(failed).toMatchObject({
    findings: null,
    phaseErrors: {
      spelling: { code: 'check-failed', message: expect.any(String), remedy: expect.any(String) },
    },
  })
  expect(failed.phases).not.toHaveProperty('language')
})
