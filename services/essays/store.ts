import { sql } from 'kysely'
import type { BatchId, EssayId, FileUploadId, SchoolId } from '#contracts/common.ts'
import type { Tx } from '#platform/database/database.ts'

/** A file that wants a slot, with what the slot will hold. */
export interface Claimant {
  fileUploadId: FileUploadId
  essayId: EssayId
  textHash: string
  words: number
}

export interface Occupancy {
  number: number
  fileUploadId: FileUploadId
  essayId: EssayId
  textHash: string
  words: number
  reserved: boolean
}

const occupancyColumns = sql`number, file_upload_id as "fileUploadId", essay_id as "essayId", text_hash as "textHash",
  words, reserved_until is not null as reserved`

/** Writes the batches and, for those with a capacity, their slots. A batch that is known already is left alone. */
export async function insertBatches(
  tx: Tx,
  schoolId: SchoolId,
  batches: readonly { batchId: BatchId; capacity: number | null }[],
): Promise<void> {
  await sql`
    with fresh as (
      insert into essays.batches (batch_id, school_id, capacity)
      select r."batchId", ${schoolId}, r.capacity
      from jsonb_to_recordset(${JSON.stringify(batches)}::jsonb) r("batchId" uuid, capacity int)
      on conflict do nothing returning batch_id, capacity)
    insert into essays.slots (batch_id, number, school_id)
    select batch_id, n, ${schoolId} from fresh, generate_series(1, capacity) n`.execute(tx)
}

/** A capacity that has grown, or null: the new slots are free. Grown already, it is left alone. */
export async function growBatch(
  tx: Tx,
  schoolId: SchoolId,
  batchId: BatchId,
  capacity: number | null,
): Promise<boolean> {
  if (capacity === null) {
    const { numAffectedRows } = await sql`
      update essays.batches set capacity = null, next_number = capacity + 1
      where batch_id = ${batchId} and capacity is not null`.execute(tx)
    return numAffectedRows === 1n
  }
  const { numAffectedRows } = await sql`
    with before as (
      select capacity from essays.batches where batch_id = ${batchId} and capacity < ${capacity} for update),
    grown as (update essays.batches set capacity = ${capacity} where batch_id = ${batchId} and capacity < ${capacity})
    insert into essays.slots (batch_id, number, school_id)
    select ${batchId}, n, ${schoolId} from before, generate_series(before.capacity + 1, ${capacity}) n`.execute(
    tx,
  )
  return (numAffectedRows ?? 0n) > 0n
}

/** Everything that is held of erased batches. */
export async function deleteBatches(tx: Tx, batchIds: readonly BatchId[]): Promise<void> {
  await sql`delete from essays.removed where file_upload_id in (
    select file_upload_id from essays.slots where batch_id = any(${batchIds}::uuid[]))`.execute(tx)
  for (const table of ['slots', 'waiting', 'batches'])
    await sql`delete from ${sql.table(`essays.${table}`)} where batch_id = any(${batchIds}::uuid[])`.execute(
      tx,
    )
}

export async function listOccupancies(
  tx: Tx,
  batchId: BatchId,
  files: readonly FileUploadId[],
): Promise<Occupancy[]> {
  const { rows } = await sql<Occupancy>`
    select ${occupancyColumns} from essays.slots
    where batch_id = ${batchId} and file_upload_id = any(${files}::uuid[]) order by number`.execute(tx)
  return rows
}

/**
 * The lowest free unlocked slots go to the claimants in their order; fewer rows come back when there are
 * fewer. A claimant that holds a slot already comes back with it and `held`, and takes none. A slot that another
 * transaction is claiming is skipped, not waited for; a claimant that another transaction serves at this moment
 * is a unique violation (23505). Whoever is served waits no longer. One statement: a claim is mostly round trips.
 */
export async function claimFreeSlots(
  tx: Tx,
  batchId: BatchId,
  claimants: readonly Claimant[],
): Promise<(Occupancy & { held: boolean })[]> {
  const { rows } = await sql<Occupancy & { held: boolean }>`
    with wanted as (
      select * from unnest(${claimants.map((c) => c.fileUploadId)}::uuid[], ${claimants.map((c) => c.essayId)}::uuid[],
        ${claimants.map((c) => c.textHash)}::text[], ${claimants.map((c) => c.words)}::int[]) with ordinality c(f, e, h, w, place)),
    held as (
      select s.number, s.file_upload_id, s.essay_id, s.text_hash, s.words, s.reserved_until is not null as reserved
      from essays.slots s where s.batch_id = ${batchId} and s.file_upload_id = any(${claimants.map((c) => c.fileUploadId)}::uuid[])),
    todo as (
      select wanted.*, row_number() over (order by place) as rank from wanted
      where not exists (select from held where held.file_upload_id = wanted.f)),
    free as materialized (
      select number from essays.slots where batch_id = ${batchId} and file_upload_id is null
      order by number limit (select count(*) from todo) for update skip locked),
    given as (
      select todo.*, ranked.number from todo
      join (select number, row_number() over (order by number) as rank from free) ranked using (rank)),
    served as (delete from essays.waiting w using given where w.file_upload_id = given.f),
    taken as (
      update essays.slots s set file_upload_id = given.f, essay_id = given.e, text_hash = given.h, words = given.w,
        reserved_until = null
      from given where s.batch_id = ${batchId} and s.number = given.number
      returning s.number, s.file_upload_id, s.essay_id, s.text_hash, s.words)
    select number, file_upload_id as "fileUploadId", essay_id as "essayId", text_hash as "textHash", words,
      false as reserved, false as held from taken
    union all
    select number, file_upload_id, essay_id, text_hash, words, reserved, true from held`.execute(tx)
  return rows
}

/** Whoever says "exhausted" and whoever frees a slot of the batch do so one after the other. */
export async function lockBatch(tx: Tx, batchId: BatchId): Promise<void> {
  await sql`select 1 from essays.batches where batch_id = ${batchId} for update`.execute(tx)
}

/** How many rows are free as they stand, locked or not: it tells `contended` from `exhausted`. */
export async function countFree(tx: Tx, batchId: BatchId): Promise<number> {
  const { rows } = await sql<{ free: number }>`
    select count(*)::int as free from essays.slots where batch_id = ${batchId} and file_upload_id is null`.execute(
    tx,
  )
  return rows[0]?.free ?? 0
}

/** An open batch grows by the next numbers, drawn with one UPDATE of its row. Null when it has a capacity. */
export async function appendSlots(
  tx: Tx,
  schoolId: SchoolId,
  batchId: BatchId,
  claimants: readonly Claimant[],
): Promise<Occupancy[] | null> {
  const { rows: drawn } = await sql<{ first: number }>`
    update essays.batches set next_number = next_number + ${claimants.length}
    where batch_id = ${batchId} and capacity is null
    returning next_number - ${claimants.length} as first`.execute(tx)
  const first = drawn[0]?.first
  if (first === undefined) return null
  const { rows } = await sql<Occupancy>`
    insert into essays.slots (batch_id, number, school_id, file_upload_id, essay_id, text_hash, words)
    select ${batchId}, ${first} + c.rank - 1, ${schoolId}, c.f, c.e, c.h, c.w
    from unnest(${claimants.map((c) => c.fileUploadId)}::uuid[], ${claimants.map((c) => c.essayId)}::uuid[],
        ${claimants.map((c) => c.textHash)}::text[], ${claimants.map((c) => c.words)}::int[])
      with ordinality c(f, e, h, w, rank)
    returning ${occupancyColumns}`.execute(tx)
  return rows
}

/** Returned are those that did not wait already. */
export async function insertWaiting(
  tx: Tx,
  schoolId: SchoolId,
  batchId: BatchId,
  files: readonly Claimant[],
): Promise<Set<string>> {
  const { rows } = await sql<{ id: FileUploadId }>`
    insert into essays.waiting (file_upload_id, school_id, batch_id, text_hash, words)
    select c.f, ${schoolId}, ${batchId}, c.h, c.w
    from unnest(${files.map((c) => c.fileUploadId)}::uuid[], ${files.map((c) => c.textHash)}::text[],
      ${files.map((c) => c.words)}::int[]) c(f, h, w)
    on conflict do nothing returning file_upload_id as id`.execute(tx)
  return new Set(rows.map((row) => row.id))
}

export async function deleteWaiting(tx: Tx, files: readonly FileUploadId[]): Promise<void> {
  await sql`delete from essays.waiting where file_upload_id = any(${files}::uuid[])`.execute(tx)
}

/** Those who wait longest, locked: a file upload's id grows with the time of its receipt. */
export async function lockWaiting(
  tx: Tx,
  batchId: BatchId,
  limit: number,
): Promise<Omit<Claimant, 'essayId'>[]> {
  const { rows } = await sql<Omit<Claimant, 'essayId'>>`
    select file_upload_id as "fileUploadId", text_hash as "textHash", words from essays.waiting
    where batch_id = ${batchId} order by file_upload_id limit ${limit} for update`.execute(tx)
  return rows
}

export async function insertRemoved(
  tx: Tx,
  schoolId: SchoolId,
  files: readonly FileUploadId[],
): Promise<void> {
  await sql`insert into essays.removed (file_upload_id, school_id)
    select f, ${schoolId} from unnest(${files}::uuid[]) f on conflict do nothing`.execute(tx)
}

export async function deleteRemoved(tx: Tx, file: FileUploadId): Promise<void> {
  await sql`delete from essays.removed where file_upload_id = ${file}`.execute(tx)
}

export async function listRemoved(tx: Tx, files: readonly FileUploadId[]): Promise<Set<FileUploadId>> {
  const { rows } = await sql<{ id: FileUploadId }>`
    select file_upload_id as id from essays.removed where file_upload_id = any(${files}::uuid[])`.execute(tx)
  return new Set(rows.map((row) => row.id))
}

export async function reserveSlots(
  tx: Tx,
  files: readonly FileUploadId[],
  seconds: number,
): Promise<{ batchId: BatchId; until: Date }[]> {
  const { rows } = await sql<{ batchId: BatchId; until: Date }>`
    update essays.slots set reserved_until = now() + make_interval(secs => ${seconds})
    where file_upload_id = any(${files}::uuid[]) and reserved_until is null
    returning batch_id as "batchId", reserved_until as until`.execute(tx)
  return rows
}

/** Ends the reservation of a restored file: it has its own slot again. Null when the slot is gone. */
export async function endReservation(tx: Tx, file: FileUploadId): Promise<Occupancy | null> {
  const { rows } = await sql<Occupancy>`
    update essays.slots set reserved_until = null where file_upload_id = ${file} returning ${occupancyColumns}`.execute(
    tx,
  )
  return rows[0] ?? null
}

export interface Freed {
  number: number
  fileUploadId: FileUploadId
  essayId: EssayId
}

/** Frees the batch's slots whose reservation has run out. */
export async function freeExpired(tx: Tx, batchId: BatchId): Promise<Freed[]> {
  const { rows } = await sql<Freed>`
    with over as (
      select number, file_upload_id, essay_id from essays.slots
      where batch_id = ${batchId} and reserved_until <= clock_timestamp() for update)
    update essays.slots s set file_upload_id = null, essay_id = null, text_hash = null, words = null, reserved_until = null
    from over where s.batch_id = ${batchId} and s.number = over.number
    returning s.number, over.file_upload_id as "fileUploadId", over.essay_id as "essayId"`.execute(tx)
  return rows
}

/** A replacement takes the slot over from the file it replaces; the occupancy before is returned, or null. */
export async function takeOver(
  tx: Tx,
  batchId: BatchId,
  from: FileUploadId,
  to: Claimant,
): Promise<Freed | null> {
  const { rows } = await sql<Freed>`
    with held as (
      select number, file_upload_id, essay_id from essays.slots
      where batch_id = ${batchId} and file_upload_id = ${from} for update)
    update essays.slots s set file_upload_id = ${to.fileUploadId}, essay_id = ${to.essayId}, text_hash = ${to.textHash},
      words = ${to.words}, reserved_until = null
    from held where s.batch_id = ${batchId} and s.number = held.number
    returning s.number, held.file_upload_id as "fileUploadId", held.essay_id as "essayId"`.execute(tx)
  return rows[0] ?? null
}
