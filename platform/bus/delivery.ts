import { GiveUp, type Subscription } from '#platform/bus/bus.ts'
import { describeError, isTransient, Mistaken, Overtaken } from '#platform/bus/errors.ts'
import { createHistogram, type SubscriptionFigures } from '#platform/bus/figures.ts'
import type { Logger } from '#platform/bus/logger.ts'
import type { Stretch } from '#platform/bus/recent.ts'
import { groupRuns, type Prepared, prepareRuns } from '#platform/bus/runs.ts'
import { advance, insertDeadLetter, readMove, type LogRecord, type LogStore } from '#platform/bus/store.ts'
import type { Tail } from '#platform/bus/tail.ts'
import { type Database, setSchool, type Tx } from '#platform/database/database.ts'
import type { SchoolId } from '#contracts/common.ts'

const largestBatch = 500
/** No transaction should last longer; a batch that did is followed by smaller ones. */
const longestTransactionMs = 250
/** How long a position may lag behind events that the subscription does not hear. */
const idleAdvanceMs = 1000
/**
 * Under load a short wait gathers more events into one transaction: a third of the time in transactions at
 * most. A batch of one or two is no load, and does not wait; a full one does not either.
 */
const loadFrom = 3
const longestGatheringMs = 25
/** Waits before the second and the third try of an event; after the third, or 10 s, it is put aside. */
const retryWaitsMs = [100, 1000]
const poisonMs = 10_000
const prepareBatchMs = 60_000

export interface DeliveryOptions {
  subscription: Subscription
  database: Database
  store: LogStore
  tail: Tail
  logger: Logger
  /** What is to be waited for before the next batch is taken; null when nothing is. */
  standBack: () => Promise<void> | null
}

/**
 * One subscription's loop. It takes a batch, prepares it, and commits its effects together with its new
 * position; while that commits, the next batch is prepared. `advance` fences it: whoever finds the position
 * elsewhere rolls back, so two loops of one name never both commit a batch.
 */
export function createDelivery({ subscription, database, store, tail, logger, standBack }: DeliveryOptions) {
  const { name } = subscription
  const types = subscription.everything ? null : new Set(subscription.handlers.map((each) => each.event.type))
  const fullBatch = Math.max(1, subscription.batchSize ?? largestBatch)
  const prepares =
    subscription.prepareEverything !== undefined || subscription.handlers.some((handler) => handler.prepare)
  const handleSeconds = createHistogram()
  const figures = { handled: 0, failedTries: 0, deadLetters: 0, interruptions: 0 }

  let stopping: AbortController | null = null
  let running: Promise<void> = Promise.resolve()
  /** What the row in the database says, and how far this loop has looked; `rows` lie in between. */
  let committed = 0
  let cursor = 0
  let rows: number | null = 0
  /** Counts the requests to read the position again, and those that were met. */
  let reloadsAsked = 1
  let reloadsDone = 0
  let batchSize = fullBatch
  let waitingSince: string | null = null
  let rang = false
  let ring: (() => void) | null = null

  function wake(): void {
    rang = true
    ring?.()
  }

  /** Waits for a wake-up, `ms` at most, or for the end. */
  function rest(ms: number, signal: AbortSignal, forBell = true): Promise<void> {
    if (signal.aborted || (forBell && rang)) {
      if (forBell) rang = false
      return Promise.resolve()
    }
    return new Promise((resolve) => {
      const over = () => {
        clearTimeout(timer)
        signal.removeEventListener('abort', over)
        if (forBell) {
          ring = null
          rang = false
        }
        resolve()
      }
      const timer = setTimeout(over, ms)
      signal.addEventListener('abort', over)
      if (forBell) ring = over
    })
  }

  function standAt(position: number): void {
    committed = position
    cursor = position
    rows = 0
  }

  /** One transaction: the position, then what `work` does with the school of the first run; both go out at once. */
  async function commit(
    to: number,
    expected: number | null,
    school: string | null,
    handled: boolean,
    work: (tx: Tx) => Promise<void>,
  ): Promise<void> {
    const began = performance.now()
    await database.transaction(
      null,
      async (tx, opened) => {
        // The work is begun before its place is known to be good; when that is not, what it met does not count.
        const [answer, worked] = await Promise.allSettled([opened, work(tx)])
        if (answer.status === 'rejected') throw answer.reason
        const moved = readMove(answer.value)
        if (moved === 'overtaken') throw new Overtaken(`${name} has moved on from ${committed}`)
        if (moved === 'mistaken')
          throw new Mistaken(`the log between ${committed} and ${to} is not what was remembered`)
        if (worked.status === 'rejected') throw worked.reason
      },
      advance({ name, from: committed, to, rows: expected, school, handled }),
    )
    const ms = performance.now() - began
    if (handled) handleSeconds.observe(ms / 1000)
    if (ms > longestTransactionMs) batchSize = Math.max(1, batchSize >> 1)
    else if (ms < longestTransactionMs / 3) batchSize = Math.min(fullBatch, batchSize * 2)
    standAt(to)
  }

  async function handleRuns(tx: Tx, runs: readonly Prepared[]): Promise<void> {
    let school = runs[0]?.run.school
    for (const { run, prepared } of runs) {
      if (run.school !== school) await setSchool(tx, run.school as SchoolId)
      school = run.school
      await run.handle(tx, prepared)
    }
  }

  async function prepare(records: readonly LogRecord[], limitMs: number): Promise<Prepared[]> {
    const runs = groupRuns(subscription, records)
    return prepares ? prepareRuns(runs, limitMs) : runs.map((each) => ({ run: each, prepared: undefined }))
  }

  interface Batch extends Stretch {
    prepared: Promise<Prepared[]>
  }

  async function takeBatch(after: number): Promise<Batch> {
    const stretch = await tail.take(after, types, batchSize)
    const prepared = (async () => prepare(stretch.records, prepareBatchMs))()
    // Awaited later, or never when the loop ends first.
    prepared.catch(() => {})
    return { ...stretch, prepared }
  }

  const total = (a: number | null, b: number | null) => (a === null || b === null ? null : a + b)

  /** The whole batch in one transaction, with the preparation of the next one beside it. */
  async function handleBatch(batch: Batch): Promise<Batch | null> {
    const prepared = await batch.prepared
    const next = prepares ? takeBatch(batch.upTo) : null
    next?.catch(() => {})
    await commit(batch.upTo, total(rows, batch.rows), prepared[0]?.run.school ?? null, true, (tx) =>
      handleRuns(tx, prepared),
    )
    figures.handled += batch.records.length
    const ahead = next ? await next : null
    return ahead && ahead.records.length > 0 ? ahead : null
  }

  /**
   * One event in its own transaction: tried three times within ten seconds, then put aside. `failure` is how
   * it failed when it was a batch of its own: that was the first try.
   */
  async function handleAlone(record: LogRecord, signal: AbortSignal, failure: unknown): Promise<void> {
    const deadline = performance.now() + poisonMs
    let failed = failure
    for (let tries = 1; ; tries += 1) {
      try {
        if (failed !== undefined) throw failed
        const prepared = await prepare([record], deadline - performance.now())
        await commit(record.seq, null, record.schoolId, true, (tx) => handleRuns(tx, prepared))
        figures.handled += 1
        return
      } catch (error) {
        if (isTransient(error) || error instanceof Overtaken) throw error
        failed = undefined
        figures.failedTries += 1
        const wait = retryWaitsMs[tries - 1]
        if (error instanceof GiveUp || wait === undefined || performance.now() + wait >= deadline) {
          await putAside(record, describeError(error), tries)
          return
        }
        await rest(wait, signal, false)
        if (signal.aborted) return
      }
    }
  }

  async function putAside(record: LogRecord, error: string, tries: number): Promise<void> {
    await commit(record.seq, null, record.schoolId, false, (tx) =>
      insertDeadLetter(tx, { subscription: name, record, error, tries }),
    )
    figures.deadLetters += 1
    logger.error(
      { subscription: name, seq: record.seq, eventId: record.id, type: record.type, error, tries },
      'dead letter',
    )
  }

  /** After a batch threw: event by event, read from the table, so that only the poisonous one waits. */
  async function handleOneByOne(batch: Batch, failure: unknown, signal: AbortSignal): Promise<void> {
    const only = batch.records.length === 1 ? batch.records[0]?.seq : undefined
    while (committed < batch.upTo && !signal.aborted) {
      const { records } = await tail.readStretch(committed, types, largestBatch)
      const inside = records.filter((record) => record.seq <= batch.upTo)
      for (const record of inside) {
        waitingSince = record.rest.occurredAt
        await handleAlone(record, signal, record.seq === only ? failure : undefined)
        if (signal.aborted) return
      }
      if (inside.length < largestBatch) return
    }
  }

  /** How long to wait for more after a batch that took `ms`. */
  function gatheringMs(length: number, ms: number): number {
    if (length >= fullBatch / 2) return 0
    if (subscription.restMs !== undefined) return subscription.restMs
    return length >= loadFrom ? Math.min(2 * ms, longestGatheringMs) : 0
  }

  /** Only when there is nothing to handle: moves on over events that are not heard, about once a second. */
  async function advanceIdle(): Promise<void> {
    await commit(cursor, rows, null, false, async () => {})
  }

  async function run(signal: AbortSignal): Promise<void> {
    let next: Batch | null = null
    let troubles = 0
    let idleSince = performance.now()
    while (!signal.aborted) {
      try {
        if (reloadsDone < reloadsAsked) {
          const asked = reloadsAsked
          next = null
          standAt((await store.findPosition(name)) ?? 0)
          reloadsDone = asked
        }
        const stream = !next && cursor < tail.safe() ? standBack() : null
        if (stream) {
          waitingSince ??= new Date().toISOString()
          await stream
        }
        const batch: Batch = next ?? (await takeBatch(cursor))
        next = null
        if (batch.records.length > 0) {
          waitingSince = batch.records[0]?.rest.occurredAt ?? null
          const began = performance.now()
          try {
            next = await handleBatch(batch)
            const pause = next ? 0 : gatheringMs(batch.records.length, performance.now() - began)
            if (pause > 0) await rest(pause, signal, false)
          } catch (error) {
            if (isTransient(error) || error instanceof Overtaken || error instanceof Mistaken) throw error
            if (!(error instanceof GiveUp)) {
              logger.warn(
                { subscription: name, error: describeError(error) },
                'a batch failed; its events are handled one by one',
              )
            }
            await handleOneByOne(batch, error, signal)
          }
          idleSince = performance.now()
        } else {
          rows = total(rows, batch.rows)
          // After a server's crash the end of the log may for a moment be found further back.
          cursor = Math.max(cursor, batch.upTo)
          waitingSince = null
          if (cursor < tail.safe()) continue
          const due = idleSince + idleAdvanceMs - performance.now()
          if (cursor === committed) idleSince = performance.now()
          else if (due <= 0) {
            await advanceIdle()
            idleSince = performance.now()
          }
          await rest(cursor > committed ? Math.max(1, due) : 60_000, signal)
        }
        troubles = 0
      } catch (error) {
        reloadsAsked += 1
        if (error instanceof Mistaken) {
          tail.forget()
          continue
        }
        figures.interruptions += 1
        troubles += 1
        if (!(error instanceof Overtaken) && troubles === 1) {
          logger.warn({ subscription: name, error: describeError(error) }, 'interrupted; it will go on')
        }
        await rest(Math.min(50 * 2 ** troubles, 2000), signal, false)
      }
    }
  }

  return {
    subscription,
    types,
    wake,
    /** The position was changed behind its back: read it again before anything else. */
    reload(): void {
      reloadsAsked += 1
      wake()
    },
    assign(): void {
      if (stopping) return
      const controller = new AbortController()
      stopping = controller
      running = running.then(() => {
        reloadsAsked += 1
        return run(controller.signal)
      })
    },
    /** Resolves when the batch under way has committed or rolled back. */
    async unassign(): Promise<void> {
      stopping?.abort()
      stopping = null
      await running
    },
    assigned: () => stopping !== null,
    /** What this loop last knew the row to say. */
    committed: () => committed,
    /** True when everything up to `head` has been handled, as far as this process knows. */
    quietTo: (head: number) =>
      stopping !== null && reloadsDone === reloadsAsked && cursor >= head && waitingSince === null,
    figures: (): SubscriptionFigures => ({
      ...figures,
      assigned: stopping !== null,
      position: cursor,
      handleSeconds: handleSeconds.read(),
      oldestUnhandledSeconds: waitingSince ? Math.max(0, (Date.now() - Date.parse(waitingSince)) / 1000) : 0,
    }),
  }
}

export type Delivery = ReturnType<typeof createDelivery>
