import { sql } from 'kysely'
import type { BatchId, EssayId, Failure, FileUploadId, Remark, SchoolId } from '#contracts/common.ts'
import type { FileListQuery, SomeFiles } from '#contracts/files.ts'
import type { BatchCounts, FileState, FileView } from '#contracts/results.ts'
import { execute, prepared, type Tx } from '#platform/database/database.ts'

export interface NewUpload {
  fileUploadId: FileUploadId
  batchId: BatchId
  fileName: string
  archive: string | null
  sizeBytes: number
  sha256: string | null
  state: FileState
  duplicateOf: FileUploadId | null
  replaces: FileUploadId | null
  remarks: Remark[]
  error: Failure | null
  receivedAt: string
}

export interface Upload extends Omit<NewUpload, 'receivedAt'> {
  words: number | null
  textHash: string | null
  removedAt: string | null
}

const insertUploadsText = prepared(`
  insert into files.uploads (file_upload_id, school_id, batch_id, file_name, archive, size_bytes, sha256, state,
    duplicate_of, replaces, remarks, error, received_at)
  select r."fileUploadId", $1, r."batchId", r."fileName", r.archive, r."sizeBytes", r.sha256, r.state,
    r."duplicateOf", r.replaces, r.remarks, r.error, r."receivedAt"
  from jsonb_to_recordset($2::jsonb) r("fileUploadId" uuid, "batchId" uuid, "fileName" text, archive text,
    "sizeBytes" bigint, sha256 text, state text, "duplicateOf" uuid, replaces uuid, remarks jsonb, error jsonb,
    "receivedAt" timestamptz)`)

/** One statement for all rows of a commit: they go over as one JSON array. */
export async function insertUploads(
  tx: Tx,
  schoolId: SchoolId,
  uploads: readonly NewUpload[],
): Promise<void> {
  await execute(tx, insertUploadsText, [schoolId, JSON.stringify(uploads)])
}

const findFirstText = prepared(`
  select distinct on (sha256) sha256, file_upload_id as id from files.uploads
  where batch_id = $1 and sha256 = any($2::text[]) and state <> 'removed'
  order by sha256, file_upload_id`)

/** The first file of the batch with each of these bytes, not counting removed ones. */
export async function findFirstByBytes(
  tx: Tx,
  batchId: BatchId,
  hashes: readonly string[],
): Promise<Map<string, FileUploadId>> {
  const rows = await execute<{ sha256: string; id: FileUploadId }>(tx, findFirstText, [batchId, hashes])
  return new Map(rows.map((row) => [row.sha256, row.id]))
}

const uploadColumns = sql`file_upload_id as "fileUploadId", batch_id as "batchId", file_name as "fileName", archive,
  size_bytes as "sizeBytes", sha256, state, words, text_hash as "textHash", duplicate_of as "duplicateOf", replaces,
  remarks, error, removed_at as "removedAt"`

/** Marks what is still to be read as being read; what was removed or settled meanwhile is not returned. */
export async function takeForReading(tx: Tx, ids: readonly FileUploadId[]): Promise<Upload[]> {
  const { rows } = await sql<Upload>`
    update files.uploads set state = 'reading'
    where file_upload_id = any(${ids}::uuid[]) and state in ('received', 'reading') and text_hash is null
    returning ${uploadColumns}`.execute(tx)
  return rows
}

export interface SettledText {
  fileUploadId: FileUploadId
  text: string
  textHash: string
  words: number
  format: string
  remarks: Remark[]
}

export async function insertTexts(tx: Tx, schoolId: SchoolId, texts: readonly SettledText[]): Promise<void> {
  if (texts.length === 0) return
  await sql`
    insert into files.texts (school_id, text_hash, body)
    select distinct ${schoolId}::uuid, r.h, r.b from unnest(${texts.map((t) => t.textHash)}::text[],
      ${texts.map((t) => t.text)}::text[]) r(h, b)
    on conflict do nothing`.execute(tx)
}

/**
 * Records what was read. Returned are the files that were waiting for exactly this: one that was removed
 * meanwhile keeps its text for a restore, and one that was settled before is left alone.
 */
export async function settleTexts(tx: Tx, texts: readonly SettledText[]): Promise<Set<FileUploadId>> {
  if (texts.length === 0) return new Set()
  const slim = texts.map(({ text: _, ...rest }) => rest)
  const { rows } = await sql<{ id: FileUploadId; state: FileState }>`
    update files.uploads u set words = r.words, text_hash = r."textHash", format = r.format,
      remarks = u.remarks || r.remarks
    from jsonb_to_recordset(${JSON.stringify(slim)}::jsonb) r("fileUploadId" uuid, "textHash" text, words int,
      format text, remarks jsonb)
    where u.file_upload_id = r."fileUploadId" and u.text_hash is null and u.state in ('received', 'reading', 'removed')
    returning u.file_upload_id as id, u.state`.execute(tx)
  return new Set(rows.filter((row) => row.state !== 'removed').map((row) => row.id))
}

export async function settleRejections(
  tx: Tx,
  rejections: readonly { fileUploadId: FileUploadId; error: Failure }[],
): Promise<Set<FileUploadId>> {
  if (rejections.length === 0) return new Set()
  const { rows } = await sql<{ id: FileUploadId }>`
    update files.uploads u set state = 'rejected', error = r.error
    from jsonb_to_recordset(${JSON.stringify(rejections)}::jsonb) r("fileUploadId" uuid, error jsonb)
    where u.file_upload_id = r."fileUploadId" and u.text_hash is null and u.state in ('received', 'reading')
    returning u.file_upload_id as id`.execute(tx)
  return new Set(rows.map((row) => row.id))
}

export async function lockUpload(tx: Tx, id: FileUploadId): Promise<Upload | null> {
  const { rows } = await sql<Upload>`
    select ${uploadColumns} from files.uploads where file_upload_id = ${id} for update`.execute(tx)
  return rows[0] ?? null
}

export async function setRemoved(tx: Tx, id: FileUploadId): Promise<boolean> {
  const { numAffectedRows } = await sql`
    update files.uploads set state = 'removed', removed_at = now()
    where file_upload_id = ${id} and state <> 'removed'`.execute(tx)
  return numAffectedRows === 1n
}

/** A file is replaced once: `replaced_by` stays when it is restored, so that nothing removes it a second time. */
export async function setReplaced(tx: Tx, id: FileUploadId, by: FileUploadId): Promise<boolean> {
  const { numAffectedRows } = await sql`
    update files.uploads set state = 'removed', removed_at = now(), replaced_by = ${by}
    where file_upload_id = ${id} and state <> 'removed' and replaced_by is null`.execute(tx)
  return numAffectedRows === 1n
}

export async function setRestored(tx: Tx, id: FileUploadId, state: FileState): Promise<void> {
  await sql`update files.uploads set state = ${state}, removed_at = null, slot = null, essay_id = null
    where file_upload_id = ${id}`.execute(tx)
}

/** A file that takes another one's place. */
export interface Replacing {
  fileUploadId: FileUploadId
  replaces: FileUploadId
}

/** Takes over what `essays` decided. A removed file stays removed: `essays` hears of that in its turn. */
export async function setInSlot(
  tx: Tx,
  slots: readonly { fileUploadId: FileUploadId; slot: number; essayId: EssayId }[],
): Promise<Replacing[]> {
  const { rows } = await sql<{ fileUploadId: FileUploadId; replaces: FileUploadId | null }>`
    update files.uploads u set slot = r.slot, essay_id = r."essayId",
      state = case when u.state in ('rejected', 'removed') then u.state else 'in-slot' end
    from jsonb_to_recordset(${JSON.stringify(slots)}::jsonb) r("fileUploadId" uuid, slot int, "essayId" uuid)
    where u.file_upload_id = r."fileUploadId"
    returning u.file_upload_id as "fileUploadId", u.replaces`.execute(tx)
  return rows.flatMap(({ fileUploadId, replaces }) => (replaces ? [{ fileUploadId, replaces }] : []))
}

export async function setWaiting(tx: Tx, ids: readonly FileUploadId[]): Promise<Replacing[]> {
  const { rows } = await sql<{ fileUploadId: FileUploadId; replaces: FileUploadId | null }>`
    update files.uploads set state = 'waiting-for-slot'
    where file_upload_id = any(${ids}::uuid[]) and state in ('received', 'reading')
    returning file_upload_id as "fileUploadId", replaces`.execute(tx)
  return rows.filter((row): row is Replacing => row.replaces !== null)
}

export async function clearSlots(tx: Tx, essayIds: readonly EssayId[]): Promise<void> {
  await sql`update files.uploads set slot = null, essay_id = null where essay_id = any(${essayIds}::uuid[])`.execute(
    tx,
  )
}

const viewColumns = sql`jsonb_strip_nulls(jsonb_build_object('archive', archive, 'duplicateOf', duplicate_of,
    'replacedBy', case when state = 'removed' then replaced_by end, 'error', error, 'sha256', sha256)) as extra,
  file_upload_id as "fileUploadId", file_name as "fileName", state, slot, essay_id as "essayId", words, remarks,
  received_at as "receivedAt"`

type ViewRow = Omit<FileView, 'receivedAt'> & { extra: object; receivedAt: Date }
const toView = ({ extra, receivedAt, ...row }: ViewRow): FileView =>
  ({ ...row, ...extra, receivedAt: receivedAt.toISOString() }) as FileView

export async function listViews(tx: Tx, batchId: BatchId): Promise<FileView[]> {
  const { rows } = await sql<ViewRow>`
    select ${viewColumns} from files.uploads where batch_id = ${batchId} order by file_upload_id`.execute(tx)
  return rows.map(toView)
}

export async function listSomeViews(
  tx: Tx,
  batchId: BatchId,
  { after, ids, essayId, limit }: SomeFiles,
): Promise<FileView[]> {
  const { rows } = await sql<ViewRow>`
    select ${viewColumns} from files.uploads where batch_id = ${batchId}
      ${after ? sql`and file_upload_id > ${after}` : sql``}
      ${ids ? sql`and file_upload_id = any(${ids}::uuid[])` : sql``}
      ${essayId ? sql`and essay_id = ${essayId}` : sql``}
    order by file_upload_id limit ${limit}`.execute(tx)
  return rows.map(toView)
}

export async function listFormats(
  tx: Tx,
  batchId: BatchId,
): Promise<{ format: string; sizeBytes: number }[]> {
  const { rows } = await sql<{ format: string; sizeBytes: number }>`
    select format, size_bytes as "sizeBytes" from files.uploads
    where batch_id = ${batchId} and state = 'in-slot' and format is not null`.execute(tx)
  return rows
}

export async function listViewsOf(tx: Tx, ids: readonly FileUploadId[]): Promise<FileView[]> {
  const { rows } = await sql<ViewRow>`
    select ${viewColumns} from files.uploads where file_upload_id = any(${ids}::uuid[])`.execute(tx)
  return rows.map(toView)
}

export async function findView(
  tx: Tx,
  id: FileUploadId,
): Promise<(FileView & { batchId: BatchId; sizeBytes: number }) | null> {
  const { rows } = await sql<ViewRow & { batchId: BatchId; sizeBytes: number }>`
    select ${viewColumns}, batch_id as "batchId", size_bytes as "sizeBytes"
    from files.uploads where file_upload_id = ${id}`.execute(tx)
  const row = rows[0]
  return row ? { ...toView(row), batchId: row.batchId, sizeBytes: row.sizeBytes } : null
}

export async function findBatchOfFile(tx: Tx, id: FileUploadId): Promise<BatchId | null> {
  const { rows } = await sql<{ batchId: BatchId }>`
    select batch_id as "batchId" from files.uploads where file_upload_id = ${id}`.execute(tx)
  return rows[0]?.batchId ?? null
}

export async function findBatchOfEssay(tx: Tx, essayId: EssayId): Promise<BatchId | null> {
  const { rows } = await sql<{ batchId: BatchId }>`
    select batch_id as "batchId" from files.uploads where essay_id = ${essayId}`.execute(tx)
  return rows[0]?.batchId ?? null
}

export async function findNames(tx: Tx, ids: readonly FileUploadId[]): Promise<Map<FileUploadId, string>> {
  if (ids.length === 0) return new Map()
  const { rows } = await sql<{ id: FileUploadId; name: string }>`
    select file_upload_id as id, file_name as name from files.uploads where file_upload_id = any(${[...ids]}::uuid[])`.execute(
    tx,
  )
  return new Map(rows.map(({ id, name }) => [id, name]))
}

const sortColumns = {
  receivedAt: sql`file_upload_id`,
  fileName: sql`file_name collate "C"`,
  state: sql`state`,
  slot: sql`coalesce(slot, 2147483647)`,
  words: sql`coalesce(words, -1)`,
} as const
const sortTypes = {
  receivedAt: sql`uuid`,
  fileName: sql`text`,
  state: sql`text`,
  slot: sql`int`,
  words: sql`int`,
} as const

/** One page, ordered by the wanted column and then by id; `after` is the last row of the page before. */
export async function listPage(
  tx: Tx,
  batchId: BatchId,
  query: FileListQuery,
  states: readonly string[] | null,
  after: { value: string; id: string } | null,
): Promise<{ items: FileView[]; last: { value: string; id: string } | null }> {
  const column = sortColumns[query.sort]
  const compare = query.order === 'asc' ? sql`>` : sql`<`
  const direction = query.order === 'asc' ? sql`asc` : sql`desc`
  const pattern = query.q ? `%${query.q.replace(/[\\%_]/g, '\\$&')}%` : null
  const { rows } = await sql<ViewRow & { sortValue: string }>`
    select ${viewColumns}, (${column})::text as "sortValue" from files.uploads
    where batch_id = ${batchId}
      and (${states}::text[] is null or state = any(${states}::text[]))
      and (${pattern}::text is null or file_name ilike ${pattern})
      ${after ? sql`and (${column}, file_upload_id) ${compare} (${after.value}::${sortTypes[query.sort]}, ${after.id}::uuid)` : sql``}
    order by ${column} ${direction}, file_upload_id ${direction}
    limit ${query.limit + 1}`.execute(tx)
  const shown = rows.slice(0, query.limit)
  const end = rows.length > query.limit ? shown.at(-1) : undefined
  return {
    items: shown.map(({ sortValue: _, ...row }) => toView(row)),
    last: end ? { value: end.sortValue, id: end.fileUploadId } : null,
  }
}

export async function countByBatch(tx: Tx, batchIds: readonly BatchId[]): Promise<Map<BatchId, BatchCounts>> {
  const { rows } = await sql<BatchCounts & { batchId: BatchId }>`
    select batch_id as "batchId", count(*)::int as received,
      count(*) filter (where state in ('received', 'reading'))::int as reading,
      count(*) filter (where state in ('in-slot', 'waiting-for-slot'))::int as accepted,
      count(*) filter (where state = 'in-slot')::int as "slotsUsed",
      count(*) filter (where state = 'waiting-for-slot')::int as "waitingForSlot",
      count(*) filter (where state = 'rejected')::int as rejected,
      count(*) filter (where state = 'removed')::int as removed,
      count(*) filter (where duplicate_of is not null and state <> 'removed')::int as duplicates
    from files.uploads where batch_id = any(${batchIds}::uuid[]) group by batch_id`.execute(tx)
  return new Map(rows.map(({ batchId, ...counts }) => [batchId, counts]))
}

/**
 * The rows' own hashes, combined without regard to order: a third of what their texts, sorted and digested, cost,
 * and it is asked before every answer that is kept. 64 bits: two states of one batch are never alike by chance.
 */
export async function findStamp(tx: Tx, batchId: BatchId): Promise<string> {
  const { rows } = await sql<{ stamp: string }>`
    select concat_ws(' ', count(*), bit_xor(hash_record_extended(
      row(file_upload_id, state, slot, essay_id, words, replaced_by), 0))) as stamp
    from files.uploads where batch_id = ${batchId}`.execute(tx)
  return rows[0]?.stamp ?? ''
}

export async function findTexts(tx: Tx, hashes: readonly string[]): Promise<Map<string, string>> {
  const { rows } = await sql<{ textHash: string; body: string }>`
    select text_hash as "textHash", body from files.texts where text_hash = any(${hashes}::text[])`.execute(
    tx,
  )
  return new Map(rows.map((row) => [row.textHash, row.body]))
}

/** Erased batches' files, and the texts that no other file of the school has. */
export async function deleteUploads(tx: Tx, batchIds: readonly BatchId[]): Promise<void> {
  const { rows } = await sql<{ textHash: string }>`
    with gone as (delete from files.uploads where batch_id = any(${batchIds}::uuid[]) returning text_hash)
    select distinct text_hash as "textHash" from gone where text_hash is not null`.execute(tx)
  await sql`
    delete from files.texts t where t.text_hash = any(${rows.map((row) => row.textHash)}::text[])
      and not exists (select from files.uploads u where u.text_hash = t.text_hash)`.execute(tx)
}

/** Which of these bytes some upload of the school names: what is not returned is an orphan. */
export async function listKnownBytes(tx: Tx, hashes: readonly string[]): Promise<Set<string>> {
  const { rows } = await sql<{ sha256: string }>`
    select distinct sha256 from files.uploads where sha256 = any(${hashes}::text[])`.execute(tx)
  return new Set(rows.map((row) => row.sha256))
}

/** Files that have been reading for longer than any reading can take: their job was lost or gave up. */
export async function listStuck(tx: Tx, olderThanSeconds: number): Promise<FileUploadId[]> {
  const { rows } = await sql<{ id: FileUploadId }>`
    select file_upload_id as id from files.uploads
    where state in ('received', 'reading') and text_hash is null
      and received_at < now() - make_interval(secs => ${olderThanSeconds})
    order by file_upload_id limit 500`.execute(tx)
  return rows.map((row) => row.id)
}
