import { sql } from 'kysely'
import type pg from 'pg'
import type { BatchId, SchoolId } from '#contracts/common.ts'
import type { UserId } from '#contracts/identity.ts'
import type { Stamp } from '#contracts/realtime.ts'
import { execute, prepared, type Database, type Tx } from '#platform/database/database.ts'
import type { FrameParts } from './frames.ts'

/** Somebody is told of a batch from this place in the log on; told already, nothing changes. */
export async function openAudience(
  tx: Tx,
  schoolId: SchoolId,
  entries: readonly { batchId: BatchId; userId: UserId; seq: number }[],
): Promise<void> {
  await sql`
    insert into realtime.audience (batch_id, user_id, school_id, from_seq)
    select r."batchId", r."userId", ${schoolId}, r.seq
    from jsonb_to_recordset(${JSON.stringify(entries)}::jsonb) r("batchId" uuid, "userId" uuid, seq bigint)
    where not exists (select from realtime.audience a where a.batch_id = r."batchId" and a.user_id = r."userId"
      and (a.to_seq is null or a.from_seq >= r.seq))
    on conflict do nothing`.execute(tx)
}

/** The last event that somebody is told of a batch. */
export async function closeAudience(tx: Tx, batchId: BatchId, userId: UserId, seq: number): Promise<void> {
  await sql`
    update realtime.audience set to_seq = ${seq}
    where batch_id = ${batchId} and user_id = ${userId} and to_seq is null and from_seq < ${seq}`.execute(tx)
}

export interface NewNotification extends FrameParts {
  logSeq: number
  id: string
  batchId: BatchId
  at: string
}

/** A number that was given: `place` is that of its notification among those that were given to be numbered. */
export interface Numbered {
  userId: UserId
  seq: number
  place: number
  epoch: string
}

const insertNumberedText = prepared(`
    with given as (
      select * from jsonb_to_recordset($1::jsonb)
        g(place int, "logSeq" bigint, id uuid, "batchId" uuid, at timestamptz, name text, meta text, data text)),
    told as materialized (
      select g.*, a.user_id, coalesce(s.last_seq, 0) as last_seq, coalesce(s.last_log_seq, 0) as last_log_seq
      from given g join realtime.audience a on a.batch_id = g."batchId"
          and a.from_seq <= g."logSeq" and (a.to_seq is null or a.to_seq >= g."logSeq")
        left join realtime.streams s on s.user_id = a.user_id and s.school_id = $2::uuid
      where g."logSeq" > (select silent_to from realtime.state)
        and (g."logSeq" > coalesce(s.last_log_seq, 0) or not exists (select from realtime.notifications n
          where n.event_id = g.id and n.user_id = a.user_id and n.school_id = $2::uuid))),
    raised as (
      insert into realtime.streams as s (user_id, school_id, last_seq, last_log_seq)
      select t.user_id, $2::uuid, count(*), max(t."logSeq") from told t group by t.user_id order by t.user_id
      on conflict (user_id, school_id) do update set last_seq = s.last_seq + excluded.last_seq,
        last_log_seq = greatest(s.last_log_seq, excluded.last_log_seq)),
    written as (
      insert into realtime.notifications (user_id, school_id, seq, event_id, log_seq, batch_id, at, name, meta, data)
      select t.user_id, $2::uuid, t.last_seq + row_number() over (partition by t.user_id order by t.place),
        t.id, greatest(t."logSeq", t.last_log_seq), t."batchId", t.at, t.name, t.meta, t.data
      from told t
      returning user_id, seq, event_id)
    select w.user_id as "userId", w.seq, w.event_id as "eventId", (select epoch from realtime.state) as epoch
    from written w order by w.user_id, w.seq`)

/**
 * Gives each notification the next number of everyone who is told, in one statement: it raises the counters in
 * order of user, and writes the rows. Who has a notification of an event already gets no second one; that is only
 * looked for where the log has been passed before. Only the handler batch calls this, and the log lets one at a
 * time commit: so what the statement sees of the counters is what it raises.
 */
export async function insertNumbered(
  tx: Tx,
  schoolId: SchoolId,
  told: readonly NewNotification[],
): Promise<Numbered[]> {
  const rows = await execute<Omit<Numbered, 'place'> & { eventId: string }>(tx, insertNumberedText, [
    JSON.stringify(told.map((each, place) => ({ ...each, place }))),
    schoolId,
  ])
  const places = new Map(told.map(({ id }, place) => [id, place]))
  return rows.map(({ eventId, ...row }) => ({ ...row, place: places.get(eventId) as number }))
}

/** Erases what was said of a batch; the numbers stay, or streams would have holes. */
export async function eraseBatch(tx: Tx, schoolId: SchoolId, batchId: BatchId): Promise<void> {
  await sql`
    update realtime.notifications n set data = '{}'
    from (select distinct user_id from realtime.audience where batch_id = ${batchId}) a
    where n.user_id = a.user_id and n.school_id = ${schoolId} and n.batch_id = ${batchId}`.execute(tx)
  await sql`delete from realtime.audience where batch_id = ${batchId}`.execute(tx)
}

/** People of the school who keep more than `atMost` notifications, or one from before `before`. */
export async function listOvergrown(tx: Tx, atMost: number, before: Date): Promise<UserId[]> {
  const { rows } = await sql<{ userId: UserId }>`
    select s.user_id as "userId" from realtime.streams s
    where s.last_seq - s.kept_from + 1 > ${atMost} or exists (select from realtime.notifications n
      where n.user_id = s.user_id and n.school_id = s.school_id and n.seq = s.kept_from and n.at < ${before})
    order by s.user_id`.execute(tx)
  return rows.map((row) => row.userId)
}

/** Lets go of the oldest of one person, a few thousand at a time; false when nothing is left to let go of. */
export async function deleteOldest(tx: Tx, userId: UserId, atMost: number, before: Date): Promise<boolean> {
  const { rows } = await sql<{ n: number }>`
    with oldest as (
      select n.seq, n.at, s.last_seq from realtime.streams s join realtime.notifications n
        on n.user_id = s.user_id and n.school_id = s.school_id and n.seq >= s.kept_from
      where s.user_id = ${userId} order by n.seq limit 5000),
    -- A run from the start: what comes after the first that is kept is kept, whatever it says of its time.
    cut as (select coalesce(min(seq) filter (where at >= ${before} and seq > last_seq - ${atMost}), max(seq) + 1) as seq
      from oldest),
    gone as (delete from realtime.notifications n using cut
      where n.user_id = ${userId} and n.seq < cut.seq returning 1),
    moved as (update realtime.streams s set kept_from = cut.seq from cut
      where s.user_id = ${userId} and cut.seq > s.kept_from returning 1)
    select count(*) as n from gone`.execute(tx)
  return (rows[0]?.n ?? 0) > 0
}

/** Where a socket stands that waits for what it missed. */
export interface Waiting {
  userId: UserId
  schoolId: SchoolId
  epoch: string | null
  after: number | null
}

/** What a socket that waits is given: its stream as one statement saw it. */
export interface Missed {
  epoch: string
  lastSeq: number
  keptFrom: number
  notifications: (FrameParts & { seq: number })[]
}

interface MissedRow extends FrameParts {
  place: number
  epoch: string
  lastSeq: number
  keptFrom: number
  seq: number | null
}

/** What is read outside any school, by the owner's functions: each one statement on the pool. */
export function createStreamStore({ pool }: Pick<Database, 'pool'>) {
  const all = async <Row extends pg.QueryResultRow>(text: string, values: unknown[]): Promise<Row[]> =>
    (await pool.query<Row>(text, values)).rows

  return {
    /** In the order asked, at most `atMost` notifications each. */
    async readMissed(waiting: readonly Waiting[], atMost: number): Promise<Missed[]> {
      const rows = await all<MissedRow>(
        `select place, epoch, last_seq as "lastSeq", kept_from as "keptFrom", seq, name, meta, data
         from realtime.read_notifications($1, $2, $3, $4, $5)`,
        [
          waiting.map((each) => each.userId),
          waiting.map((each) => each.schoolId),
          waiting.map((each) => each.epoch),
          waiting.map((each) => each.after),
          atMost,
        ],
      )
      const missed: Missed[] = []
      for (const { place, epoch, lastSeq, keptFrom, seq, ...parts } of rows) {
        const mine = (missed[place - 1] ??= { epoch, lastSeq, keptFrom, notifications: [] })
        if (seq !== null) mine.notifications.push({ ...parts, seq })
      }
      return missed
    },
    async readStamp(userId: UserId, schoolId: SchoolId, behind: readonly string[]): Promise<Stamp> {
      const [stamp] = await all<Stamp>('select epoch, seq from realtime.read_stamp($1, $2, $3)', [
        userId,
        schoolId,
        behind,
      ])
      if (!stamp) throw new Error('realtime.state has no row')
      return stamp
    },
    /** Who may see each of these batches now. */
    async readAudience(batchIds: readonly BatchId[]): Promise<Map<BatchId, Set<UserId>>> {
      const rows = await all<{ batchId: BatchId; userId: UserId }>(
        'select batch_id as "batchId", user_id as "userId" from realtime.read_audience($1)',
        [batchIds],
      )
      const people = new Map<BatchId, Set<UserId>>(batchIds.map((id) => [id, new Set()]))
      for (const { batchId, userId } of rows) people.get(batchId)?.add(userId)
      return people
    },
    /** Of the folder that the originals lie in; another one than before begins a new epoch. */
    async keepInstallation(installationId: string): Promise<void> {
      await all('select realtime.keep_installation($1)', [installationId])
    },
    async beginAnew(): Promise<void> {
      await all('select realtime.begin_anew()', [])
    },
  }
}

export type StreamStore = ReturnType<typeof createStreamStore>
