import { sql } from 'kysely'
import type { Phase, SchoolId } from '#contracts/common.ts'
import type { CheckKey } from '#contracts/phases.ts'
import type { Tx } from '#platform/database/database.ts'

/** The stored results under these keys; each phase has a table `<phase>.checks` of the same form. */
export async function findChecks<R>(
  tx: Tx,
  phase: Phase,
  keys: readonly CheckKey[],
): Promise<Map<string, R>> {
  const { rows } = await sql<CheckKey & { result: R }>`
    select c.text_hash as "textHash", c.fingerprint, c.result from ${sql.table(`${phase}.checks`)} c
    join (select distinct * from unnest(${keys.map((key) => key.textHash)}::text[], ${keys.map((key) => key.fingerprint)}::text[])
      k(text_hash, fingerprint)) k using (text_hash, fingerprint)`.execute(tx)
  return new Map(rows.map((row) => [keyName(row), row.result]))
}

/** One field of each of them. */
export async function findParts<P>(
  tx: Tx,
  phase: Phase,
  keys: readonly CheckKey[],
  part: string,
): Promise<Map<string, P>> {
  const { rows } = await sql<CheckKey & { part: P }>`
    select c.text_hash as "textHash", c.fingerprint, c.result -> ${part} as part from ${sql.table(`${phase}.checks`)} c
    join (select distinct * from unnest(${keys.map((key) => key.textHash)}::text[], ${keys.map((key) => key.fingerprint)}::text[])
      k(text_hash, fingerprint)) k using (text_hash, fingerprint)`.execute(tx)
  return new Map(rows.map((row) => [keyName(row), row.part]))
}

/** What was found in texts that nobody holds any more. */
export async function deleteChecks(tx: Tx, phase: Phase, textHashes: readonly string[]): Promise<void> {
  await sql`delete from ${sql.table(`${phase}.checks`)} where text_hash = any(${textHashes}::text[])`.execute(
    tx,
  )
}

export const keyName = (key: CheckKey): string => `${key.textHash} ${key.fingerprint}`

export async function insertChecks(
  tx: Tx,
  phase: Phase,
  schoolId: SchoolId,
  checks: readonly (CheckKey & { result: unknown })[],
): Promise<void> {
  if (checks.length === 0) return
  await sql`
    insert into ${sql.table(`${phase}.checks`)} (school_id, text_hash, fingerprint, result)
    select ${schoolId}::uuid, c."textHash", c.fingerprint, c.result
    from jsonb_to_recordset(${JSON.stringify(checks)}::jsonb) c("textHash" text, fingerprint text, result jsonb)
    on conflict do nothing`.execute(tx)
}

/** Which of these texts have a result of this phase, whatever its settings. */
export async function listCheckedTexts(
  tx: Tx,
  phase: Phase,
  textHashes: readonly string[],
): Promise<Set<string>> {
  const { rows } = await sql<{ textHash: string }>`
    select distinct text_hash as "textHash" from ${sql.table(`${phase}.checks`)}
    where text_hash = any(${textHashes}::text[])`.execute(tx)
  return new Set(rows.map((row) => row.textHash))
}
