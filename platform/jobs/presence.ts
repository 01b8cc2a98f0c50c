import pg from 'pg'
import type { Log } from '#platform/observability/log.ts'

const lockOf = (name: string): string => `hashtextextended('assay jobs ' || ${name}, 0)`

/** How long a connection that was lost is waited for, and how often the jobs of others are looked at. */
const againMs = 500
const lookMs = 15_000

/**
 * Says that a pool of workers lives, by a lock of a session of its own, and gives back the jobs of pools that
 * do not: a killed one leaves its jobs locked, and graphile-worker by itself waits four hours. A pool that has
 * lost its session for a moment may have a job given to another: every job may run twice at once.
 */
export function keepPresence(options: { connectionString: string; log: Log }) {
  let client: pg.Client | null = null
  let pool: string | null = null
  let ended = false
  let again: NodeJS.Timeout | undefined

  async function connect(): Promise<void> {
    if (ended) return
    const fresh = new pg.Client({
      connectionString: options.connectionString,
      application_name: 'assay jobs',
    })
    let lost = false
    const lose = (): void => {
      if (lost) return
      lost = true
      if (client === fresh) client = null
      void fresh.end().catch(() => {})
      if (!ended) again = setTimeout(() => void connect(), againMs).unref()
    }
    fresh.on('error', lose)
    fresh.on('end', lose)
    try {
      await fresh.connect()
      client = fresh
      if (pool) await fresh.query(`select pg_advisory_lock(${lockOf('$1')})`, [pool])
      await giveBack()
    } catch {
      lose()
    }
  }

  async function giveBack(): Promise<void> {
    const held = client
    if (!held) return
    const { rows } = await held.query<{ abandoned: string[] }>(
      `with abandoned as materialized (
         select array_agg(locked_by) as names from (
           select distinct locked_by from graphile_worker._private_jobs
           where locked_by is not null and locked_by is distinct from $1) as others
         where pg_try_advisory_xact_lock(${lockOf('locked_by')}))
       select names as abandoned, graphile_worker.force_unlock_workers(names) from abandoned where names is not null`,
      [pool],
    )
    const abandoned = rows[0]?.abandoned
    if (abandoned)
      options.log.info({ part: 'jobs', abandoned }, 'jobs of workers that are gone are given back')
  }

  const look = setInterval(() => void giveBack().catch(() => {}), lookMs).unref()

  return {
    /** Gives back what is abandoned before the first job is taken. */
    start: connect,
    async announce(name: string): Promise<void> {
      pool = name
      await client?.query(`select pg_advisory_lock(${lockOf('$1')})`, [name])
    },
    async end(): Promise<void> {
      ended = true
      clearInterval(look)
      clearTimeout(again)
      await client?.end().catch(() => {})
    },
  }
}
