import { randomUUID } from 'node:crypto'
import type { SchoolId } from '#contracts/common.ts'
import { sentinelSent, type Health } from '#contracts/health.ts'
import { newEvent, onEvent, type Bus, type Subscription } from '#platform/bus/bus.ts'
import type { Database } from '#platform/database/database.ts'
import { programCause } from '#platform/http/http.ts'

/** A part the program stands on; `probe` throws when it is down. An optional one names what the user loses. */
export interface Dependency {
  name: string
  required: boolean
  probe: () => Promise<void>
}

export interface HealthOptions {
  database: Database
  bus: Bus
  /** What this process runs. */
  services: readonly string[]
  schoolId: SchoolId
  dependencies: readonly Dependency[]
  /** Transactions of anyone that hold back the log: named in the answer. */
  listLongTransactions: () => Promise<
    { pid: number | null; application: string | null; preparedAs: string | null; seconds: number }[]
  >
}

const answerWithin = 2000
/** A sentinel that came back within this time proves that events are handled. */
const freshFor = 15_000
const publishEvery = 5_000

/** Ready means: every required part answers, every subscription is assigned, and a sentinel came back lately. */
export class HealthCheck {
  readonly #options: HealthOptions
  readonly #waiting = new Map<string, () => void>()
  #publishedAt = Number.NEGATIVE_INFINITY
  #returnedAt = Number.NEGATIVE_INFINITY
  #pending: Promise<void> | null = null

  readonly subscription: Subscription

  constructor(options: HealthOptions) {
    this.#options = options
    const { services } = options
    this.subscription = {
      // Processes that run different services each prove their own path.
      name: services.includes('files') ? 'health' : `health.${services.join('-')}`,
      from: 'now',
      handlers: [
        onEvent({
          event: sentinelSent,
          handle: async (_tx, events) => {
            this.#returnedAt = performance.now()
            for (const event of events) this.#waiting.get(event.data.nonce)?.()
          },
        }),
      ],
    }
  }

  /** At most one sentinel in five seconds, and only while somebody asks. */
  async #provePath(): Promise<void> {
    const now = performance.now()
    if (now - this.#returnedAt < publishEvery) return
    if (now - this.#publishedAt < publishEvery && this.#pending) return this.#pending
    this.#publishedAt = now
    this.#pending = this.#sendSentinel()
    return this.#pending
  }

  async #sendSentinel(): Promise<void> {
    const { database, bus, schoolId } = this.#options
    const nonce = randomUUID()
    const returned = new Promise<void>((resolve) => this.#waiting.set(nonce, resolve))
    try {
      await database.transaction(schoolId, (tx) =>
        bus.publish(tx, [
          newEvent({ event: sentinelSent, schoolId, key: 'health', cause: programCause(), data: { nonce } }),
        ]),
      )
      await withDeadline(returned, answerWithin - 200)
    } finally {
      this.#waiting.delete(nonce)
    }
  }

  /** The detailed answer, within two seconds even when nothing behind it answers. */
  async read(): Promise<Health> {
    const { bus, dependencies, services } = this.#options
    const proven = withDeadline(this.#provePath(), answerWithin - 100).catch(() => {})
    const [states, subscriptions, held] = await Promise.all([
      Promise.all(dependencies.map(probe)),
      withDeadline(bus.health(), answerWithin - 200).catch(() => []),
      withDeadline(this.#options.listLongTransactions(), answerWithin - 200).catch(() => []),
      proven,
    ])
    const own = subscriptions.find(({ name }) => name === this.subscription.name)
    // Handled by a process that runs the same services: it came back all the same.
    const handledAt = own?.lastHandledAt ? Date.parse(own.lastHandledAt) : Number.NEGATIVE_INFINITY
    const fresh = performance.now() - this.#returnedAt < freshFor || Date.now() - handledAt < freshFor
    const all: Health['dependencies'] = [
      ...states,
      fresh
        ? { name: 'event log', required: true, status: 'up' }
        : {
            name: 'event log',
            required: true,
            status: 'down',
            error: 'no event came back in the last 15 seconds',
          },
      ...held.map((each) => ({
        name:
          each.preparedAs === null
            ? `transaction of ${each.application || 'an unnamed program'} (process ${each.pid})`
            : `prepared transaction ${each.preparedAs}`,
        required: false,
        status: 'down' as const,
        error: `has been writing for ${Math.round(each.seconds)} s and holds back the event log; end it in the database`,
      })),
    ]
    const down = all.filter((part) => part.status === 'down')
    const assigned = subscriptions.length > 0 && subscriptions.every((subscription) => subscription.assigned)
    const status =
      down.some((part) => part.required) || !assigned ? 'unready' : down.length > 0 ? 'degraded' : 'ready'
    return { status, services: [...services], dependencies: all, subscriptions }
  }
}

async function probe(part: Dependency): Promise<Health['dependencies'][number]> {
  const { name, required } = part
  try {
    await withDeadline(part.probe(), answerWithin - 300)
    return { name, required, status: 'up' }
  } catch (error) {
    return {
      name,
      required,
      status: 'down',
      error: error instanceof Error ? error.message : 'does not answer',
    }
  }
}

async function withDeadline<T>(work: Promise<T>, milliseconds: number): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  try {
    return await Promise.race([
      work,
      new Promise<never>((_, reject) => {
        timer = setTimeout(() => reject(new Error(`no answer within ${milliseconds} ms`)), milliseconds)
      }),
    ])
  } finally {
    clearTimeout(timer)
  }
}
