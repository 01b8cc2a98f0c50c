import { sql } from 'kysely'
import type { BatchId, EssayId, Failure, Phase, RunId, SchoolId } from '#contracts/common.ts'
import type { PhaseStatus } from '#contracts/results.ts'
import type { Tx } from '#platform/database/database.ts'

/** Raises the version of each batch: what is cached for an older one is never shown again. */
export async function raiseVersions(tx: Tx, schoolId: SchoolId, batchIds: readonly BatchId[]): Promise<void> {
  await sql`
    insert into results.batches (batch_id, school_id, version)
    select distinct b, ${schoolId}::uuid, 1 from unnest(${[...batchIds].sort()}::uuid[]) b
    on conflict (batch_id) do update set version = results.batches.version + 1`.execute(tx)
}

/** Runs whose results are said to be ready; what is returned had not been said before. */
export async function insertAnnounced(
  tx: Tx,
  schoolId: SchoolId,
  runIds: readonly RunId[],
): Promise<Set<RunId>> {
  const { rows } = await sql<{ runId: RunId }>`
    insert into results.announced (run_id, school_id) select r, ${schoolId}::uuid from unnest(${runIds}::uuid[]) r
    on conflict do nothing returning run_id as "runId"`.execute(tx)
  return new Set(rows.map((row) => row.runId))
}

/** Everything that is held of erased batches. */
export async function deleteBatches(tx: Tx, batchIds: readonly BatchId[]): Promise<void> {
  for (const table of ['essay_phases', 'essays', 'batches'])
    await sql`delete from ${sql.table(`results.${table}`)} where batch_id = any(${batchIds}::uuid[])`.execute(
      tx,
    )
}

export async function findVersion(tx: Tx, batchId: BatchId): Promise<number> {
  const { rows } = await sql<{
    version: number
  }>`select version from results.batches where batch_id = ${batchId}`.execute(tx)
  return rows[0]?.version ?? 0
}

export interface EssayPhase {
  essayId: EssayId
  batchId: BatchId
  phase: Phase
  status: Exclude<PhaseStatus, 'not-requested'>
  textHash: string
  fingerprint: string | null
  findings: number | null
  error: Failure | null
  /** When it first succeeded, or failed; null while it is under way. */
  doneAt: string | null
}

/**
 * The latest word on each essay and phase. A success stays in sight while a later run is under way or has
 * failed: only another success takes its place.
 */
export async function upsertEssayPhases(
  tx: Tx,
  schoolId: SchoolId,
  rows: readonly EssayPhase[],
): Promise<void> {
  // Within one batch of events as between two: what is rebuilt in large batches is what was built in small ones.
  const latest = new Map<string, EssayPhase>()
  for (const row of rows) {
    const key = `${row.essayId} ${row.phase}`
    const before = latest.get(key)
    if (before?.status === 'succeeded' && row.status !== 'succeeded') continue
    const same = before?.fingerprint === row.fingerprint
    latest.set(key, {
      ...row,
      findings: row.findings ?? (same ? (before?.findings ?? null) : null),
      doneAt: before?.status === 'succeeded' ? before.doneAt : row.doneAt,
    })
  }
  await sql`
    insert into results.essay_phases as e (essay_id, phase, school_id, batch_id, status, text_hash, fingerprint, findings, error, done_at)
    select r."essayId", r.phase, ${schoolId}, r."batchId", r.status, r."textHash", r.fingerprint, r.findings, r.error, r."doneAt"
    from jsonb_to_recordset(${JSON.stringify([...latest.values()])}::jsonb) r("essayId" uuid, phase text, "batchId" uuid, status text,
      "textHash" text, fingerprint text, findings int, error jsonb, "doneAt" timestamptz)
    on conflict (essay_id, phase) do update set status = excluded.status, text_hash = excluded.text_hash,
      fingerprint = excluded.fingerprint, findings = case when excluded.fingerprint = e.fingerprint then coalesce(excluded.findings, e.findings) else excluded.findings end, error = excluded.error,
      done_at = case when e.status = 'succeeded' then e.done_at else excluded.done_at end
    where e.status <> 'succeeded' or excluded.status = 'succeeded'`.execute(tx)
}

type PhaseRow = Omit<EssayPhase, 'doneAt'> & { doneAt: Date | null }
const phaseColumns = sql`essay_id as "essayId", batch_id as "batchId", phase, status, text_hash as "textHash",
  fingerprint, findings, error, done_at as "doneAt"`
const toPhase = (row: PhaseRow): EssayPhase => ({ ...row, doneAt: row.doneAt?.toISOString() ?? null })

export async function listEssayPhases(tx: Tx, batchId: BatchId): Promise<EssayPhase[]> {
  const { rows } = await sql<PhaseRow>`
    select ${phaseColumns} from results.essay_phases where batch_id = ${batchId}`.execute(tx)
  return rows.map(toPhase)
}

/** What is known of these essays, by the primary key: the cost is that of the page, whatever the batch holds. */
export async function listPhasesOf(tx: Tx, essayIds: readonly EssayId[]): Promise<EssayPhase[]> {
  const { rows } = await sql<PhaseRow>`
    select ${phaseColumns} from results.essay_phases where essay_id = any(${essayIds}::uuid[])`.execute(tx)
  return rows.map(toPhase)
}

/** When each of these essays took its slot. */
export async function listSeatedAt(tx: Tx, essayIds: readonly EssayId[]): Promise<Map<EssayId, string>> {
  const { rows } = await sql<{ essayId: EssayId; seatedAt: Date | null }>`
    select essay_id as "essayId", seated_at as "seatedAt" from results.essays
    where essay_id = any(${essayIds}::uuid[])`.execute(tx)
  return new Map(
    rows.flatMap(({ essayId, seatedAt }) => (seatedAt ? [[essayId, seatedAt.toISOString()] as const] : [])),
  )
}

export async function findBatchOfEssay(tx: Tx, essayId: EssayId): Promise<BatchId | null> {
  const { rows } = await sql<{ batchId: BatchId }>`
    select batch_id as "batchId" from results.essays where essay_id = ${essayId}`.execute(tx)
  return rows[0]?.batchId ?? null
}

/** The text an essay holds; written when it takes its slot. */
export async function insertEssays(
  tx: Tx,
  schoolId: SchoolId,
  essays: readonly { essayId: EssayId; batchId: BatchId; textHash: string; seatedAt: string }[],
): Promise<void> {
  await sql`
    insert into results.essays (essay_id, school_id, batch_id, text_hash, seated_at)
    select r."essayId", ${schoolId}, r."batchId", r."textHash", r."seatedAt"
    from jsonb_to_recordset(${JSON.stringify(essays)}::jsonb) r("essayId" uuid, "batchId" uuid, "textHash" text,
      "seatedAt" timestamptz)
    on conflict do nothing`.execute(tx)
}

export async function listTextHashes(tx: Tx, batchId: BatchId): Promise<Map<EssayId, string>> {
  const { rows } = await sql<{ essayId: EssayId; textHash: string }>`
    select essay_id as "essayId", text_hash as "textHash" from results.essays where batch_id = ${batchId}`.execute(
    tx,
  )
  return new Map(rows.map((row) => [row.essayId, row.textHash]))
}

/** What is known of one essay: the text it holds and its phases. */
export async function readEssay(
  tx: Tx,
  essayId: EssayId,
): Promise<{ hashes: Map<EssayId, string>; phases: EssayPhase[] }> {
  const { rows } = await sql<{ textHash: string }>`
    select text_hash as "textHash" from results.essays where essay_id = ${essayId}`.execute(tx)
  return {
    hashes: new Map(rows.map((row) => [essayId, row.textHash])),
    phases: await listPhasesOf(tx, [essayId]),
  }
}
