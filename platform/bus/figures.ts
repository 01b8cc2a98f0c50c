/** Seconds; the last bucket has no bound. */
const bounds = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10]

/** Counts per bucket, as a metrics page shows them. */
export interface Histogram {
  /** Observations at or below `le` seconds; the last is of them all. */
  buckets: { le: number; count: number }[]
  sum: number
  count: number
}

export function createHistogram() {
  const counts = Array.from({ length: bounds.length + 1 }, () => 0)
  let sum = 0
  return {
    observe(seconds: number): void {
      sum += seconds
      const at = bounds.findIndex((bound) => seconds <= bound)
      const bucket = at === -1 ? bounds.length : at
      counts[bucket] = (counts[bucket] ?? 0) + 1
    },
    read(): Histogram {
      let count = 0
      const buckets = counts.map((here, at) => {
        count += here
        return { le: bounds[at] ?? Number.POSITIVE_INFINITY, count }
      })
      return { buckets, sum, count }
    },
  }
}

export interface SubscriptionFigures {
  assigned: boolean
  position: number
  handled: number
  /** Tries of single events that threw; errors of the database itself are not among them. */
  failedTries: number
  deadLetters: number
  /** Rolled back because the database was away or busy, or another process was faster. */
  interruptions: number
  /** From the opening of a batch's transaction to its commit. */
  handleSeconds: Histogram
  /** 0 when nothing waits. */
  oldestUnhandledSeconds: number
}

export interface TailFigures {
  /** The end of the gap-free prefix, and the highest sequence value seen. */
  safe: number
  highest: number
  /** Statements that read the log's end, barriers drawn, values skipped because nothing will fill them. */
  looks: number
  barriers: number
  skipped: number
}

/** A plain snapshot of this process's figures; the metrics page registers them elsewhere. */
export interface BusMetrics {
  published: number
  publishFailures: number
  publishSeconds: Histogram
  notifications: number
  tail: TailFigures
  subscriptions: Record<string, SubscriptionFigures>
}
