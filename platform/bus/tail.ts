import type { ClientBase } from 'pg'
import type { TailFigures } from '#platform/bus/figures.ts'
import { createRecent, type Stretch } from '#platform/bus/recent.ts'
import { hasHole, settle, type Settled, type SettleRule } from '#platform/bus/settled.ts'
import type { LogRecord, LogStore } from '#platform/bus/store.ts'

/** A statement reads at most this many rows of the log's end. */
const lookSize = 1000
/** Events remembered for the subscriptions of this process, up to twice as many: 2 kB each. */
const remembered = 2_500
/** A writer of this process reports its commit itself; only after so long is a hole worth a statement. */
const patienceMs = 5

export interface TailOptions {
  store: LogStore
  pollMs: number
  /** The direct connection while there is one. */
  session: () => ClientBase | null
  /** For a test that plants a wrong rule. */
  rule?: SettleRule
  onGrown: () => void
  onTrouble: (error: unknown) => void
}

/**
 * One per process: follows the end of the log and keeps the settled prefix. What this process committed itself
 * reaches it in memory; the rest is read on a wake-up, or at the latest at the next poll.
 */
export function createTail({ store, pollMs, session, rule = settle, onGrown, onTrouble }: TailOptions) {
  let state: Settled = { safe: 0, highest: 0, barrier: null }
  const recent = createRecent(remembered)
  const figures: Omit<TailFigures, 'safe' | 'highest'> = { looks: 0, barriers: 0, skipped: 0 }
  let running = false
  let looking: Promise<void> | null = null
  let lookAgain = false
  let timer: NodeJS.Timeout | undefined
  let timerAt = Number.POSITIVE_INFINITY
  let grownAt = 0
  let waitMs = patienceMs
  let troubles = 0
  /** The server may have lost its last commits with its crash (`synchronous_commit = off`), and their places. */
  let doubtful = false

  function lookIn(ms: number): void {
    const at = performance.now() + ms
    if (!running || at >= timerAt) return
    clearTimeout(timer)
    timerAt = at
    timer = setTimeout(() => {
      timerAt = Number.POSITIVE_INFINITY
      const patience = grownAt + patienceMs - performance.now()
      // The prefix grew while this hole was waited for: what is open now is younger.
      if (hasHole(state) && patience > 0) lookIn(patience)
      else wake()
    }, ms)
  }

  function become(next: Settled): void {
    const before = state.safe
    state = next
    if (state.safe === before) return
    grownAt = performance.now()
    waitMs = patienceMs
    recent.settleTo(state.safe, before)
    onGrown()
  }

  /**
   * Begins at the end of the log when a barrier shows that it is settled, else where some subscription
   * stands: positions lie in the settled prefix.
   */
  async function findEnd(): Promise<void> {
    const { highest } = await store.readHead()
    const xid = await store.drawBarrier()
    const later = await store.readHead()
    const positions = (await store.listSubscriptions()).map((row) => row.position)
    const safe = Math.max(0, ...positions, later.xmin > xid ? highest : 0)
    state = { safe, highest: Math.max(safe, highest), barrier: null }
    recent.reset(safe)
    doubtful = false
  }

  async function look(): Promise<void> {
    if (doubtful) {
      await findEnd()
      onGrown()
    }
    figures.looks += 1
    const before = state.safe
    const { xmin, records } = await store.look(before, lookSize, session())
    const complete = records.length < lookSize
    // What this process committed meanwhile may have moved the prefix into what was read.
    const fresh = records.filter((record) => record.seq > state.safe)
    const seqs = new Set<number>()
    for (const record of fresh) {
      seqs.add(record.seq)
      // Without a bound: what a passed barrier settles must all be remembered.
      recent.note(record, Number.POSITIVE_INFINITY)
    }
    const settledTo = rule(state, { xmin, seqs: [...seqs], complete })
    if (settledTo.safe > state.safe) {
      // A barrier passed: what memory believed of the stretch gives way to what was read.
      recent.keepOnly(settledTo.safe, seqs)
      figures.skipped += settledTo.safe - state.safe - [...seqs].filter((seq) => seq <= settledTo.safe).length
    }
    become({ ...settledTo, highest: Math.max(state.highest, settledTo.highest) })
    growByMemory()
    if (!complete) lookAgain = true
    else if (hasHole(state) && !state.barrier && before === state.safe) await raiseBarrier()
  }

  /** The second look saw the same hole: from now on its writer's end can be told. */
  async function raiseBarrier(): Promise<void> {
    const upTo = state.highest
    const xid = await store.drawBarrier()
    figures.barriers += 1
    state = { ...state, barrier: { xid, upTo } }
    lookAgain = true
  }

  function growByMemory(): void {
    let { safe } = state
    while (recent.has(safe + 1)) safe += 1
    if (safe === state.safe) return
    const { barrier } = state
    become({ ...state, safe, barrier: barrier && barrier.upTo > safe ? barrier : null })
  }

  /** One look at a time; a wake-up during it causes one more. */
  function wake(): void {
    if (!running) return
    if (looking) {
      lookAgain = true
      return
    }
    looking = (async () => {
      try {
        do {
          lookAgain = false
          await look()
        } while (lookAgain && running)
        troubles = 0
        if (hasHole(state)) {
          lookIn(waitMs)
          waitMs = Math.min(waitMs * 2, pollMs, 250)
        } else lookIn(pollMs)
      } catch (error) {
        if (troubles === 0) onTrouble(error)
        troubles += 1
        doubtful = true
        lookIn(Math.min(100 * 2 ** troubles, 2000))
      } finally {
        looking = null
      }
    })()
  }

  return {
    wake,
    /** Events that this process has just committed. No statement is needed when they continue the prefix. */
    committed(records: readonly LogRecord[]): void {
      let { highest } = state
      for (const record of records) {
        if (record.seq <= state.safe) continue
        recent.note(record, state.safe)
        highest = Math.max(highest, record.seq)
      }
      state = { ...state, highest }
      growByMemory()
      if (hasHole(state)) lookIn(patienceMs)
    },
    async start(): Promise<void> {
      await findEnd()
      running = true
      wake()
    },
    async stop(): Promise<void> {
      running = false
      clearTimeout(timer)
      timerAt = Number.POSITIVE_INFINITY
      await looking
    },
    safe: () => state.safe,
    follows: () => running,
    /** The server may have been away: find the end of the log anew. */
    doubt(): void {
      doubtful = true
      wake()
    },
    /** Nothing in memory is to be trusted: subscriptions read the table until they have caught up. */
    forget(): void {
      recent.reset(state.safe)
      wake()
    },
    /** The next events above `after` that a subscription hears; from the table when it is far behind. */
    async take(after: number, types: ReadonlySet<string> | null, atMost: number): Promise<Stretch> {
      const { safe } = state
      const remembered = recent.take(after, safe, (type) => !types || types.has(type), atMost)
      if (remembered) return remembered
      return readStretch(store, after, safe, types, atMost)
    },
    readStretch: (after: number, types: ReadonlySet<string> | null, atMost: number) =>
      readStretch(store, after, state.safe, types, atMost),
    figures: (): TailFigures => ({ ...figures, safe: state.safe, highest: state.highest }),
    oldestAhead: () => recent.oldestAhead(),
  }
}

export type Tail = ReturnType<typeof createTail>

/** Bounded, so that one statement stays short when a subscription hears little of a long log. */
async function readStretch(
  store: LogStore,
  after: number,
  safe: number,
  types: ReadonlySet<string> | null,
  atMost: number,
): Promise<Stretch> {
  const end = Math.min(safe, after + 20_000)
  const records = await store.readEvents(after, end, types && [...types], atMost)
  const upTo = records.length < atMost ? end : (records.at(-1) as LogRecord).seq
  return { records, upTo, rows: null }
}
