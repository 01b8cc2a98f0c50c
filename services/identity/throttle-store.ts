import { sql } from 'kysely'
import type { Tx } from '#platform/database/database.ts'

/**
 * Counts one attempt under `key`. When the last that `limit` allows is counted, the window starts anew: that is the
 * lock-out. Returns null when the attempt may go on, else the seconds until the next may.
 */
export async function countAttempt(
  tx: Tx,
  key: string,
  limit: number,
  windowSeconds: number,
): Promise<number | null> {
  const window = sql`${windowSeconds} * interval '1 second'`
  const { rows } = await sql<{ attempts: number; seconds: number }>`
    insert into identity.throttles as t (key, attempts, window_ends) values (${key}, 1, now() + ${window})
    on conflict (key) do update set
      attempts = case when t.window_ends <= now() then 1 else least(t.attempts, ${limit}) + 1 end,
      window_ends = case when t.window_ends <= now() or t.attempts + 1 = ${limit} then now() + ${window}
                         else t.window_ends end
    returning attempts, ceil(extract(epoch from window_ends - now()))::int as seconds`.execute(tx)
  const counted = rows[0]
  return counted && counted.attempts > limit ? Math.max(1, counted.seconds) : null
}

/** An attempt that was none after all: `all` forgets every one under the key. */
export async function discountAttempt(tx: Tx, key: string, all: boolean): Promise<void> {
  await (
    all
      ? sql`delete from identity.throttles where key = ${key}`
      : sql`update identity.throttles set attempts = greatest(attempts - 1, 0) where key = ${key}`
  ).execute(tx)
}
