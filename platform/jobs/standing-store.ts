import { sql } from 'kysely'
import type { SchoolId } from '#contracts/common.ts'
import type { Tx } from '#platform/database/database.ts'

export interface JobCounts {
  waiting: number
  running: number
  /** Tried as often as they may be: nobody tries them again. */
  failed: number
}

/** Jobs of one school by its id in their payload, and the program's own, which have none. */
export async function countJobs(tx: Tx, school: SchoolId): Promise<JobCounts> {
  const { rows } = await sql<JobCounts>`
    select count(*) filter (where locked_at is null and attempts < max_attempts) as waiting,
      count(*) filter (where locked_at is not null) as running,
      count(*) filter (where locked_at is null and attempts >= max_attempts) as failed
    from graphile_worker._private_jobs
    where coalesce(payload->>'schoolId', ${school}) = ${school}`.execute(tx)
  return rows[0] ?? { waiting: 0, running: 0, failed: 0 }
}
