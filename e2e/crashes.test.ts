import { afterAll, beforeAll, expect, test } from 'vitest'
import type { UploadItem } from '#contracts/files.ts'
import { join } from 'node:path'
import { makeClass } from '#platform/testing/documents/class.ts'
import { findViolations } from '#platform/testing/invariants.ts'
import type { Sent } from './client.ts'
import { startLocalProgram, type LocalProgram } from './local-process.ts'
import { until } from './system.ts'

let local: LocalProgram
let files: Sent[]
beforeAll(async () => {
  local = await startLocalProgram()
  files = []
  for await (const file of makeClass({ seed: 7, count: 60, words: 250 }))
    files.push({ name: file.fileName, bytes: file.bytes })
})
afterAll(() => local?.remove())

const invariants = (acknowledged: readonly UploadItem[], quiet: boolean): Promise<string[]> =>
  findViolations({
    owner: local.owner,
    quiet,
    originals: join(local.data, 'originals'),
    acknowledged,
    ...(quiet ? { countsOf: async (batchId) => (await local.client.batch(batchId)).counts } : {}),
  })

/** How far a batch of 60 has come when the program is killed. */
const moments: [string, (batchId: string, runId: string) => Promise<boolean>][] = [
  ['right after the last answer', async () => true],
  [
    'when some files are read and others are not',
    async (batchId) => (await local.client.batch(batchId)).counts.slotsUsed >= 8,
  ],
  [
    'when some essays are checked and others are not',
    async (_, runId) => (await local.client.getRun(runId)).phases.some((phase) => phase.succeeded > 0),
  ],
]

for (const what of ['all', 'program'] as const)
  test.each(moments)(
    `kill -9 of ${what === 'all' ? 'the program and its database' : 'the program alone'} %s loses nothing, and the next start goes on`,
    async (_, isThere) => {
      const { batchId } = await local.client.createBatch({ title: 'Killed' })
      const acknowledged: UploadItem[] = []
      for (let at = 0; at < files.length; at += 20)
        acknowledged.push(...(await local.client.upload(batchId, files.slice(at, at + 20))))
      const runId = await local.client.startRun(batchId)
      await until(
        () => isThere(batchId, runId),
        (there) => there,
      )
      await local.kill(what)

      await local.start()
      expect(await invariants(acknowledged, false)).toEqual([])
      const run = await until(
        () => local.client.getRun(runId),
        (run) => run.outcome !== null,
        60_000,
      )
      expect(run).toMatchObject({
        outcome: 'succeeded',
        phases: [
          { succeeded: 60, failed: 0 },
          { succeeded: 60, failed: 0 },
        ],
      })
      expect((await local.client.batch(batchId)).counts).toMatchObject({ received: 60, slotsUsed: 60 })
      expect(await invariants(acknowledged, true)).toEqual([])
    },
  )
