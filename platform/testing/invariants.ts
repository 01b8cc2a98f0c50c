import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type pg from 'pg'
import type { BatchCounts } from '#contracts/results.ts'
import { type Invariant, always, whenQuiet } from './invariant-rows.ts'

export interface Acknowledged {
  fileUploadId: string
  sha256: string | null
}

export interface InvariantOptions {
  /** As assay_owner, whom row-level security does not bind: the rows of all schools are looked at. */
  owner: pg.Pool
  /**
   * Nothing is under way, says the caller: then every file has settled, every run that is not paused has
   * ended, and the services' copies of each other's facts agree.
   */
  quiet?: boolean
  /** The folder of the originals: then bytes are compared with rows. */
  originals?: string
  /** What clients were told: each must exist, with these bytes. */
  acknowledged?: readonly Acknowledged[]
  /** The counts that the API gives for a batch: compared with the rows when quiet. */
  countsOf?: (batchId: string) => Promise<BatchCounts>
  /** A blob without an upload may be this old: the sweep's hour and the ten minutes between two sweeps. */
  sweepAgeMs?: number
  /** After so long a file that is still being read is stuck. */
  stuckSeconds?: number
}

/**
 * The design's invariants over rows, bytes and the API: every violation is a sentence that begins with its
 * number. What a page is shown (I4), the wall between schools (I6, see isolation.ts) and the time to quiet
 * (I9) are not seen in rows.
 */
export async function findViolations(options: InvariantOptions): Promise<string[]> {
  if (options.quiet) await waitForPositions(options.owner)
  const violations = await lookAtRows(options)
  if (options.countsOf) violations.push(...(await compareCounts(options.owner, options.countsOf)))
  if (options.acknowledged)
    violations.push(...(await lookForAcknowledged(options.owner, options.acknowledged)))
  if (options.originals) violations.push(...(await lookAtBytes(options, options.originals)))
  return violations
}

/** A position follows the events that its subscription does not hear within about a second. */
async function waitForPositions(owner: pg.Pool): Promise<void> {
  const end = performance.now() + 10_000
  for (;;) {
    const { rows } = await owner.query<{ behind: number }>(
      `select count(*)::int as behind from bus.subscriptions
       where position < (select coalesce(max(seq), 0) from bus.events)`,
    )
    if (rows[0]?.behind === 0 || performance.now() > end) return
    await sleep(50)
  }
}

/** All in one snapshot: the sums hold at every moment, not only between two statements. */
async function lookAtRows(options: InvariantOptions): Promise<string[]> {
  const client = await options.owner.connect()
  const violations: string[] = []
  const ask = async ({ id, rule, rows: query }: Invariant): Promise<void> => {
    const { rows } = await client.query<{ what: string }>(query).catch((error: unknown) => {
      throw new Error(`the rule "${rule}" cannot be looked at`, { cause: error })
    })
    for (const { what } of rows.slice(0, 20)) violations.push(`${id}: ${rule}: ${what}`)
    if (rows.length > 20) violations.push(`${id}: ${rule}: and ${rows.length - 20} more`)
  }
  try {
    await client.query('begin isolation level repeatable read read only')
    for (const invariant of always(options.stuckSeconds ?? 300)) await ask(invariant)
    if (options.quiet) for (const invariant of whenQuiet) await ask(invariant)
  } finally {
    await client.query('rollback')
    client.release()
  }
  return violations
}

const countsByRows = `
  select batch_id as "batchId", count(*)::int as received,
    count(*) filter (where state in ('received', 'reading'))::int as reading,
    count(*) filter (where state in ('in-slot', 'waiting-for-slot'))::int as accepted,
    count(*) filter (where state = 'in-slot')::int as "slotsUsed",
    count(*) filter (where state = 'waiting-for-slot')::int as "waitingForSlot",
    count(*) filter (where state = 'rejected')::int as rejected,
    count(*) filter (where state = 'removed')::int as removed
  from files.uploads group by batch_id`

async function compareCounts(
  owner: pg.Pool,
  countsOf: (batchId: string) => Promise<BatchCounts>,
): Promise<string[]> {
  const violations: string[] = []
  const { rows } = await owner.query<Omit<BatchCounts, 'duplicates'> & { batchId: string }>(countsByRows)
  for (const { batchId, ...counted } of rows) {
    const said = await countsOf(batchId)
    if (said.received !== said.reading + said.slotsUsed + said.waitingForSlot + said.rejected + said.removed)
      violations.push(`I2: the counts of batch ${batchId} do not add up: ${JSON.stringify(said)}`)
    for (const [name, value] of Object.entries(counted))
      if (said[name as keyof BatchCounts] !== value)
        violations.push(
          `I2: the API says ${said[name as keyof BatchCounts]} ${name} of batch ${batchId}, the rows say ${value}`,
        )
  }
  return violations
}

async function lookForAcknowledged(owner: pg.Pool, acknowledged: readonly Acknowledged[]): Promise<string[]> {
  const { rows } = await owner.query<{ what: string }>(
    `select a.id || case when u.file_upload_id is null then ' is gone' else ' has other bytes' end as what
     from unnest($1::uuid[], $2::text[]) a(id, sha256) left join files.uploads u on u.file_upload_id = a.id
     where u.file_upload_id is null or u.sha256 is distinct from a.sha256`,
    [acknowledged.map((each) => each.fileUploadId), acknowledged.map((each) => each.sha256)],
  )
  return rows.map(({ what }) => `I10: what was acknowledged exists: ${what}`)
}

async function lookAtBytes(options: InvariantOptions, originals: string): Promise<string[]> {
  const violations: string[] = []
  const { rows } = await options.owner.query<{ place: string; sha256: string }>(
    `select distinct school_id || '/' || left(sha256, 2) || '/' || sha256 as place, sha256 from files.uploads
     where sha256 is not null and coalesce(error->>'code', '') <> 'too-large'`,
  )
  const named = new Map(rows.map(({ place, sha256 }) => [place, sha256]))
  for (const [place, sha256] of named) {
    const found = await hashOf(join(originals, place)).catch((error: Error) => error.message)
    if (found !== sha256)
      violations.push(`I10: the bytes on disk have the SHA-256 that names them: ${place} has ${found}`)
  }
  const oldest = Date.now() - (options.sweepAgeMs ?? 70 * 60_000)
  for (const entry of await readdir(originals, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue
    const path = join(entry.parentPath, entry.name)
    const place = path.slice(originals.length).replace(/^\/+/, '')
    const found = await stat(path).catch(() => null)
    if (found && !named.has(place) && found.mtimeMs < oldest)
      violations.push(`I8: no orphaned blob outlives the sweep: ${place} is ${found.mtime.toISOString()}`)
  }
  return violations
}

async function hashOf(path: string): Promise<string> {
  const hash = createHash('sha256')
  for await (const chunk of createReadStream(path)) hash.update(chunk as Buffer)
  return hash.digest('hex')
}
