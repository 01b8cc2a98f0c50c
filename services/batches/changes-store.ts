import { sql } from 'kysely'
import type { BatchId, EssayId, RunId, SchoolId } from '#contracts/common.ts'
import type { BatchStanding } from '#contracts/batches.ts'
import type { UserId } from '#contracts/identity.ts'
import { prepared, type Database, type Tx } from '#platform/database/database.ts'
import type { Batch } from './store.ts'

export interface LockedBatch {
  batchId: BatchId
  ownerId: UserId | null
  capacity: number | null
  removed: boolean
}

/** Whoever changes a batch holds its row: changes happen one after the other. */
export async function lockBatch(tx: Tx, batchId: BatchId): Promise<LockedBatch | null> {
  const { rows } = await sql<LockedBatch>`
    select batch_id as "batchId", owner_id as "ownerId", capacity, removed_at is not null as removed
    from batches.batches where batch_id = ${batchId} for update`.execute(tx)
  return rows[0] ?? null
}

export async function updateBatch(
  tx: Tx,
  batchId: BatchId,
  to: Pick<Batch, 'title' | 'prompt' | 'capacity' | 'phases' | 'runWhenQuiet'>,
): Promise<void> {
  await sql`
    update batches.batches set title = ${to.title}, prompt = ${to.prompt}, capacity = ${to.capacity},
      phases = ${to.phases}::text[], run_when_quiet = ${to.runWhenQuiet}
    where batch_id = ${batchId}`.execute(tx)
}

export async function setRemoved(tx: Tx, batchId: BatchId, removed: boolean): Promise<void> {
  await sql`update batches.batches set removed_at = case when ${removed} then now() end, erase_on = null where batch_id = ${batchId}`.execute(
    tx,
  )
}

export interface KeptBatch {
  batchId: BatchId
  createdAt: Date
  eraseOn: Date | null
}

/** Batches whose removal is announced, or that were made before `madeBefore` (null: only the former). */
export async function listKept(tx: Tx, madeBefore: Date | null): Promise<KeptBatch[]> {
  const { rows } = await sql<KeptBatch>`
    select batch_id as "batchId", created_at as "createdAt", erase_on as "eraseOn" from batches.batches
    where removed_at is null and (erase_on is not null or created_at <= ${madeBefore}::timestamptz)
    order by batch_id`.execute(tx)
  return rows
}

export async function setEraseOn(
  tx: Tx,
  batches: readonly { batchId: BatchId; eraseOn: Date | null }[],
): Promise<void> {
  if (batches.length === 0) return
  await sql`
    update batches.batches b set erase_on = n.on from unnest(${batches.map((each) => each.batchId)}::uuid[],
      ${batches.map((each) => each.eraseOn)}::timestamptz[]) n(id, "on") where b.batch_id = n.id`.execute(tx)
}

/** True when it was removed at least `seconds` ago, and is gone now. */
export async function deleteBatch(tx: Tx, batchId: BatchId, seconds: number): Promise<boolean> {
  const { numAffectedRows } = await sql`
    delete from batches.batches
    where batch_id = ${batchId} and removed_at <= now() - make_interval(secs => ${seconds})`.execute(tx)
  if (numAffectedRows === 1n) await sql`delete from batches.shares where batch_id = ${batchId}`.execute(tx)
  return numAffectedRows === 1n
}

/** Deletes what this service holds of erased batches; the texts they held are returned, each with a batch. */
export async function deleteContents(
  tx: Tx,
  batchIds: readonly BatchId[],
): Promise<{ batchId: BatchId; textHash: string }[]> {
  await sql`delete from batches.run_items where run_id in (
    select run_id from batches.runs where batch_id = any(${batchIds}::uuid[]))`.execute(tx)
  await sql`delete from batches.run_phases where run_id in (
    select run_id from batches.runs where batch_id = any(${batchIds}::uuid[]))`.execute(tx)
  await sql`delete from batches.runs where batch_id = any(${batchIds}::uuid[])`.execute(tx)
  const { rows } = await sql<{ batchId: BatchId; textHash: string }>`
    with gone as (
      delete from batches.members where batch_id = any(${batchIds}::uuid[])
      returning batch_id, text_hash)
    select distinct on (text_hash) text_hash as "textHash", batch_id as "batchId" from gone
    where text_hash is not null order by text_hash, batch_id`.execute(tx)
  return rows
}

/** Which of the texts no file of the school holds any more; results that were known for them are forgotten. */
export async function forgetTexts(tx: Tx, textHashes: readonly string[]): Promise<Set<string>> {
  const { rows } = await sql<{ textHash: string }>`
    select h as "textHash" from unnest(${textHashes}::text[]) h
    where not exists (select from batches.members m where m.text_hash = h)`.execute(tx)
  const unheld = rows.map((row) => row.textHash)
  await sql`delete from batches.known_results where text_hash = any(${unheld}::text[])`.execute(tx)
  return new Set(unheld)
}

const readStandingText = prepared(
  'select mine, shared as "sharedWithMe", removed from batches.read_standing($1, $2, $3)',
)

/** How a batch of this school stands to a person; one statement, outside any transaction. */
export async function findStanding(
  { pool }: Pick<Database, 'pool'>,
  schoolId: SchoolId,
  batchId: BatchId,
  userId: UserId,
): Promise<BatchStanding | null> {
  const { rows } = await pool.query<BatchStanding>(readStandingText, [schoolId, batchId, userId])
  return rows[0] ?? null
}

export async function findBatchOfRun(tx: Tx, runId: RunId): Promise<BatchId | null> {
  const { rows } = await sql<{ batchId: BatchId }>`
    select batch_id as "batchId" from batches.runs where run_id = ${runId}`.execute(tx)
  return rows[0]?.batchId ?? null
}

export async function findBatchOfEssay(tx: Tx, essayId: EssayId): Promise<BatchId | null> {
  const { rows } = await sql<{ batchId: BatchId }>`
    select batch_id as "batchId" from batches.members where essay_id = ${essayId}`.execute(tx)
  return rows[0]?.batchId ?? null
}

export async function listShares(tx: Tx, batchId: BatchId): Promise<UserId[]> {
  const { rows } = await sql<{ userId: UserId }>`
    select user_id as "userId" from batches.shares where batch_id = ${batchId} order by shared_at, user_id`.execute(
    tx,
  )
  return rows.map((row) => row.userId)
}

/** True when the batch was not shared with this person before. */
export async function insertShare(
  tx: Tx,
  schoolId: SchoolId,
  batchId: BatchId,
  userId: UserId,
): Promise<boolean> {
  const { numAffectedRows } = await sql`
    insert into batches.shares (batch_id, user_id, school_id) values (${batchId}, ${userId}, ${schoolId})
    on conflict do nothing`.execute(tx)
  return numAffectedRows === 1n
}

export async function deleteShare(tx: Tx, batchId: BatchId, userId: UserId): Promise<boolean> {
  const { numAffectedRows } = await sql`
    delete from batches.shares where batch_id = ${batchId} and user_id = ${userId}`.execute(tx)
  return numAffectedRows === 1n
}
