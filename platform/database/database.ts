import { AsyncLocalStorage } from 'node:async_hooks'
import {
  CompiledQuery,
  Kysely,
  PostgresDialect,
  PostgresDriver,
  sql,
  type DatabaseConnection,
  type PostgresDialectConfig,
  type Transaction,
  type TransactionSettings,
} from 'kysely'
import pg from 'pg'
import type { SchoolId } from '#contracts/common.ts'

declare const inTransaction: unique symbol

/**
 * A transaction with the school set. Every writer and `publish` ask for one, so that an event outside its
 * transaction does not compile. Queries: `` sql<Row>`…`.execute(tx) ``.
 */
export type Tx = Transaction<unknown> & { readonly [inTransaction]: true }

/** One statement as it is sent: its text, and a value for each `$n`. */
export interface Statement {
  text: string
  values: unknown[]
}

export interface Database {
  /**
   * Runs `work` in one READ COMMITTED transaction in which `assay.school_id` is `school`; `null` leaves it
   * unset, and then every school table is empty. Commits when `work` returns, rolls back when it throws.
   * `opening` goes out with BEGIN; `work` need not wait for its rows, `opened`, before it sends more.
   */
  transaction<T>(
    school: SchoolId | null,
    work: (tx: Tx, opened: Promise<unknown[]>) => Promise<T>,
    opening?: Statement,
  ): Promise<T>
  /** The same as one REPEATABLE READ, read-only transaction: one snapshot for everything behind an answer. */
  snapshot<T>(school: SchoolId | null, work: (tx: Tx) => Promise<T>): Promise<T>
  /** A pool for what is not a school's: the log's reader, health. */
  readonly pool: pg.Pool
  /** The address that a direct connection (LISTEN, session locks) uses. */
  readonly connectionString: string
  close(): Promise<void>
}

/** A statement by itself that follows a commit on its heels, and whoever wants to know how it went. */
export interface Rider {
  statement: Statement
  onSent: (answer: Promise<unknown>) => void
}

/** What a transaction begins with, and what follows it. */
interface Course {
  school: SchoolId | null
  opening: Statement | null
  begun: Promise<unknown>
  opened: Promise<unknown[]>
  riders: (() => Rider | null)[]
  hooks: (() => void)[]
}

/** The transaction that the driver is about to begin or to commit. */
const courses = new AsyncLocalStorage<Course>()
const courseOf = new WeakMap<object, Course>()

function getCourse(tx: Tx): Course {
  const course = courseOf.get(tx)
  if (!course) throw new Error('this transaction was not begun by `transaction`')
  return course
}

/** Runs `then` once the transaction has committed; never after a rollback. */
export const afterCommit = (tx: Tx, then: () => void): void => void getCourse(tx).hooks.push(then)

/**
 * Sends a statement right behind COMMIT, on the same connection and in a transaction of its own, before the answer is
 * there: for hints, since it is sent too when the commit fails. `make` is asked at the last moment.
 */
export const behindCommit = (tx: Tx, make: () => Rider | null): void => void getCourse(tx).riders.push(make)

/** Sets the school of the rest of the transaction: for a handler batch that passes from one school to the next. */
export async function setSchool(tx: Tx, school: SchoolId | null): Promise<void> {
  await sql`select set_config('assay.school_id', ${school ?? ''}, true)`.execute(tx)
}

/**
 * Runs `work` behind a savepoint: when it throws, what it wrote is undone and the transaction goes on. The
 * savepoint is not released, which would be a round trip more: it ends with the transaction.
 */
export async function behindSavepoint<T>(tx: Tx, work: () => Promise<T>): Promise<T> {
  await sql`savepoint attempt`.execute(tx)
  try {
    return await work()
  } catch (error) {
    await sql`rollback to savepoint attempt`.execute(tx)
    throw error
  }
}

const int8 = 20
const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i

const names = new Map<string, string>()

/**
 * Marks a text that is sent often: each connection has it parsed, and in the end planned, once. Every such plan
 * stays in the memory of every connection, so this is for the few statements that somebody waits for.
 */
export function prepared(text: string): string {
  if (!names.has(text)) names.set(text, `assay_${names.size}`)
  return text
}

/** A statement without Kysely's template, which costs more than sending it. */
export const execute = async <Row>(tx: Tx, text: string, values: unknown[]): Promise<Row[]> =>
  (await tx.executeQuery<Row>(CompiledQuery.raw(text, values))).rows

/** Sends texts that are `prepared` under their names. */
function sendByName(client: pg.PoolClient): void {
  const send = client.query.bind(client) as (config: unknown, ...rest: unknown[]) => unknown
  const query = (config: unknown, values: unknown, ...rest: unknown[]): unknown => {
    const name = typeof config === 'string' ? names.get(config) : undefined
    return name === undefined ? send(config, values, ...rest) : send({ name, text: config, values }, ...rest)
  }
  client.query = query as typeof client.query
}

/**
 * Sends BEGIN with the school in one message, and does not wait for its answer: one round trip less for every
 * transaction. `run` waits for it before it commits. Were BEGIN alone to fail (somebody cancels just that), the first
 * statement would stand by itself: row-level security refuses it without a school, and `advance` without `assay.begun`.
 * Where there is neither, BEGIN is waited for.
 */
class SchoolDriver extends PostgresDriver {
  override async beginTransaction(
    connection: DatabaseConnection,
    { isolationLevel, accessMode }: TransactionSettings,
  ): Promise<void> {
    const course = courses.getStore()!
    const { school, opening } = course
    const mode = `${isolationLevel ? ` isolation level ${isolationLevel}` : ''}${accessMode ? ` ${accessMode}` : ''}`
    const setting = school
      ? `; select set_config('assay.school_id', '${school}', true)`
      : opening
        ? '; set local assay.begun = on'
        : ''
    course.begun = connection.executeQuery(CompiledQuery.raw(`begin${mode}${setting}`))
    // Whoever needs the answer hears of the failure; nobody may, when another statement has failed first.
    course.begun.catch(() => {})
    if (!opening) {
      if (!school) await course.begun
      return
    }
    const answer = connection.executeQuery(CompiledQuery.raw(opening.text, opening.values))
    course.opened = answer.then(({ rows }) => rows)
    course.opened.catch(() => {})
  }

  override async commitTransaction(connection: DatabaseConnection): Promise<void> {
    const committed = super.commitTransaction(connection)
    for (const make of courses.getStore()?.riders ?? []) {
      const rider = make()
      if (!rider) continue
      const { text, values } = rider.statement
      rider.onSent(connection.executeQuery(CompiledQuery.raw(text, values)))
    }
    await committed
  }
}

class SchoolDialect extends PostgresDialect {
  readonly #config: PostgresDialectConfig

  constructor(config: PostgresDialectConfig) {
    super(config)
    this.#config = config
  }

  override createDriver(): PostgresDriver {
    return new SchoolDriver(this.#config)
  }
}

/** `int8` is read as a number: counts and log positions stay below 2^53. */
export const types: pg.CustomTypesConfig = {
  getTypeParser: ((oid: number, format?: 'text' | 'binary') =>
    oid === int8 ? Number : pg.types.getTypeParser(oid, format as 'text')) as typeof pg.types.getTypeParser,
}

/**
 * Connects as the role in `connectionString` (`assay_app` in every mode: no superuser, owns nothing).
 */
export function openDatabase(connectionString: string, options: { max?: number } = {}): Database {
  const pool = new pg.Pool({
    connectionString,
    max: options.max ?? 10,
    // Opening one anew costs a process of the server and a handshake: 10 ms and more.
    idleTimeoutMillis: 60_000,
    pipeline: true,
    types,
  })
  // A server that stops ends idle clients with an error event; without a listener that ends the process.
  pool.on('error', () => {})
  pool.on('connect', (client) => {
    client.on('error', () => {})
    sendByName(client)
  })
  const kysely = new Kysely<unknown>({ dialect: new SchoolDialect({ pool }) })

  async function run<T>(
    snapshot: boolean,
    school: SchoolId | null,
    work: (tx: Tx, opened: Promise<unknown[]>) => Promise<T>,
    opening: Statement | null = null,
  ): Promise<T> {
    if (school !== null && !uuid.test(school)) throw new TypeError('a school id is a UUID')
    let builder = kysely.transaction()
    if (snapshot) builder = builder.setIsolationLevel('repeatable read').setAccessMode('read only')
    const nothing = Promise.resolve([])
    const course: Course = { school, opening, begun: nothing, opened: nothing, riders: [], hooks: [] }
    const result = await courses.run(course, () =>
      builder.execute(async (trx) => {
        const tx = trx as Tx
        courseOf.set(tx, course)
        const done = await work(tx, course.opened)
        await course.begun
        return done
      }),
    )
    for (const hook of course.hooks) hook()
    return result
  }

  return {
    pool,
    connectionString,
    transaction: (school, work, opening) => run(false, school, work, opening),
    snapshot: (school, work) => run(true, school, work),
    close: () => kysely.destroy(),
  }
}
