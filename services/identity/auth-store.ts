import { Kysely, PostgresDialect } from 'kysely'
import { openDatabase, type Database } from '#platform/database/database.ts'
import { withSetting } from '#platform/database/roles.ts'

/**
 * Identity's own connections, the only ones to which persons, sessions and keys are open: the program's role, with
 * `assay.identity` set from the first statement on. Nobody else gets this pool.
 */
export const openDesk = (connectionString: string, max = 4): Database =>
  openDatabase(withSetting(connectionString, 'assay.identity', 'on'), { max })

/** The desk as better-auth wants it: a Kysely of its own on the same pool, in the schema `identity`. */
export const authDatabase = (desk: Database) => ({
  db: new Kysely<unknown>({ dialect: new PostgresDialect({ pool: desk.pool }) }).withSchema('identity'),
  type: 'postgres' as const,
  transaction: true,
})
