import type { SubscriptionHealth } from '#platform/bus/bus.ts'
import type { Delivery } from '#platform/bus/delivery.ts'
import { isTransient } from '#platform/bus/errors.ts'
import type { LogStore } from '#platform/bus/store.ts'
import type { Tail } from '#platform/bus/tail.ts'

/** The health page must answer within 2 s, with or without a database. */
const healthMs = 1500
/** A lag is counted up to here; beyond, the distance in the log stands for it. */
const countedLag = 10_000

interface Standing {
  position: number
  lag: number
  lastHandledAt: Date | null
}

export interface StandingOptions {
  store: LogStore
  tail: Tail
  deliveries: ReadonlyMap<string, Delivery>
}

/** Where the subscriptions of this process stand, whichever process handles them. */
export function createStanding({ store, tail, deliveries }: StandingOptions) {
  /** How many events each one hears are still before it, up to `head`. */
  async function listStandings(head: number): Promise<Map<string, Standing>> {
    const rows = new Map((await store.listSubscriptions()).map((row) => [row.name, row]))
    const standings = new Map<string, Standing>()
    for (const [name, { types }] of deliveries) {
      const row = rows.get(name)
      const position = row?.position ?? 0
      const behind = Math.max(0, head - position)
      const lag = behind && (await store.countEvents(position, head, types && [...types], countedLag))
      standings.set(name, {
        position,
        lag: lag < countedLag ? lag : behind,
        lastHandledAt: row?.lastHandledAt ?? null,
      })
    }
    return standings
  }

  async function listUnquiet(head: number): Promise<string[]> {
    const open = [...deliveries].filter(([, each]) => !each.quietTo(head)).map(([name]) => name)
    // Below the head a hole may still be filled. A process that has not started reads only positions.
    if (open.length === 0 || (tail.follows() && tail.safe() < head)) return open
    const standings = await listStandings(head)
    return open.filter((name) => standings.get(name)?.lag !== 0)
  }

  async function readHealthThere(): Promise<SubscriptionHealth[]> {
    const { highest } = await store.readHead()
    const standings = await listStandings(highest)
    const names = [...deliveries.keys()]
    const elsewhere = new Set(await store.listAssigned(names))
    return names.map((name) => {
      const { position, lag, lastHandledAt } = standings.get(name) as Standing
      const assigned = deliveries.get(name)?.assigned() === true || elsewhere.has(name)
      return { name, assigned, position, lag, lastHandledAt: lastHandledAt?.toISOString() ?? null }
    })
  }

  /** What memory knows when the database does not answer. */
  function recallHealth(): SubscriptionHealth[] {
    const { highest } = tail.figures()
    return [...deliveries].map(([name, each]) => {
      const position = each.committed()
      return { name, assigned: false, position, lag: Math.max(0, highest - position), lastHandledAt: null }
    })
  }

  return {
    async readHealth(): Promise<SubscriptionHealth[]> {
      let timer: NodeJS.Timeout | undefined
      const late = new Promise<SubscriptionHealth[]>((resolve) => {
        timer = setTimeout(() => resolve(recallHealth()), healthMs)
      })
      try {
        return await Promise.race([readHealthThere().catch(recallHealth), late])
      } finally {
        clearTimeout(timer)
      }
    },

    /** When the oldest event that waits was published, by subscription; whichever process handles it. */
    async listWaiting(): Promise<Map<string, string>> {
      const { highest } = await store.readHead()
      const waiting = new Map<string, string>()
      for (const { name, position } of await store.listSubscriptions()) {
        const types = deliveries.get(name)?.types
        if (types === undefined || position >= highest) continue
        const [oldest] = await store.readEvents(position, highest, types && [...types], 1)
        if (oldest) waiting.set(name, oldest.rest.occurredAt)
      }
      return waiting
    },

    async whenQuiet(timeoutMs: number): Promise<void> {
      const until = performance.now() + timeoutMs
      let head: number | null = null
      for (;;) {
        let waiting = 'the database did not answer'
        try {
          head ??= (await store.readHead()).highest
          const open = await listUnquiet(head)
          if (open.length === 0) return
          waiting = `${open.join(', ')} before ${head}`
        } catch (error) {
          if (!isTransient(error)) throw error
        }
        if (performance.now() > until) throw new Error(`not quiet after ${timeoutMs} ms: ${waiting}`)
        if (head !== null && tail.safe() < head) tail.wake()
        await new Promise((resolve) => setTimeout(resolve, 10))
      }
    },
  }
}
