import { sql } from 'kysely'
import type { SchoolId } from '#contracts/common.ts'
import type { Tx } from '#platform/database/database.ts'

export async function listSchoolIds(tx: Tx): Promise<SchoolId[]> {
  const { rows } = await sql<{ id: SchoolId }>`select id from identity.list_school_ids() id`.execute(tx)
  return rows.map((row) => row.id)
}

export async function ensureLocalSchool(tx: Tx): Promise<SchoolId> {
  const { rows } = await sql<{ id: SchoolId }>`select identity.ensure_local_school() as id`.execute(tx)
  if (!rows[0]) throw new Error('the local school was not made')
  return rows[0].id
}
