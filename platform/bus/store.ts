import { sql } from 'kysely'
import type pg from 'pg'
import type { Envelope } from '#contracts/event.ts'
import type { DeadLetter, SchoolDeadLetter } from '#platform/bus/bus.ts'
import { execute, prepared, type Database, type Statement, type Tx } from '#platform/database/database.ts'

/** An event as the log holds it. `rest` is the part of the envelope that nothing is looked up by. */
export interface LogRecord {
  seq: number
  id: string
  type: string
  version: number
  key: string
  schoolId: string
  fileUploadId: string | null
  rest: Pick<Envelope, 'occurredAt' | 'correlationId' | 'causationId' | 'actor' | 'traceparent' | 'data'>
}

export type NewRecord = Omit<LogRecord, 'seq' | 'rest'> & { payload: string }

export interface SubscriptionRow {
  name: string
  position: number
  lastHandledAt: Date | null
}

export interface LongTransaction {
  /** A session; null for a prepared transaction, which `preparedAs` names. */
  pid: number | null
  application: string | null
  database: string
  preparedAs: string | null
  seconds: number
}

const eventColumns = `seq, id, type, version, key, school_id as "schoolId", file_upload_id as "fileUploadId", payload as rest`

/** One text for each number of rows: what is published most often is compiled once. */
const insertTexts = new Map<number, string>()

function insertText(rows: number): string {
  const known = insertTexts.get(rows)
  if (known) return known
  const values = Array.from({ length: rows }, (_, row) => {
    const at = (column: number) => `$${row * 7 + column}`
    return `(${at(1)}::uuid, ${at(2)}, ${at(3)}::int, ${at(4)}, ${at(5)}::uuid, ${at(6)}::uuid, ${at(7)}::jsonb)`
  })
  const text = `insert into bus.events (id, type, version, key, school_id, file_upload_id, payload)
    values ${values.join(', ')} returning id, seq`
  if (rows <= 100) insertTexts.set(rows, text)
  return rows <= 8 ? prepared(text) : text
}

/** 65,535 parameters is the protocol's limit. */
const mostRows = 5000

/** In the order given, in one statement (for 5,000 at a time). Returns the places by id. */
export async function insertEvents(tx: Tx, events: readonly NewRecord[]): Promise<Map<string, number>> {
  const places = new Map<string, number>()
  for (let from = 0; from < events.length; from += mostRows) {
    const part = events.slice(from, from + mostRows)
    const values = part.flatMap((e) => [
      e.id,
      e.type,
      e.version,
      e.key,
      e.schoolId,
      e.fileUploadId,
      e.payload,
    ])
    const rows = await execute<{ id: string; seq: number }>(tx, insertText(part.length), values)
    for (const { id, seq } of rows) places.set(id, seq)
  }
  return places
}

export interface Move {
  name: string
  from: number
  to: number
  /** So many events must lie in between; null asks nothing. */
  rows: number | null
  school: string | null
  handled: boolean
}

// Outside a transaction nothing moves.
const advanceText = prepared(
  `with moved as (
    update bus.subscriptions set position = $3::bigint,
      last_handled_at = case when $5 then clock_timestamp() else last_handled_at end
    where name = $1 and position = $2::bigint and current_setting('assay.begun', true) = 'on' returning 1)
  select exists (select from moved) as moved,
    $6::bigint is null or bus.count_events($2, $3, null, 100000) = $6 as right,
    set_config('assay.school_id', $4, true)`,
)

/** Moves a subscription on and sets the school of what follows: how a transaction opens. */
export const advance = (move: Move): Statement => ({
  text: advanceText,
  values: [move.name, move.from, move.to, move.school ?? '', move.handled, move.rows],
})

/** It is overtaken when it no longer stood at `from`, and mistaken when the log does not hold `rows` events in between. */
export function readMove(rows: readonly unknown[]): 'moved' | 'overtaken' | 'mistaken' {
  const [row] = rows as { moved: boolean; right: boolean }[]
  return !row?.moved ? 'overtaken' : row.right ? 'moved' : 'mistaken'
}

export async function insertDeadLetter(
  tx: Tx,
  letter: { subscription: string; record: LogRecord; error: string; tries: number },
): Promise<void> {
  const { record } = letter
  await sql`
    insert into bus.dead_letters (subscription, seq, event_id, type, school_id, error, tries)
    values (${letter.subscription}, ${record.seq}, ${record.id}, ${record.type}, ${record.schoolId},
      ${letter.error}, ${letter.tries})
    on conflict (subscription, seq) do update
      set error = excluded.error, tries = bus.dead_letters.tries + excluded.tries, failed_at = excluded.failed_at`.execute(
    tx,
  )
}

/** False when there is none, or another transaction has just dealt with it. */
export async function deleteDeadLetter(tx: Tx, subscription: string, seq: number): Promise<boolean> {
  const { rows } = await sql`
    delete from bus.dead_letters where subscription = ${subscription} and seq = ${seq} returning 1`.execute(
    tx,
  )
  return rows.length > 0
}

/** A replay that failed is one try more. A letter that is gone by now stays gone. */
export async function noteFailedReplay(
  tx: Tx,
  letter: { subscription: string; seq: number; error: string },
): Promise<void> {
  await sql`
    update bus.dead_letters set error = ${letter.error}, tries = tries + 1, failed_at = clock_timestamp()
    where subscription = ${letter.subscription} and seq = ${letter.seq}`.execute(tx)
}

/** Dead letters of the transaction's school, the oldest first: row-level security leaves out all others. */
export async function listDeadLettersOfSchool(
  tx: Tx,
  which: { subscription?: string; seq?: number; atMost: number },
): Promise<{ count: number; items: SchoolDeadLetter[] }> {
  const { rows } = await sql<Omit<SchoolDeadLetter, 'failedAt'> & { failedAt: Date; count: number }>`
    select d.subscription, d.seq, d.event_id as "eventId", d.type, d.error, d.tries, d.failed_at as "failedAt",
      e.key, e.file_upload_id as "fileUploadId", e.payload->>'correlationId' as "correlationId", count(*) over () as count
    from bus.dead_letters d join bus.events e on e.seq = d.seq
    where (${which.subscription ?? null}::text is null or d.subscription = ${which.subscription ?? null})
      and (${which.seq ?? null}::bigint is null or d.seq = ${which.seq ?? null})
    order by d.seq, d.subscription limit ${which.atMost}`.execute(tx)
  return {
    count: rows[0]?.count ?? 0,
    items: rows.map(({ count: _, failedAt, ...letter }) => ({ ...letter, failedAt: failedAt.toISOString() })),
  }
}

const lookText = `select pg_snapshot_xmin(pg_current_snapshot())::text as xmin, e.*
  from (values (1)) as one left join (
    select ${eventColumns} from bus.read_events($1, 9223372036854775807, null, $2)) as e on true
  order by e.seq`

/** What is read outside any school: by the owner's functions, each one statement on the pool. */
export function createLogStore({ pool }: Pick<Database, 'pool'>) {
  const all = async <Row extends pg.QueryResultRow>(text: string, values: unknown[] = []): Promise<Row[]> =>
    (await pool.query<Row>(text, values)).rows

  return {
    /**
     * The snapshot's xmin and the rows above `after`, seen by one statement. On `session` when there is one: whose
     * process has just passed on the word that there is something to see is awake, and the pool's may not be.
     */
    async look(
      after: number,
      atMost: number,
      session: pg.ClientBase | null,
    ): Promise<{ xmin: bigint; records: LogRecord[] }> {
      const query = { name: 'assay_look', text: lookText, values: [after, atMost] }
      const { rows } = await (session ?? pool).query<LogRecord & { xmin: string }>(query)
      return { xmin: BigInt(rows[0]?.xmin ?? 0), records: rows.filter((row) => row.seq !== null) }
    },
    /** A transaction id of our own; its transaction is over when this returns. */
    async drawBarrier(): Promise<bigint> {
      const rows = await all<{ xid: string }>('select pg_current_xact_id()::text as xid')
      return BigInt(rows[0]?.xid ?? 0)
    },
    async readHead(): Promise<{ xmin: bigint; highest: number }> {
      const rows = await all<{ xmin: string; highest: number }>(
        'select pg_snapshot_xmin(pg_current_snapshot())::text as xmin, bus.highest_event() as highest',
      )
      return { xmin: BigInt(rows[0]?.xmin ?? 0), highest: rows[0]?.highest ?? 0 }
    },
    readEvents: (after: number, upTo: number, types: readonly string[] | null, atMost: number) =>
      all<LogRecord>(`select ${eventColumns} from bus.read_events($1, $2, $3, $4)`, [
        after,
        upTo,
        types,
        atMost,
      ]),
    async countEvents(after: number, upTo: number, types: readonly string[] | null, atMost: number) {
      const rows = await all<{ n: number }>('select bus.count_events($1, $2, $3, $4) as n', [
        after,
        upTo,
        types,
        atMost,
      ])
      return rows[0]?.n ?? 0
    },
    async insertSubscription(name: string, position: number): Promise<void> {
      await all('insert into bus.subscriptions (name, position) values ($1, $2) on conflict do nothing', [
        name,
        position,
      ])
    },
    listSubscriptions: () =>
      all<SubscriptionRow>(
        'select name, position, last_handled_at as "lastHandledAt" from bus.subscriptions',
      ),
    async findPosition(name: string): Promise<number | null> {
      const rows = await all<SubscriptionRow>('select position from bus.subscriptions where name = $1', [
        name,
      ])
      return rows[0]?.position ?? null
    },
    listDeadLetters: () =>
      all<Omit<DeadLetter, 'failedAt'> & { failedAt: Date }>(
        `select subscription, seq, event_id as "eventId", type, error, tries, failed_at as "failedAt" from bus.list_dead_letters()`,
      ),
    async restartSubscription(name: string): Promise<void> {
      await all('select bus.restart_subscription($1)', [name])
    },
    listLongTransactions: (seconds: number) =>
      all<LongTransaction>(
        `select pid, application, database, prepared_as as "preparedAs", seconds
         from bus.list_long_transactions(make_interval(secs => $1))`,
        [seconds],
      ),
    /** Names of the subscriptions that some process of this database has been assigned. */
    async listAssigned(names: readonly string[]): Promise<string[]> {
      const rows = await all<{ name: string }>(
        `select name from unnest($1::text[]) as name, lateral (select ${lockOf('name')} as lock) as l
         where exists (select from pg_locks where locktype = 'advisory' and granted and objsubid = 1
           and database = (select oid from pg_database where datname = current_database())
           and classid::bigint = (lock >> 32) & 4294967295 and objid::bigint = lock & 4294967295)`,
        [names],
      )
      return rows.map((row) => row.name)
    },
  }
}

export type LogStore = ReturnType<typeof createLogStore>

const lockOf = (name: string) => `hashtextextended('assay bus ' || ${name}, 0)`
/** Every process that listens holds this one shared, so that each can count the others. */
const presence = [0x61737361, 0x79] as const

export const channel = 'assay_bus'

const notifyText = prepared('select pg_notify($1, $2)')

export const notice = (word: string): Statement => ({
  text: notifyText,
  values: [channel, word],
})

/** Statements of the direct connection, whose session holds the locks. */
export const sessionStore = {
  async join(client: pg.ClientBase): Promise<void> {
    await client.query(`listen ${channel}`)
    await client.query('select pg_advisory_lock_shared($1, $2)', [...presence])
  },
  async notify(client: Pick<pg.ClientBase, 'query'>, word: string): Promise<void> {
    const { text, values } = notice(word)
    await client.query(text, values)
  },
  async release(client: pg.ClientBase): Promise<void> {
    await client.query('select pg_advisory_unlock_all()')
  },
  /** How many others listen, where the subscriptions stand, and which of `wanted` this session now holds. */
  async keep(client: pg.ClientBase, names: readonly string[], wanted: readonly string[]) {
    const { rows } = await client.query<{
      listeners: string
      name: string | null
      position: string
      held: boolean | null
    }>(
      `select (select count(*) from pg_locks where locktype = 'advisory' and granted and objsubid = 2
           and database = (select oid from pg_database where datname = current_database())
           and classid = ${presence[0]} and objid = ${presence[1]}) as listeners,
         s.name, s.position, case when s.name = any ($2) then pg_try_advisory_lock(${lockOf('s.name')}) end as held
       from (values (1)) as one left join bus.subscriptions s on s.name = any ($1)`,
      [names, wanted],
    )
    return {
      others: Number(rows[0]?.listeners ?? 1) - 1,
      subscriptions: rows.flatMap(({ name, position, held }) =>
        name === null ? [] : [{ name, position: Number(position), held: held === true }],
      ),
    }
  },
}
