import type { LogRecord } from '#platform/bus/store.ts'

/** Events a subscription may take from memory: `rows` is how many the log holds between `after` and `upTo`. */
export interface Stretch {
  records: LogRecord[]
  upTo: number
  /** Null when it was not counted. */
  rows: number | null
}

/**
 * The newest settled events, and those above the settled prefix that have been seen already. Bounded: what
 * falls out is read from the table. It is a guess that the subscription's transaction checks (see `advance`).
 */
export function createRecent(capacity: number) {
  /** In order of seq, all settled; complete above `floor`. */
  let settled: LogRecord[] = []
  let floor = 0
  const ahead = new Map<number, LogRecord>()

  function indexAfter(seq: number): number {
    let low = 0
    let high = settled.length
    while (low < high) {
      const middle = (low + high) >> 1
      if ((settled[middle] as LogRecord).seq <= seq) low = middle + 1
      else high = middle
    }
    return low
  }

  return {
    /** Forgets everything; what is at or below `safe` must be read from the table. */
    reset(safe: number): void {
      settled = []
      floor = safe
      ahead.clear()
    },
    /** Remembers an event above the settled prefix, unless it is too far ahead to be worth it. */
    note(record: LogRecord, safe: number): void {
      if (record.seq <= safe + capacity) ahead.set(record.seq, record)
    },
    has: (seq: number): boolean => ahead.has(seq),
    /** The prefix grew by exactly the events noted in it. */
    settleTo(safe: number, from: number): void {
      if (ahead.size > 0) {
        if (safe - from <= ahead.size) {
          for (let seq = from + 1; seq <= safe; seq += 1) {
            const record = ahead.get(seq)
            if (!record) continue
            settled.push(record)
            ahead.delete(seq)
          }
        } else {
          const grown = [...ahead.keys()].filter((seq) => seq <= safe).sort((a, b) => a - b)
          for (const seq of grown) {
            settled.push(ahead.get(seq) as LogRecord)
            ahead.delete(seq)
          }
        }
      }
      if (settled.length > 2 * capacity) {
        settled = settled.slice(-capacity)
        floor = (settled[0] as LogRecord).seq - 1
      }
    },
    /** Drops what was noted but a statement has shown not to exist. */
    keepOnly(upTo: number, exist: ReadonlySet<number>): void {
      for (const seq of ahead.keys()) if (seq <= upTo && !exist.has(seq)) ahead.delete(seq)
    },
    /** The next events a subscription hears, or null when `after` is older than what is remembered. */
    take(after: number, safe: number, hears: (type: string) => boolean, atMost: number): Stretch | null {
      if (after < floor) return null
      const records: LogRecord[] = []
      let rows = 0
      for (let at = indexAfter(after); at < settled.length; at += 1) {
        const record = settled[at] as LogRecord
        rows += 1
        if (!hears(record.type)) continue
        records.push(record)
        if (records.length === atMost) return { records, upTo: record.seq, rows }
      }
      return { records, upTo: safe, rows }
    },
    oldestAhead: (): LogRecord | undefined => ahead.values().next().value,
  }
}
