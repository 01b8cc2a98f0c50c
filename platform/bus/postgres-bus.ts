import { v7 as uuidv7 } from 'uuid'
import {
  type Bus,
  type DeadLetter,
  type NewEvent,
  type SchoolDeadLetter,
  type Subscription,
} from '#platform/bus/bus.ts'
import { createAssignments, words } from '#platform/bus/assignments.ts'
import { createDelivery, type Delivery } from '#platform/bus/delivery.ts'
import { describeError, isTransient } from '#platform/bus/errors.ts'
import { type BusMetrics, createHistogram } from '#platform/bus/figures.ts'
import { createStanding } from '#platform/bus/standing.ts'
import { type Logger, silent } from '#platform/bus/logger.ts'
import {
  createLogStore,
  deleteDeadLetter,
  insertEvents,
  listDeadLettersOfSchool,
  type LogRecord,
  type LongTransaction,
  noteFailedReplay,
} from '#platform/bus/store.ts'
import { groupRuns, prepareRuns } from '#platform/bus/runs.ts'
import type { SettleRule } from '#platform/bus/settled.ts'
import { createTail } from '#platform/bus/tail.ts'
import { afterCommit, behindCommit, type Database, type Tx } from '#platform/database/database.ts'
import type { SchoolId } from '#contracts/common.ts'

export interface PostgresBusOptions {
  database: Database
  logger?: Logger
  /** The floor under wake-ups; 1 s unless said. */
  pollMs?: number
  /** Shown by the server as the name of the direct connection. */
  applicationName?: string
  /** Subscriptions take the next batch when this has resolved; at once when it gives null. */
  standBack?: () => Promise<void> | null
  /** For a test that plants a wrong rule. */
  rule?: SettleRule
}

export interface PostgresBus extends Bus {
  metrics(): BusMetrics
  /** Dead letters of one school, the oldest first, and how many there are in all of those asked for. */
  listDeadLettersOfSchool(
    school: SchoolId,
    which: { subscription?: string; seq?: number; atMost: number },
  ): Promise<{ count: number; items: SchoolDeadLetter[] }>
  /** When the oldest event that a subscription has not handled was published; those where nothing waits are absent. */
  listWaiting(): Promise<Map<string, string>>
  /** Writing transactions of anybody that hold back the log for over 30 s: for the health page to name. */
  listLongTransactions(olderThanSeconds?: number): Promise<LongTransaction[]>
}

/** The log in PostgreSQL: see README.md for the rule that keeps it free of gaps. */
export function createPostgresBus(options: PostgresBusOptions): PostgresBus {
  const { database, logger = silent, pollMs = 1000 } = options
  const store = createLogStore(database)
  const deliveries = new Map<string, Delivery>()
  const publishSeconds = createHistogram()
  /** Transactions that publish, and whether the others hear of them from a word behind the commit. */
  const told = new WeakMap<Tx, boolean>()
  let published = 0
  let publishFailures = 0
  let started = false

  const tail = createTail({
    store,
    pollMs,
    session: () => assignments.session(),
    ...(options.rule ? { rule: options.rule } : {}),
    onGrown() {
      for (const delivery of deliveries.values()) delivery.wake()
    },
    onTrouble: (error) =>
      logger.warn({ error: describeError(error) }, 'the log cannot be read; it will be tried again'),
  })

  const assignments = createAssignments({
    connectionString: database.connectionString,
    applicationName: options.applicationName ?? 'assay bus',
    pollMs,
    logger,
    standing: () => new Map([...deliveries].map(([name, each]) => [name, each.committed()])),
    wanted: () =>
      [...deliveries.values()].filter((each) => !each.assigned()).map((each) => each.subscription.name),
    onAssigned: (name) => deliveries.get(name)?.assign(),
    onLost() {
      tail.doubt()
      for (const delivery of deliveries.values()) void delivery.unassign()
    },
    onMovedBack: (name) => deliveries.get(name)?.reload(),
    onWord(word) {
      if (word === words.grown || word === words.joined) tail.wake()
      if (word === words.restarted) for (const delivery of deliveries.values()) delivery.reload()
    },
  })

  async function publish(tx: Tx, events: readonly NewEvent[]): Promise<void> {
    if (events.length === 0) return
    const made = events.map(toNewRecord)
    const began = performance.now()
    try {
      const places = await insertEvents(tx, made)
      publishSeconds.observe((performance.now() - began) / 1000)
      published += made.length
      if (!told.has(tx)) {
        told.set(tx, false)
        behindCommit(tx, () => assignments.ride(() => told.set(tx, true)))
      }
      afterCommit(tx, () => {
        // A process without subscriptions has no tail to feed.
        if (started && deliveries.size > 0) {
          tail.committed(
            made.map(({ payload, ...record }) => ({
              ...record,
              seq: places.get(record.id) as number,
              rest: JSON.parse(payload) as LogRecord['rest'],
            })),
          )
        }
        if (!told.get(tx)) assignments.tell(words.grown)
      })
    } catch (error) {
      publishFailures += 1
      throw error
    }
  }

  function delivery(name: string): Delivery {
    const found = deliveries.get(name)
    if (!found) throw new Error(`${name} is not a subscription of this process`)
    return found
  }

  const standing = createStanding({ store, tail, deliveries })

  return {
    publish,
    subscribe(subscription: Subscription) {
      if (started) throw new Error(`${subscription.name} subscribes to a bus that has started`)
      if (deliveries.has(subscription.name))
        throw new Error(`two subscriptions are called ${subscription.name}`)
      const { standBack = () => null } = options
      deliveries.set(
        subscription.name,
        createDelivery({ subscription, database, store, tail, logger, standBack }),
      )
    },
    async start() {
      if (started) throw new Error('the bus has started already')
      if (deliveries.size > 0) await tail.start()
      for (const { subscription } of deliveries.values()) {
        await store.insertSubscription(subscription.name, subscription.from === 'now' ? tail.safe() : 0)
      }
      started = true
      await assignments.start()
    },
    async stop() {
      if (!started) return
      started = false
      await assignments.stop(() => Promise.all([...deliveries.values()].map((each) => each.unassign())))
      await tail.stop()
    },
    health: standing.readHealth,
    async listDeadLetters(): Promise<DeadLetter[]> {
      const letters = await store.listDeadLetters()
      return letters.map(({ failedAt, ...letter }) => ({
        ...letter,
        failedAt: failedAt.toISOString(),
      }))
    },
    listDeadLettersOfSchool: (school, which) =>
      database.transaction(school, (tx) => listDeadLettersOfSchool(tx, which)),
    async replayDeadLetter(name, seq) {
      const { subscription } = delivery(name)
      const letter = (await store.listDeadLetters()).find(
        (each) => each.subscription === name && each.seq === seq,
      )
      const [record] = letter ? await store.readEvents(seq - 1, seq, null, 1) : []
      if (!record) throw new Error(`${name} has no dead letter ${seq}`)
      const school = record.schoolId as SchoolId
      try {
        const runs = await prepareRuns(groupRuns(subscription, [record]), 60_000)
        await database.transaction(school, async (tx) => {
          if (!(await deleteDeadLetter(tx, name, seq))) throw new Error(`${name} has no dead letter ${seq}`)
          for (const { run, prepared } of runs) await run.handle(tx, prepared)
        })
      } catch (error) {
        if (!isTransient(error))
          await database.transaction(school, (tx) =>
            noteFailedReplay(tx, { subscription: name, seq, error: describeError(error) }),
          )
        throw error
      }
    },
    async replayFromBeginning(name) {
      const replayed = delivery(name)
      await store.restartSubscription(name)
      replayed.reload()
      assignments.tell(words.restarted)
    },
    listWaiting: standing.listWaiting,
    whenQuiet: standing.whenQuiet,
    metrics: () => ({
      published,
      publishFailures,
      publishSeconds: publishSeconds.read(),
      notifications: assignments.notifications(),
      tail: tail.figures(),
      subscriptions: Object.fromEntries([...deliveries].map(([name, each]) => [name, each.figures()])),
    }),
    listLongTransactions: (olderThanSeconds = 30) => store.listLongTransactions(olderThanSeconds),
  }
}

/** Throws a programming error when `data` does not fit the event's definition; says where, never what. */
function toNewRecord({ id, event, schoolId, key, fileUploadId, cause, data }: NewEvent) {
  const parsed = event.data.safeParse(data)
  if (!parsed.success) {
    const where = parsed.error.issues.map((issue) => `${issue.path.join('.') || '(data)'} ${issue.code}`)
    throw new TypeError(`${event.type} v${event.version} cannot be published: ${where.join(', ')}`)
  }
  const { correlationId, causationId, actor, traceparent } = cause
  const payload = JSON.stringify({
    occurredAt: new Date().toISOString(),
    correlationId,
    causationId,
    actor,
    traceparent,
    data: parsed.data,
  })
  return {
    id: id ?? uuidv7(),
    type: event.type,
    version: event.version,
    key,
    schoolId,
    fileUploadId: fileUploadId ?? null,
    payload,
  }
}
