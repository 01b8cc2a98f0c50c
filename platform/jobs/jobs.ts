import { EventEmitter } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import { Logger, parseCronItems, run, type Runner, type WorkerEvents } from 'graphile-worker'
import { sql } from 'kysely'
import type { Database, Tx } from '#platform/database/database.ts'
import { isDatabaseAway } from '#platform/errors.ts'
import type { Log } from '#platform/observability/log.ts'
import { keepPresence } from './presence.ts'

/** Runs one job: return = done, throw = tried again with exponential back-off. Parses its own payload. */
export type JobHandler = (payload: unknown) => Promise<void>

export interface JobOptions {
  runAt?: Date
  /** A job with the same key that has not run is replaced: its time moves. */
  key?: string
  maxAttempts?: number
}

/** Enqueues a job in the caller's transaction: it exists when that commits, and not otherwise. */
export async function enqueueJob(
  tx: Tx,
  name: string,
  payload: object,
  options: JobOptions = {},
): Promise<void> {
  await sql`select graphile_worker.add_job(${name}, ${JSON.stringify(payload)}::json,
    run_at := ${options.runAt ?? null}::timestamptz, max_attempts := ${options.maxAttempts ?? null}::int,
    job_key := ${options.key ?? null}::text)`.execute(tx)
}

/** The same for many payloads of one kind in one statement. */
export async function enqueueJobs(tx: Tx, name: string, payloads: readonly object[]): Promise<void> {
  if (payloads.length === 0) return
  await sql`select graphile_worker.add_jobs(array(
    select row(${name}::text, p.value, null, null, null, null, null, null)::graphile_worker.job_spec
    from json_array_elements(${JSON.stringify(payloads)}::json) p))`.execute(tx)
}

export interface JobsOptions {
  database: Database
  log: Log
  handlers: Readonly<Record<string, JobHandler>>
  schedule: Readonly<Record<string, string>>
  concurrency: number
}

/**
 * Starts graphile-worker in this process. Jobs are fetched in small batches and completed in batches, so
 * that a class of 30 costs a handful of commits rather than two a job.
 */
export async function startJobs(options: JobsOptions): Promise<{ stop(): Promise<void> }> {
  const stopping = new AbortController()
  const presence = keepPresence({ connectionString: options.database.connectionString, log: options.log })
  await presence.start()
  const events: WorkerEvents = new EventEmitter()
  events.on('pool:create', ({ workerPool }) => {
    void presence.announce(workerPool.id).catch(() => {})
  })
  const runner: Runner = await run({
    events,
    pgPool: options.database.pool,
    schema: 'graphile_worker',
    noHandleSignals: true,
    taskList: Object.fromEntries(
      Object.entries(options.handlers).map(([name, handle]) => [
        name,
        (payload: unknown) => outlast(() => handle(payload), stopping.signal),
      ]),
    ),
    parsedCronItems: parseCronItems(
      Object.entries(options.schedule).map(([task, match]) => ({
        task,
        match,
        options: { backfillPeriod: 0 },
      })),
    ),
    logger: new Logger(() => (level, message) => {
      if (level === 'error') options.log.error({ part: 'jobs' }, message)
      else if (level === 'warning') options.log.warn({ part: 'jobs' }, message)
    }),
    preset: {
      worker: {
        concurrentJobs: options.concurrency,
        pollInterval: 1000,
        localQueue: { size: options.concurrency * 2 },
        completeJobBatchDelay: 20,
        failJobBatchDelay: 20,
      },
    },
  })
  return {
    async stop() {
      stopping.abort()
      await runner.stop()
      await presence.end()
    },
  }
}

/**
 * A job that finds the database away is tried again here: that it failed could not be written down either, and
 * it would stay locked.
 */
async function outlast(work: () => Promise<void>, stopping: AbortSignal): Promise<void> {
  for (;;) {
    try {
      return await work()
    } catch (error) {
      if (!isDatabaseAway(error) || stopping.aborted) throw error
      await sleep(500, undefined, { signal: stopping }).catch(() => {})
    }
  }
}
