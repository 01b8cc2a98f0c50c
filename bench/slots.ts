import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { sql } from 'kysely'
import type { BatchId, FileUploadId, SchoolId } from '#contracts/common.ts'
import { createPostgresBus } from '#platform/bus/postgres-bus.ts'
import { readConfig } from '#platform/config/config.ts'
import { openDatabase } from '#platform/database/database.ts'
import { startEmbedded } from '#platform/database/embedded.ts'
import { migrate } from '#platform/database/migrate.ts'
import { mint, sha256 } from '#platform/ids.ts'
import { claimSlots } from '#services/essays/actions.ts'
import { insertBatches } from '#services/essays/store.ts'
import { interleave, ratios, row, type BenchOptions, type Row } from './harness.ts'

const connections = 8
/** As many as a handler batch of the log holds while a class is read. */
const together = 32
const slotsOfBatch = 2000
const textHash = sha256('bench')
const cause = {
  correlationId: 'bench',
  causationId: null,
  actor: { kind: 'program' as const },
  traceparent: '',
}

/** Claims with their outbox row against the least that a claim can be, on one durable database. */
export async function benchSlots({ quick }: BenchOptions): Promise<Row[]> {
  const folder = await mkdtemp(join(tmpdir(), 'assay-bench-'))
  const embedded = await startEmbedded(folder, { supervise: false })
  await migrate(embedded.ownerUrl)
  const database = openDatabase(embedded.appUrl, { max: connections + 1 })
  try {
    const schoolId = mint<SchoolId>()
    // Publishes only: nobody subscribes, so that nothing but the claims and their events is paid for.
    const bus = createPostgresBus({ database })
    const config = readConfig({}, {})
    const deps = { database, bus, config }
    const seconds = quick ? 0.3 : 1.5

    /** Claims a second by all connections; when a batch is full they go on to the next, so that each is one exam's size. */
    async function rate(claim: (batchId: BatchId) => Promise<number>, slots: number): Promise<number> {
      const batches = Array.from({ length: Math.ceil(slots / slotsOfBatch) }, () => ({
        batchId: mint<BatchId>(),
        capacity: slotsOfBatch,
      }))
      await database.transaction(schoolId, (tx) => insertBatches(tx, schoolId, batches))
      let claimed = 0
      const began = performance.now()
      const work = async () => {
        while (performance.now() - began < seconds * 1000) {
          const batch = batches[Math.floor(claimed / slotsOfBatch)]
          if (!batch) return
          claimed += await claim(batch.batchId)
        }
      }
      await Promise.all(Array.from({ length: connections }, work))
      return (claimed * 1000) / (performance.now() - began)
    }

    const claimTogether = (count: number) => (batchId: BatchId) =>
      database.transaction(schoolId, async (tx) => {
        const files = Array.from({ length: count }, () => ({
          fileUploadId: mint<FileUploadId>(),
          textHash,
          words: 500,
          cause,
        }))
        const answers = await claimSlots(deps, tx, schoolId, batchId, files)
        return [...answers.values()].filter((answer) => answer === 'assigned').length
      })

    const bare = (batchId: BatchId) => claimBare(database, schoolId, batchId)
    const figures = await interleave(quick ? 2 : 5, {
      one: () => rate(claimTogether(1), 6000),
      bare: () => rate(bare, 6000),
      many: () => rate(claimTogether(together), 30_000),
      again: () => rate(bare, 6000),
    })
    return [
      row(
        `slot claims with outbox row ÷ bare claims, ${connections} connections`,
        ratios(figures.one, figures.bare),
        { atLeast: 0.75 },
      ),
      row(`  ${together} files a transaction, as handlers do`, ratios(figures.many, figures.bare), {
        atLeast: 0.75,
        goal: 5,
      }),
      row('  noise: bare ÷ bare', ratios(figures.again, figures.bare)),
      row('  bare claims a second', figures.bare),
    ]
  } finally {
    await database.close()
    await embedded.stop()
    await rm(folder, { recursive: true, force: true })
  }
}

/** The least that a claim can be: the lowest free unlocked slot, taken and committed. */
const claimBare = (
  database: ReturnType<typeof openDatabase>,
  schoolId: SchoolId,
  batchId: BatchId,
): Promise<number> =>
  database.transaction(schoolId, async (tx) => {
    const { numAffectedRows } = await sql`
      update essays.slots set file_upload_id = ${mint()}, essay_id = ${mint()}, text_hash = ${textHash}, words = 500
      where batch_id = ${batchId} and number = (
        select number from essays.slots where batch_id = ${batchId} and file_upload_id is null
        order by number limit 1 for update skip locked)`.execute(tx)
    return Number(numAffectedRows ?? 0n)
  })
