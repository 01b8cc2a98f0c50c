import { readFileSync } from 'node:fs'
import { statfs } from 'node:fs/promises'
import { BatchId, EventId, FileUploadId, type SchoolId } from '#contracts/common.ts'
import type { DeadLetterView, ReplayResult, SystemStatus } from '#contracts/status.ts'
import type { BrokenChain } from '#contracts/trace.ts'
import type { SchoolDeadLetter } from '#platform/bus/bus.ts'
import { describeError } from '#platform/bus/errors.ts'
import type { PostgresBus } from '#platform/bus/postgres-bus.ts'
import type { Config } from '#platform/config/config.ts'
import type { Database } from '#platform/database/database.ts'
import { readDatabaseFacts } from '#platform/database/standing-store.ts'
import type { HealthCheck } from '#platform/health/health.ts'
import { countJobs } from '#platform/jobs/standing-store.ts'
import { deedOf } from './deeds.ts'

export interface StatusParts {
  database: Database
  bus: PostgresBus
  health: HealthCheck
  config: Config
  countChains: (schoolId: SchoolId) => Promise<{ broken: number }>
  listBrokenChains: (schoolId: SchoolId, query: { limit: number }) => Promise<{ items: BrokenChain[] }>
}

/** As many as a person reads; the counts are of all. */
const shownLetters = 100
const shownChains = 20
/** A replay of many ends after so long and says how many are left. */
const replayMs = 20_000
const replayAtOnce = 500

const startedAt = new Date().toISOString()
const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as {
  version: string
}

/** Each part by itself: what cannot be read is null or empty, and the rest is said all the same. */
export async function readStatus(parts: StatusParts, schoolId: SchoolId): Promise<SystemStatus> {
  const { bus, config, database } = parts
  const orElse = <T>(work: Promise<T>, fallback: T): Promise<T> => work.catch(() => fallback)
  const [health, waiting, letters, broken, chains, jobs, facts, disk, held] = await Promise.all([
    parts.health.read(),
    orElse(bus.listWaiting(), new Map<string, string>()),
    orElse(bus.listDeadLettersOfSchool(schoolId, { atMost: shownLetters }), { count: 0, items: [] }),
    orElse(parts.countChains(schoolId), { broken: 0 }),
    orElse(parts.listBrokenChains(schoolId, { limit: shownChains }), { items: [] }),
    orElse(
      database.transaction(schoolId, (tx) => countJobs(tx, schoolId)),
      { waiting: 0, running: 0, failed: 0 },
    ),
    orElse(database.transaction(null, readDatabaseFacts), null),
    orElse(readDisk(config.data), null),
    orElse(bus.listLongTransactions(), []),
  ])
  return {
    at: new Date().toISOString(),
    status: health.status,
    version,
    mode: config.mode,
    startedAt,
    dependencies: health.dependencies,
    subscriptions: health.subscriptions.map((each) => ({
      ...each,
      ...deedOf(each.name),
      waitingSince: each.lag > 0 ? (waiting.get(each.name) ?? null) : null,
    })),
    deadLetters: { count: letters.count, items: letters.items.map(toView) },
    brokenChains: { count: broken.broken, items: chains.items },
    jobs,
    disk,
    database: facts && { ...facts, embedded: config.databaseUrl === undefined },
    longTransactions: held.map(({ pid, application, preparedAs, seconds }) => ({
      process: pid,
      application,
      preparedAs,
      seconds,
    })),
    off: listOff(config),
    degraded: health.dependencies
      .filter((part) => !part.required && part.status === 'down')
      .map((part) => ({
        part: part.name,
        loses: part.error ?? 'It does not answer.',
        remedy: 'Assay works without it; bring it back when you can.',
      })),
  }
}

/** What a server can do without, and what people then have to do themselves. */
const listOff = ({ mode, smtpUrl }: Config): SystemStatus['off'] =>
  mode === 'server' && !smtpUrl
    ? [
        {
          part: 'mail',
          loses: 'Invitations and links for new passwords are not mailed: an administrator copies them.',
          remedy: 'Set ASSAY_SMTP_URL and ASSAY_SMTP_FROM to have them mailed.',
        },
      ]
    : []

const toView = (letter: SchoolDeadLetter): DeadLetterView => {
  const batch = BatchId.safeParse(letter.key)
  return {
    subscription: letter.subscription,
    service: deedOf(letter.subscription).service,
    seq: letter.seq,
    eventId: EventId.parse(letter.eventId),
    type: letter.type,
    error: letter.error,
    tries: letter.tries,
    failedAt: letter.failedAt,
    batchId: batch.success ? batch.data : null,
    fileUploadId: letter.fileUploadId === null ? null : FileUploadId.parse(letter.fileUploadId),
    correlationId: letter.correlationId,
  }
}

async function readDisk(folder: string): Promise<NonNullable<SystemStatus['disk']>> {
  const { bavail, blocks, bsize } = await statfs(folder)
  return { folder, freeBytes: bavail * bsize, totalBytes: blocks * bsize }
}

/**
 * Hands dead letters of the school to their subscription again, in the order of the log. One that fails once
 * more stays, with its new error. Null when the school has none of those asked for.
 */
export async function replay(
  { bus }: Pick<StatusParts, 'bus'>,
  schoolId: SchoolId,
  which: { subscription: string; seq?: number },
): Promise<ReplayResult | null> {
  const { items } = await bus.listDeadLettersOfSchool(schoolId, { ...which, atMost: replayAtOnce })
  if (items.length === 0) return null
  const until = performance.now() + replayMs
  const result: ReplayResult = { replayed: 0, failed: [], left: 0 }
  for (const { subscription, seq } of items) {
    if (performance.now() > until) break
    try {
      await bus.replayDeadLetter(subscription, seq)
      result.replayed += 1
    } catch (error) {
      result.failed.push({ seq, error: describeError(error) })
    }
  }
  const { subscription } = which
  result.left = (await bus.listDeadLettersOfSchool(schoolId, { subscription, atMost: 1 })).count
  return result
}
