import { sql } from 'kysely'
import type { Tx } from './database.ts'

/** The server's version as it names itself, and the size of this database in bytes. */
export async function readDatabaseFacts(tx: Tx): Promise<{ version: string; sizeBytes: number }> {
  const { rows } = await sql<{ version: string; sizeBytes: number }>`
    select current_setting('server_version') as version, pg_database_size(current_database()) as "sizeBytes"`.execute(
    tx,
  )
  return rows[0] ?? { version: '', sizeBytes: 0 }
}
