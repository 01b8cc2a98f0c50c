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

export interface Database {
  /**
   * Runs `work` in one READ COMMITTED transaction in which `assay.school_id` is `school`; `null` leaves it
   * unset, and then every school table is empty. Commits when `work` returns, rolls back when it throws.
   */
  transaction<T>(school: SchoolId | null, work: (tx: Tx) => Promise<T>): Promise<T>
  /** The same as one REPEATABLE READ, read-only transaction: one snapshot for everything behind an answer. */
  snapshot<T>(school: SchoolId | null, work: (tx: Tx) => Promise<T>): Promise<T>
  /** A pool for what is not a school's: the log's reader, health. */
  readonly pool: pg.Pool
  /** The address that a direct connection (LISTEN, session locks) uses. */
  readonly connectionString: string
  close(): Promise<void>
}

const afterCommits = new WeakMap<object, (() => void)[]>()

/** Runs `then` once the transaction has committed; never after a rollback. */
export function afterCommit(tx: Tx, then: () => void): void {
  const list = afterCommits.get(tx)
  if (list) list.push(then)
  else throw new Error('afterCommit outside a transaction')
}

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

/** The school of the transaction that is about to begin. */
const schoolToSet = new AsyncLocalStorage<SchoolId | null>()

/** Sends BEGIN and the school in one message: a round trip less for every transaction. */
class SchoolDriver extends PostgresDriver {
  override async beginTransaction(
    connection: DatabaseConnection,
    { isolationLevel, accessMode }: TransactionSettings,
  ): Promise<void> {
    const mode = `${isolationLevel ? ` isolation level ${isolationLevel}` : ''}${accessMode ? ` ${accessMode}` : ''}`
    const school = schoolToSet.getStore()
    const setting = school ? `; select set_config('assay.school_id', '${school}', true)` : ''
    await connection.executeQuery(CompiledQuery.raw(`begin${mode}${setting}`))
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

/**
 * Connects as the role in `connectionString` (`assay_app` in every mode: no superuser, owns nothing).
 * `int8` is read as a number: counts and log positions stay below 2^53.
 */
export function openDatabase(connectionString: string, options: { max?: number } = {}): Database {
  const pool = new pg.Pool({
    connectionString,
    max: options.max ?? 10,
    // Opening one anew costs a process of the server and a handshake: 10 ms and more.
    idleTimeoutMillis: 60_000,
    types: {
      getTypeParser: ((oid: number, format?: 'text' | 'binary') =>
        oid === int8
          ? Number
          : pg.types.getTypeParser(oid, format as 'text')) as typeof pg.types.getTypeParser,
    },
  })
  // A server that stops ends idle clients with an error event; without a listener that ends the process.
  pool.on('error', () => {})
  pool.on('connect', (client) => client.on('error', () => {}))
  const kysely = new Kysely<unknown>({ dialect: new SchoolDialect({ pool }) })

  async function run<T>(
    snapshot: boolean,
    school: SchoolId | null,
    work: (tx: Tx) => Promise<T>,
  ): Promise<T> {
    if (school !== null && !uuid.test(school)) throw new TypeError('a school id is a UUID')
    const hooks: (() => void)[] = []
    let builder = kysely.transaction()
    if (snapshot) builder = builder.setIsolationLevel('repeatable read').setAccessMode('read only')
    const result = await schoolToSet.run(school, () =>
      builder.execute(async (trx) => {
        const tx = trx as Tx
        afterCommits.set(tx, hooks)
        return work(tx)
      }),
    )
    for (const hook of hooks) hook()
    return result
  }

  return {
    pool,
    connectionString,
    transaction: (school, work) => run(false, school, work),
    snapshot: (school, work) => run(true, school, work),
    close: () => kysely.destroy(),
  }
}
