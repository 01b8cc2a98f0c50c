import { sql } from 'kysely'
import type {
  BatchId,
  EssayId,
  FileUploadId,
  Locale,
  Outcome,
  Phase,
  RunId,
  SchoolId,
} from '#contracts/common.ts'
import type { UserId } from '#contracts/identity.ts'
import type { RunPhase } from '#contracts/results.ts'
import type { Tx } from '#platform/database/database.ts'

export interface Batch {
  batchId: BatchId
  title: string
  prompt: string | null
  capacity: number | null
  phases: Phase[]
  locale: Locale
  runWhenQuiet: boolean
  createdAt: string
  ownerId: UserId | null
  example: boolean
  eraseOn: string | null
}

const batchColumns = sql`b.batch_id as "batchId", b.title, b.prompt, b.capacity, b.phases, b.locale,
  b.run_when_quiet as "runWhenQuiet", b.created_at as "createdAt", b.owner_id as "ownerId", b.example,
  b.erase_on as "eraseOn"`
type BatchRow = Omit<Batch, 'createdAt' | 'eraseOn'> & { createdAt: Date; eraseOn: Date | null }
const toBatch = <R extends BatchRow>(row: R) => ({
  ...row,
  createdAt: row.createdAt.toISOString(),
  eraseOn: row.eraseOn?.toISOString() ?? null,
})

export async function insertBatch(tx: Tx, schoolId: SchoolId, batch: Batch): Promise<void> {
  await sql`
    insert into batches.batches (batch_id, school_id, title, prompt, capacity, phases, locale, run_when_quiet, created_at,
      owner_id, example)
    values (${batch.batchId}, ${schoolId}, ${batch.title}, ${batch.prompt}, ${batch.capacity}, ${batch.phases}::text[],
      ${batch.locale}, ${batch.runWhenQuiet}, ${batch.createdAt}, ${batch.ownerId}, ${batch.example})`.execute(
    tx,
  )
}

/** A removed batch is found only by who asks for it. */
export async function findBatch(
  tx: Tx,
  batchId: BatchId,
  which: 'standing' | 'removed too' = 'standing',
): Promise<Batch | null> {
  const { rows } = await sql<BatchRow>`
    select ${batchColumns} from batches.batches b
    where batch_id = ${batchId} and (removed_at is null or ${which === 'removed too'})`.execute(tx)
  return rows[0] ? toBatch(rows[0]) : null
}

/** What the latest run of a batch came to; `active` while it has no outcome, null when there was none. */
type Latest = Outcome | 'active' | null
const latestRun = sql`(select coalesce(r.outcome, 'active') from batches.runs r
  where r.batch_id = b.batch_id order by r.run_id desc limit 1) as "latestRun"`

export async function findBatchWithRun(
  tx: Tx,
  batchId: BatchId,
): Promise<(Batch & { latestRun: Latest }) | null> {
  const { rows } = await sql<BatchRow & { latestRun: Latest }>`
    select ${batchColumns}, ${latestRun} from batches.batches b
    where batch_id = ${batchId} and removed_at is null`.execute(tx)
  return rows[0] ? toBatch(rows[0]) : null
}

/** Newest first; `before` is the last id of the page before. With `of`, those the person owns or shares. */
export async function listBatches(
  tx: Tx,
  of: UserId | null,
  before: string | null,
  limit: number,
): Promise<(Batch & { latestRun: Latest })[]> {
  const { rows } = await sql<BatchRow & { latestRun: Latest }>`
    select ${batchColumns}, ${latestRun} from batches.batches b
    where removed_at is null and (${before}::uuid is null or batch_id < ${before}::uuid)
      and (${of}::uuid is null or owner_id = ${of}
        or exists (select from batches.shares s where s.batch_id = b.batch_id and s.user_id = ${of}))
    order by batch_id desc limit ${limit}`.execute(tx)
  return rows.map(toBatch)
}

export interface Run {
  runId: RunId
  batchId: BatchId
  essays: EssayId[] | null
  taken: boolean
  unsettled: number
  paused: boolean
  outcome: Outcome | null
  reason: string | null
}
const runColumns = sql`run_id as "runId", batch_id as "batchId", essays, taken, unsettled, paused, outcome, reason`

export async function insertRun(
  tx: Tx,
  schoolId: SchoolId,
  run: { runId: RunId; batchId: BatchId; essays: EssayId[] | null; phases: readonly Phase[] },
): Promise<void> {
  await sql`insert into batches.runs (run_id, school_id, batch_id, essays, created_at)
    values (${run.runId}, ${schoolId}, ${run.batchId}, ${run.essays}::uuid[], now())`.execute(tx)
  await sql`insert into batches.run_phases (run_id, phase, school_id, position, stage)
    select ${run.runId}, p, ${schoolId}, n, 'waiting' from unnest(${run.phases}::text[]) with ordinality u(p, n)`.execute(
    tx,
  )
}

export async function findActiveRun(tx: Tx, batchId: BatchId): Promise<RunId | null> {
  const { rows } = await sql<{ runId: RunId }>`
    select run_id as "runId" from batches.runs where batch_id = ${batchId} and outcome is null`.execute(tx)
  return rows[0]?.runId ?? null
}

export async function findLatestRunId(tx: Tx, batchId: BatchId): Promise<RunId | null> {
  const { rows } = await sql<{ runId: RunId }>`
    select run_id as "runId" from batches.runs where batch_id = ${batchId} order by run_id desc limit 1`.execute(
    tx,
  )
  return rows[0]?.runId ?? null
}

/** Newest first, from before `before`. */
export async function listRunIds(
  tx: Tx,
  batchId: BatchId,
  before: RunId | null,
  limit: number,
): Promise<RunId[]> {
  const { rows } = await sql<{ runId: RunId }>`
    select run_id as "runId" from batches.runs
    where batch_id = ${batchId} and (${before}::uuid is null or run_id < ${before}::uuid)
    order by run_id desc limit ${limit}`.execute(tx)
  return rows.map(({ runId }) => runId)
}

export async function findRun(tx: Tx, runId: RunId): Promise<Run | null> {
  const { rows } = await sql<Run>`select ${runColumns} from batches.runs where run_id = ${runId}`.execute(tx)
  return rows[0] ?? null
}

export async function lockRun(tx: Tx, runId: RunId): Promise<Run | null> {
  const { rows } =
    await sql<Run>`select ${runColumns} from batches.runs where run_id = ${runId} for update`.execute(tx)
  return rows[0] ?? null
}

/**
 * Whoever changes what a run has open holds its row first: handlers, the teacher's pause and cancel, and the
 * deadlines. So none sees a run as active that another is ending, and none waits for another in a circle.
 */
export async function lockRuns(tx: Tx, runIds: readonly RunId[]): Promise<void> {
  await sql`select from batches.runs where run_id = any(${runIds}::uuid[]) and outcome is null
    order by run_id for update`.execute(tx)
}

export async function lockRunsOfFiles(tx: Tx, files: readonly FileUploadId[]): Promise<void> {
  await sql`select from batches.runs where outcome is null and batch_id in (
      select batch_id from batches.members where file_upload_id = any(${files}::uuid[]))
    order by run_id for update`.execute(tx)
}

export async function lockActiveRuns(tx: Tx): Promise<void> {
  await sql`select from batches.runs where outcome is null order by run_id for update`.execute(tx)
}

export async function setPaused(tx: Tx, runId: RunId, paused: boolean): Promise<void> {
  await sql`update batches.runs set paused = ${paused} where run_id = ${runId} and outcome is null`.execute(
    tx,
  )
}

export async function endRun(
  tx: Tx,
  runId: RunId,
  outcome: Outcome,
  reason: string | null,
): Promise<boolean> {
  const { numAffectedRows } = await sql`
    update batches.runs set outcome = ${outcome}, reason = coalesce(${reason}, reason), ended_at = now(), unsettled = 0
    where run_id = ${runId} and outcome is null`.execute(tx)
  return numAffectedRows === 1n
}

/** Everything a cancelled run still had to do is dropped, and nothing waits for its files any more. */
export async function dropOpenItems(tx: Tx, runId: RunId): Promise<void> {
  await sql`update batches.run_items set status = 'dropped' where run_id = ${runId} and status in ('held', 'asked')`.execute(
    tx,
  )
  await sql`update batches.members set run_id = null where run_id = ${runId}`.execute(tx)
  await sql`update batches.run_phases set stage = 'closed', outcome = 'cancelled', pending = 0, completed_at = now()
    where run_id = ${runId} and stage <> 'closed'`.execute(tx)
}

export type PhaseRow = Omit<RunPhase, 'startedAt' | 'completedAt'> & {
  startedAt: Date | null
  completedAt: Date | null
}

export async function listPhases(tx: Tx, runId: RunId): Promise<PhaseRow[]> {
  const { rows } = await sql<PhaseRow>`
    select phase as name, stage, outcome, pruned, started_at as "startedAt", completed_at as "completedAt", pending,
      succeeded, failed from batches.run_phases where run_id = ${runId} order by position`.execute(tx)
  return rows
}

/**
 * A run that has not ended, with all that decides how it goes on: its phases, and its batch's settings. The run of
 * a removed batch stands as if it were paused.
 */
export interface Standing extends Run {
  locale: Locale
  prompt: string | null
  phases: Omit<PhaseRow, 'startedAt' | 'completedAt'>[]
}

export async function findStanding(tx: Tx, runId: RunId): Promise<Standing | null> {
  const { rows } = await sql<Standing>`
    select r.run_id as "runId", r.batch_id as "batchId", r.essays, r.taken, r.unsettled, r.outcome, r.reason,
      r.paused or b.removed_at is not null as paused, b.locale, b.prompt,
      (select jsonb_agg(jsonb_build_object('name', p.phase, 'stage', p.stage, 'outcome', p.outcome, 'pruned', p.pruned,
        'pending', p.pending, 'succeeded', p.succeeded, 'failed', p.failed) order by p.position)
       from batches.run_phases p where p.run_id = r.run_id) as phases
    from batches.runs r join batches.batches b using (batch_id)
    where r.run_id = ${runId} and r.outcome is null`.execute(tx)
  return rows[0] ?? null
}

export async function startPhases(tx: Tx, runId: RunId, phases: readonly Phase[]): Promise<void> {
  await sql`update batches.run_phases set stage = 'running', started_at = now()
    where run_id = ${runId} and phase = any(${phases}::text[]) and stage = 'waiting'`.execute(tx)
}

export async function closePhase(tx: Tx, runId: RunId, phase: Phase, outcome: Outcome): Promise<void> {
  await sql`update batches.run_phases set stage = 'closed', outcome = ${outcome}, completed_at = now()
    where run_id = ${runId} and phase = ${phase} and stage = 'running'`.execute(tx)
}

export interface CounterChange {
  runId: RunId
  phase: Phase
  pending: number
  succeeded: number
  failed: number
  pruned: number
}

/** Adds what rows have changed to the counters: each number is a count of rows, never of answers. */
export async function addToCounters(tx: Tx, changes: readonly CounterChange[]): Promise<void> {
  if (changes.length === 0) return
  await sql`
    update batches.run_phases p set pending = p.pending + c.pending, succeeded = p.succeeded + c.succeeded,
      failed = p.failed + c.failed, pruned = p.pruned + c.pruned
    from jsonb_to_recordset(${JSON.stringify(changes)}::jsonb) c("runId" uuid, phase text, pending int, succeeded int,
      failed int, pruned int)
    where p.run_id = c."runId" and p.phase = c.phase`.execute(tx)
}

export interface NewItem {
  essayId: EssayId
  fileUploadId: FileUploadId
  textHash: string
}

/**
 * One row an essay; what exists under the fingerprint already succeeds at once (pruned). Only rows that are
 * new to the run are returned, so that a repeated delivery adds nothing.
 */
export async function insertItems(
  tx: Tx,
  schoolId: SchoolId,
  runId: RunId,
  phase: Phase,
  fingerprint: string,
  items: readonly NewItem[],
): Promise<(NewItem & { pruned: boolean })[]> {
  const { rows } = await sql<NewItem & { pruned: boolean }>`
    insert into batches.run_items (run_id, phase, essay_id, school_id, file_upload_id, text_hash, status)
    select ${runId}, ${phase}, i."essayId", ${schoolId}, i."fileUploadId", i."textHash",
      case when exists (select from batches.known_results k where k.school_id = ${schoolId} and k.phase = ${phase}
        and k.text_hash = i."textHash" and k.fingerprint = ${fingerprint}) then 'succeeded' else 'held' end
    from jsonb_to_recordset(${JSON.stringify(items)}::jsonb) i("essayId" uuid, "fileUploadId" uuid, "textHash" text)
    on conflict do nothing
    returning essay_id as "essayId", file_upload_id as "fileUploadId", text_hash as "textHash", status = 'succeeded' as pruned`.execute(
    tx,
  )
  return rows
}

/**
 * Turns held items into asked ones, up to `window` outstanding at a time. The next ones are chosen once, as an
 * array: as a join the planner, who knows nothing yet of a young table, chose them anew for each row of the run.
 */
export async function askNext(tx: Tx, runId: RunId, phase: Phase, window: number): Promise<NewItem[]> {
  const { rows } = await sql<NewItem>`
    update batches.run_items i set status = 'asked', asked_at = now()
    where i.run_id = ${runId} and i.phase = ${phase} and i.status = 'held' and i.essay_id = any(array(
      select essay_id from batches.run_items where run_id = ${runId} and phase = ${phase} and status = 'held'
      order by essay_id limit greatest(0, ${window} - (select count(*) from batches.run_items
        where run_id = ${runId} and phase = ${phase} and status = 'asked'))))
    returning i.essay_id as "essayId", i.file_upload_id as "fileUploadId", i.text_hash as "textHash"`.execute(
    tx,
  )
  return rows
}

/** Settles asked items of runs that have not ended. A second answer finds nothing to change. */
export async function settleItems(
  tx: Tx,
  phase: Phase,
  status: 'succeeded' | 'failed',
  items: readonly { runId: RunId; essayId: EssayId }[],
): Promise<{ runId: RunId; settled: number }[]> {
  const { rows } = await sql<{ runId: RunId; settled: number }>`
    with done as (
      update batches.run_items i set status = ${status}
      from unnest(${items.map((item) => item.runId)}::uuid[], ${items.map((item) => item.essayId)}::uuid[]) a(run_id, essay_id)
      where i.run_id = a.run_id and i.essay_id = a.essay_id and i.phase = ${phase} and i.status = 'asked'
      returning i.run_id)
    select run_id as "runId", count(*)::int as settled from done group by run_id`.execute(tx)
  return rows
}

/** An answer about a text that nobody holds any more is not kept: what was found in it is being deleted. */
export async function insertKnownResults(
  tx: Tx,
  schoolId: SchoolId,
  phase: Phase,
  results: readonly { textHash: string; fingerprint: string }[],
): Promise<void> {
  await sql`
    insert into batches.known_results (school_id, phase, text_hash, fingerprint)
    select distinct ${schoolId}::uuid, ${phase}, r.h, r.f from unnest(${results.map((r) => r.textHash)}::text[],
      ${results.map((r) => r.fingerprint)}::text[]) r(h, f)
    where exists (select from batches.members m where m.text_hash = r.h) on conflict do nothing`.execute(tx)
}

/** The essays of removed files leave the runs that are under way. */
export async function dropItemsOf(
  tx: Tx,
  files: readonly FileUploadId[],
): Promise<{ runId: RunId; phase: Phase; dropped: number }[]> {
  const { rows } = await sql<{ runId: RunId; phase: Phase; dropped: number }>`
    with gone as (
      update batches.run_items i set status = 'dropped' from batches.members m
      where m.file_upload_id = any(${files}::uuid[]) and m.essay_id is not null and i.essay_id = m.essay_id
        and i.status in ('held', 'asked') returning i.run_id, i.phase)
    select run_id as "runId", phase, count(*)::int as dropped from gone group by run_id, phase`.execute(tx)
  return rows
}

/** Items asked for longer ago than the deadline, marked failed. */
export async function failOverdue(
  tx: Tx,
  seconds: number,
): Promise<(NewItem & { runId: RunId; batchId: BatchId; phase: Phase })[]> {
  const { rows } = await sql<NewItem & { runId: RunId; batchId: BatchId; phase: Phase }>`
    update batches.run_items i set status = 'failed' from batches.runs r
    where i.status = 'asked' and i.asked_at < now() - make_interval(secs => ${seconds}) and r.run_id = i.run_id
    returning i.run_id as "runId", r.batch_id as "batchId", i.phase, i.essay_id as "essayId",
      i.file_upload_id as "fileUploadId", i.text_hash as "textHash"`.execute(tx)
  return rows
}

/** Where an essay is, for a retry: its batch and file, or null when its slot is no longer its own. */
export async function findEssay(
  tx: Tx,
  essayId: EssayId,
): Promise<{ batchId: BatchId; fileUploadId: FileUploadId } | null> {
  const { rows } = await sql<{ batchId: BatchId; fileUploadId: FileUploadId }>`
    select batch_id as "batchId", file_upload_id as "fileUploadId" from batches.members
    where essay_id = ${essayId} and place = 'in-slot'`.execute(tx)
  return rows[0] ?? null
}
