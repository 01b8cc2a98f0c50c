import { Logger, runMigrations } from 'graphile-worker'
import { Kysely, PostgresDialect, sql } from 'kysely'
import { type Migration, Migrator } from 'kysely/migration'
import { relative } from 'node:path'
import pg from 'pg'
import { compare, type MigrationFile, migrationFolders, projectRoot, readMigrations } from './migrations.ts'
import { grantDefaults } from './roles.ts'
import { messageOf, Trouble } from './trouble.ts'

/** Any number that no one else in this database locks. */
const migrationLock = 0x61737361

/**
 * Brings the database to the newest schema as assay_owner: the job queue's own migrations, then the SQL files of
 * `folders` by stamp, all pending ones in one transaction. Two programs that start at once do it one after the
 * other. Returns the names of the files that were run.
 */
export async function migrate(ownerUrl: string, folders = migrationFolders()): Promise<string[]> {
  const files = readMigrations(folders)
  const pool = new pg.Pool({ connectionString: ownerUrl, max: 3 })
  pool.on('error', () => {})
  pool.on('connect', (client) => client.on('error', () => {}))
  try {
    const client = await pool.connect()
    try {
      // The session's, not a transaction's: a transaction that waits would hold up the readers of the log.
      await client.query('select pg_advisory_lock($1)', [migrationLock])
      await grantDefaults(client)
      await prepareJobQueue(pool, client)
      return await runFiles(pool, files)
    } finally {
      // Ends the session and with it the lock, whatever state it is in.
      client.release(true)
    }
  } finally {
    await pool.end()
  }
}

async function runFiles(pool: pg.Pool, files: MigrationFile[]): Promise<string[]> {
  const migrations: Record<string, Migration> = {}
  for (const file of files) {
    migrations[file.name] = {
      up: (db) =>
        sql
          .raw(file.sql)
          .execute(db)
          .then(
            () => {},
            (error: unknown) => explain(file, error),
          ),
    }
  }
  const migrator = new Migrator({
    db: new Kysely<unknown>({ dialect: new PostgresDialect({ pool }) }),
    provider: { getMigrations: async () => migrations },
    migrationTableSchema: 'migrations',
    migrationTableName: 'done',
    migrationLockTableName: 'lock',
    // Services are written side by side, and no migration depends on another service's: an older stamp may
    // arrive after a newer one has run.
    allowUnorderedMigrations: true,
    nameComparator: compare,
  })
  const { error, results } = await migrator.migrateToLatest()
  if (error) throw error instanceof Trouble ? error : troubleOf(error)
  await pool.query('revoke insert, update, delete on all tables in schema migrations from assay_app')
  return (results ?? []).map((result) => result.migrationName)
}

function explain(file: MigrationFile, error: unknown): never {
  const position = Number((error as { position?: string }).position ?? Number.NaN)
  const line = Number.isNaN(position) ? '' : `:${file.sql.slice(0, position).split('\n').length}`
  throw new Trouble(
    'The database could not be brought to the newest schema.',
    `${relative(projectRoot, file.path)}${line}: ${messageOf(error)}`,
    'Nothing was changed. Start the version of the program that you used before, and report this.',
    error,
  )
}

function troubleOf(error: unknown): Trouble {
  const newer = /previously executed migration (\S+) is missing/.exec(messageOf(error))
  return newer
    ? new Trouble(
        'The database is newer than this program.',
        `It has had the migration ${newer[1]}, which this version does not know.`,
        'Start the newest version of the program that was used with it.',
        error,
      )
    : new Trouble(
        'The database could not be brought to the newest schema.',
        messageOf(error),
        'Nothing was changed. Start the version of the program that you used before, and report this.',
        error,
      )
}

/**
 * The queue's tables have row-level security and no policy, so that only their owner sees them. The program is
 * not the owner: it gets a policy on each, whatever they are called in this version of the queue.
 */
async function prepareJobQueue(pool: pg.Pool, owner: pg.PoolClient): Promise<void> {
  const silent = new Logger(() => () => {})
  await runMigrations({ pgPool: pool, schema: 'graphile_worker', logger: silent })
  await owner.query(`
    do $$
    declare name text;
    begin
      for name in select relname from pg_class c where relnamespace = 'graphile_worker'::regnamespace
        and relkind = 'r' and relrowsecurity
        and not exists (select from pg_policy where polrelid = c.oid and polname = 'assay_app')
      loop
        execute format('create policy assay_app on graphile_worker.%I to assay_app using (true) with check (true)', name);
      end loop;
    end $$;
    grant usage on schema graphile_worker to assay_app;
    grant select, insert, update, delete on all tables in schema graphile_worker to assay_app;
    revoke insert, update, delete on graphile_worker.migrations from assay_app;
    grant usage, select on all sequences in schema graphile_worker to assay_app;
    grant execute on all functions in schema graphile_worker to assay_app;
  `)
}
