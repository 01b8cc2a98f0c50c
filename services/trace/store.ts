import { sql, type RawBuilder } from 'kysely'
import type { BatchId, EventId, FileUploadId, SchoolId } from '#contracts/common.ts'
import type { LoggedEvent } from '#platform/bus/bus.ts'
import type { Tx } from '#platform/database/database.ts'
import type { settleExpectations } from './expectations.ts'

export async function insertHops(tx: Tx, schoolId: SchoolId, events: readonly LoggedEvent[]): Promise<void> {
  await sql`
    insert into trace.hops (seq, school_id, batch_id, file_upload_id, correlation_id, event_id, causation_id, type, at)
    select h.s, ${schoolId}, case when h.k ~ '^[0-9a-f-]{36}$' then h.k::uuid end, h.f, h.c, h.e, h.u, h.t, h.a
    from unnest(${events.map((e) => e.seq)}::bigint[], ${events.map((e) => e.key)}::text[],
      ${events.map((e) => e.fileUploadId ?? null)}::uuid[], ${events.map((e) => e.correlationId)}::text[],
      ${events.map((e) => e.id)}::uuid[], ${events.map((e) => e.causationId)}::uuid[], ${events.map((e) => e.type)}::text[],
      ${events.map((e) => e.occurredAt)}::timestamptz[]) h(s, k, f, c, e, u, t, a)
    on conflict do nothing`.execute(tx)
}

/** Two statements for a whole batch of events: what ended goes, what is open comes. */
export async function replaceExpectations(
  tx: Tx,
  schoolId: SchoolId,
  files: ReturnType<typeof settleExpectations>,
): Promise<void> {
  const ended = [...files].flatMap(([id, file]): { id: string; event: string | null }[] =>
    file.ended === 'all' ? [{ id, event: null }] : [...file.ended].map((event) => ({ id, event })),
  )
  if (ended.length > 0)
    await sql`
      delete from trace.expectations x using unnest(${ended.map((e) => e.id)}::uuid[], ${ended.map((e) => e.event)}::text[]) e(f, n)
      where x.file_upload_id = e.f and (e.n is null or x.event = e.n)`.execute(tx)
  const open = [...files].flatMap(([id, file]) =>
    [...file.open].map(([event, times]) => ({ id, event, ...times })),
  )
  if (open.length > 0)
    await sql`
      insert into trace.expectations (file_upload_id, event, school_id, since, due_at)
      select o.f, o.e, ${schoolId}, o.s, o.d from unnest(${open.map((o) => o.id)}::uuid[], ${open.map((o) => o.event)}::text[],
        ${open.map((o) => o.since)}::timestamptz[], ${open.map((o) => o.dueAt)}::timestamptz[]) o(f, e, s, d)
      on conflict (file_upload_id, event) do update set since = excluded.since, due_at = excluded.due_at`.execute(
      tx,
    )
}

export interface HopRow {
  at: Date
  type: string
  eventId: EventId
  causationId: string | null
  fileUploadId: FileUploadId | null
  durationMs: number | null
}

/** `durationMs` is the time since the event that caused the hop, whichever file of the correlation that belonged to. */
async function listHops(tx: Tx, which: RawBuilder<unknown>, limit: number): Promise<HopRow[]> {
  const { rows } = await sql<HopRow>`
    with mine as (select * from trace.hops where ${which} order by seq limit ${limit}),
    causes as (
      select event_id, at from trace.hops
      where correlation_id = any(array(select distinct correlation_id from mine))
        and event_id = any(array(select causation_id from mine)))
    select h.at, h.type, h.event_id as "eventId", h.causation_id as "causationId", h.file_upload_id as "fileUploadId",
      (extract(epoch from h.at - c.at) * 1000)::float8 as "durationMs"
    from mine h left join causes c on c.event_id = h.causation_id order by h.seq`.execute(tx)
  return rows
}

export const listHopsOfFile = (tx: Tx, id: FileUploadId): Promise<HopRow[]> =>
  listHops(tx, sql`file_upload_id = ${id}`, 10_000)

export const listHopsOfCorrelation = (tx: Tx, correlationId: string, limit: number): Promise<HopRow[]> =>
  listHops(tx, sql`correlation_id = ${correlationId}`, limit)

export async function findExpectation(
  tx: Tx,
  id: FileUploadId,
): Promise<{ event: string; since: Date; dueAt: Date } | null> {
  const { rows } = await sql<{ event: string; since: Date; dueAt: Date }>`
    select event, since, due_at as "dueAt" from trace.expectations where file_upload_id = ${id} order by due_at limit 1`.execute(
    tx,
  )
  return rows[0] ?? null
}

export interface ChainRow {
  fileUploadId: FileUploadId
  batchId: BatchId | null
  event: string
  since: Date
  dueAt: Date
  overdueSeconds: number
}

/** Expectations that are overdue, the longest first. */
export async function listBrokenChains(
  tx: Tx,
  after: { dueAt: string; event: string; id: string } | null,
  limit: number,
): Promise<ChainRow[]> {
  const from = after
    ? sql`and (x.due_at, x.event, x.file_upload_id) > (${after.dueAt}::timestamptz, ${after.event}, ${after.id}::uuid)`
    : sql``
  const { rows } = await sql<ChainRow>`
    select x.file_upload_id as "fileUploadId", x.event, x.since, x.due_at as "dueAt",
      floor(extract(epoch from now() - x.due_at))::int as "overdueSeconds",
      (select h.batch_id from trace.hops h where h.file_upload_id = x.file_upload_id and h.batch_id is not null
       order by h.seq limit 1) as "batchId"
    from trace.expectations x where x.due_at < now() ${from}
    order by x.due_at, x.event, x.file_upload_id limit ${limit}`.execute(tx)
  return rows
}

/** The ways of erased batches' files. */
export async function deleteBatches(tx: Tx, batchIds: readonly BatchId[]): Promise<void> {
  await sql`delete from trace.expectations where file_upload_id in (
    select file_upload_id from trace.hops where batch_id = any(${batchIds}::uuid[]))`.execute(tx)
  await sql`delete from trace.hops where batch_id = any(${batchIds}::uuid[])`.execute(tx)
}

/** Files that wait for something overdue, and all files that ever had a hop: for the completeness of traces. */
export async function countChains(tx: Tx): Promise<{ broken: number; open: number; files: number }> {
  const { rows } = await sql<{ broken: number; open: number; files: number }>`
    select (select count(distinct file_upload_id) from trace.expectations where due_at < now())::int as broken,
      (select count(distinct file_upload_id) from trace.expectations)::int as open,
      (select count(*) from trace.hops where type = 'files.file-received')::int as files`.execute(tx)
  return rows[0] ?? { broken: 0, open: 0, files: 0 }
}
