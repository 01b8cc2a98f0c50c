import { sql } from 'kysely'
import type { BatchId, EssayId, FileUploadId, RunId, SchoolId } from '#contracts/common.ts'
import type { Tx } from '#platform/database/database.ts'

/** Where a file is, as this service needs to know it. */
export type Place = 'reading' | 'waiting' | 'in-slot' | 'gone'

export async function insertMembers(
  tx: Tx,
  schoolId: SchoolId,
  files: readonly { fileUploadId: FileUploadId; batchId: BatchId }[],
): Promise<void> {
  await sql`
    insert into batches.members (file_upload_id, school_id, batch_id, place)
    select f, ${schoolId}, b, 'reading' from unnest(${files.map((file) => file.fileUploadId)}::uuid[],
      ${files.map((file) => file.batchId)}::uuid[]) u(f, b) on conflict do nothing`.execute(tx)
}

/** Moves files; those that a run was waiting for are returned with that run, which no longer waits for them. */
export async function moveMembers(
  tx: Tx,
  files: readonly FileUploadId[],
  place: Place,
): Promise<{ runId: RunId; settled: number }[]> {
  const waits = place === 'reading'
  const { rows } = await sql<{ runId: RunId; settled: number }>`
    with before as (
      select file_upload_id, run_id from batches.members
      where file_upload_id = any(${files}::uuid[]) and (place <> 'gone' or ${place} <> 'waiting') for update),
    moved as (
      update batches.members m set place = ${place}, run_id = case when ${waits} then m.run_id end
      from before where m.file_upload_id = before.file_upload_id
      returning before.run_id)
    select run_id as "runId", count(*)::int as settled from moved where run_id is not null and not ${waits} group by run_id`.execute(
    tx,
  )
  return rows
}

/** Those of the files that are still being read. */
export async function listUnread(tx: Tx, files: readonly FileUploadId[]): Promise<Set<FileUploadId>> {
  const { rows } = await sql<{ id: FileUploadId }>`
    select file_upload_id as id from batches.members
    where file_upload_id = any(${files}::uuid[]) and place = 'reading'`.execute(tx)
  return new Set(rows.map((row) => row.id))
}

export interface SlottedFile {
  fileUploadId: FileUploadId
  essayId: EssayId
  textHash: string
}

/** Files that have their slot; returned are those a run was waiting for. */
export async function seatMembers(
  tx: Tx,
  files: readonly SlottedFile[],
): Promise<(SlottedFile & { runId: RunId })[]> {
  const { rows } = await sql<SlottedFile & { runId: RunId | null }>`
    with given as (
      select * from jsonb_to_recordset(${JSON.stringify(files)}::jsonb) g("fileUploadId" uuid, "essayId" uuid, "textHash" text)),
    before as (
      select file_upload_id, run_id from batches.members
      where file_upload_id = any(${files.map((file) => file.fileUploadId)}::uuid[]) and place <> 'gone' for update),
    moved as (
      update batches.members m set place = 'in-slot', essay_id = g."essayId", text_hash = g."textHash", run_id = null
      from given g join before on before.file_upload_id = g."fileUploadId" where m.file_upload_id = g."fileUploadId")
    select g.*, before.run_id as "runId" from given g join before on before.file_upload_id = g."fileUploadId"`.execute(
    tx,
  )
  return rows.flatMap((row) => (row.runId === null ? [] : [{ ...row, runId: row.runId }]))
}

/** What a run takes: essays in slots now, and a mark on every file that is still being read. */
export async function takeMembers(
  tx: Tx,
  batchId: BatchId,
  runId: RunId,
  essays: readonly EssayId[] | null,
): Promise<{ slotted: SlottedFile[]; awaited: number }> {
  const { rows: slotted } = await sql<SlottedFile>`
    select file_upload_id as "fileUploadId", essay_id as "essayId", text_hash as "textHash" from batches.members
    where batch_id = ${batchId} and place = 'in-slot' and (${essays}::uuid[] is null or essay_id = any(${essays}::uuid[]))
    order by file_upload_id`.execute(tx)
  if (essays !== null) return { slotted, awaited: 0 }
  const { numAffectedRows } = await sql`
    update batches.members set run_id = ${runId} where batch_id = ${batchId} and place = 'reading'`.execute(
    tx,
  )
  return { slotted, awaited: Number(numAffectedRows ?? 0n) }
}

export async function setUnsettled(tx: Tx, runId: RunId, awaited: number): Promise<void> {
  await sql`update batches.runs set taken = true, unsettled = ${awaited} where run_id = ${runId} and outcome is null`.execute(
    tx,
  )
}

export async function settleForRuns(
  tx: Tx,
  settled: readonly { runId: RunId; settled: number }[],
): Promise<void> {
  for (const run of settled)
    await sql`update batches.runs set unsettled = unsettled - ${run.settled} where run_id = ${run.runId} and outcome is null`.execute(
      tx,
    )
}

/** Runs that have waited for their files for longer than the deadline stop waiting; the files are counted. */
export async function leaveOutLateFiles(
  tx: Tx,
  seconds: number,
): Promise<{ runId: RunId; leftOut: number }[]> {
  const { rows } = await sql<{ runId: RunId; leftOut: number }>`
    with late as (
      select run_id, unsettled from batches.runs
      where outcome is null and taken and unsettled > 0 and created_at < now() - make_interval(secs => ${seconds}) for update),
    freed as (update batches.members m set run_id = null from late where m.run_id = late.run_id)
    update batches.runs r set unsettled = 0,
      reason = late.unsettled || ' of its files were still being read at the deadline and were left out.'
    from late where r.run_id = late.run_id
    returning r.run_id as "runId", late.unsettled as "leftOut"`.execute(tx)
  return rows
}

/** True when every file of the batch has settled and at least one has a slot. */
export async function isQuiet(tx: Tx, batchId: BatchId): Promise<boolean> {
  const { rows } = await sql<{ quiet: boolean }>`
    select count(*) filter (where place = 'in-slot') > 0 and count(*) filter (where place = 'reading') = 0 as quiet
    from batches.members where batch_id = ${batchId}`.execute(tx)
  return rows[0]?.quiet ?? false
}

export async function listBatchesThatRunWhenQuiet(tx: Tx, batchIds: readonly BatchId[]): Promise<BatchId[]> {
  const { rows } = await sql<{ batchId: BatchId }>`
    select batch_id as "batchId" from batches.batches
    where batch_id = any(${batchIds}::uuid[]) and run_when_quiet and removed_at is null`.execute(tx)
  return rows.map((row) => row.batchId)
}
