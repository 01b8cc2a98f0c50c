import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { hasHole, settle, type Settled, type SettleRule } from './settled.ts'

/** Writers and one reader, as PostgreSQL orders them: ids and values are drawn at once, commits come when they come. */
interface Writer {
  xid: bigint
  seqs: number[]
}

type Step = { do: 'begin' | 'look' | 'barrier' } | { do: 'draw' | 'commit' | 'abort'; who: number }

const steps = fc.array(
  fc.oneof(
    { weight: 3, arbitrary: fc.constantFrom<Step>({ do: 'begin' }, { do: 'barrier' }) },
    { weight: 3, arbitrary: fc.constant<Step>({ do: 'look' }) },
    {
      weight: 6,
      arbitrary: fc.record({
        do: fc.constantFrom('draw' as const, 'commit' as const, 'abort' as const),
        who: fc.nat(9),
      }),
    },
  ),
  { minLength: 20, maxLength: 60, size: 'max' },
)

interface Reader {
  rule: SettleRule
  /** The id that `barrier` draws: a right reader uses one of its own. */
  draw?: (log: Log) => bigint
  /** What the barrier covers: a right reader takes what it has seen before it drew the id. */
  covers?: (log: Log, state: Settled) => number
  limit?: number
}

interface Log {
  nextXid: bigint
  nextSeq: number
  latestCompleted: bigint
}

/** Runs a schedule. Returns a value that was passed over and committed later, or was never reached at the end. */
function run(
  { rule, draw, covers, limit = 1000 }: Reader,
  schedule: readonly Step[],
): { lost: number[]; stuck: boolean } {
  const log: Log = { nextXid: 10n, nextSeq: 1, latestCompleted: 9n }
  const live: Writer[] = []
  const committed = new Set<number>()
  const delivered = new Set<number>()
  let state: Settled = { safe: 0, highest: 0, barrier: null }

  const end = (xid: bigint) => {
    if (xid > log.latestCompleted) log.latestCompleted = xid
  }
  const look = () => {
    const xmin = live.reduce((least, { xid }) => (xid < least ? xid : least), log.latestCompleted + 1n)
    const all = [...committed].filter((seq) => seq > state.safe).sort((a, b) => a - b)
    const seqs = all.slice(0, limit)
    state = rule(state, { xmin, seqs, complete: seqs.length < limit })
    for (const seq of seqs) if (seq <= state.safe) delivered.add(seq)
  }
  const barrier = () => {
    if (state.barrier || !hasHole(state)) return
    const upTo = covers ? covers(log, state) : state.highest
    const xid = draw ? draw(log) : log.nextXid
    if (!draw) {
      log.nextXid += 1n
      end(xid)
    }
    state = { ...state, barrier: { xid, upTo } }
  }
  const finish = (at: number, commits: boolean) => {
    const [writer] = live.splice(at, 1)
    if (!writer) return
    if (commits) for (const seq of writer.seqs) committed.add(seq)
    end(writer.xid)
  }
  for (const step of schedule) {
    const at = 'who' in step && live.length > 0 ? step.who % live.length : -1
    if (step.do === 'begin') live.push({ xid: log.nextXid++, seqs: [] })
    else if (step.do === 'look') look()
    else if (step.do === 'barrier') barrier()
    else if (at >= 0 && step.do === 'draw') live[at]?.seqs.push(log.nextSeq++)
    else if (at >= 0) finish(at, step.do === 'commit')
  }
  while (live.length > 0) finish(0, live.length % 2 === 0)
  for (let tries = 0; tries < 30; tries += 1) {
    look()
    barrier()
  }
  const lost = [...committed].filter((seq) => !delivered.has(seq) && seq <= state.safe)
  return { lost, stuck: state.safe < Math.max(0, ...committed) }
}

const keepsAll = (reader: Reader) => (schedule: readonly Step[]) => {
  const { lost, stuck } = run(reader, schedule)
  return lost.length === 0 && !stuck
}

describe('the settled prefix', () => {
  it('never passes over a value that a live writer may still commit, and reaches the end when all have ended', () => {
    fc.assert(fc.property(steps, keepsAll({ rule: settle })), { numRuns: 5000, seed: 20261121 })
  })

  it('holds when a statement sees only a few rows', () => {
    fc.assert(
      fc.property(steps, fc.integer({ min: 1, max: 3 }), (schedule, limit) =>
        keepsAll({ rule: settle, limit })(schedule),
      ),
      {
        numRuns: 5000,
        seed: 20261121,
      },
    )
  })

  it('keeps the late writer: a later id with an earlier value that commits last', () => {
    const schedule: Step[] = [
      { do: 'begin' },
      { do: 'begin' },
      { do: 'draw', who: 1 },
      { do: 'draw', who: 0 },
      { do: 'commit', who: 0 },
      { do: 'look' },
      { do: 'barrier' },
      { do: 'look' },
      { do: 'look' },
      { do: 'commit', who: 0 },
    ]
    expect(run({ rule: settle }, schedule)).toEqual({ lost: [], stuck: false })
    expect(run(snapshotMaximum, schedule).lost).toEqual([1])
  })
})

/** The tempting rule: the snapshot's xmax instead of an id of one's own. A live writer may stand at it. */
const snapshotMaximum: Reader = {
  rule: (state, seen) =>
    settle({ ...state, barrier: state.barrier && { ...state.barrier, xid: state.barrier.xid - 1n } }, seen),
  draw: (log) => log.latestCompleted + 1n,
}

const wrongReaders: Record<string, Reader> = {
  'asks for what is above the last it saw': {
    rule: (state, seen) => {
      const safe = seen.seqs.at(-1) ?? state.safe
      return { safe, highest: safe, barrier: null }
    },
  },
  "takes the snapshot's xmax for a barrier": snapshotMaximum,
  'covers what was drawn after the barrier': {
    rule: settle,
    covers: (log) => log.nextSeq + 2,
  },
  'skips when xmin has reached the barrier of a younger id': {
    rule: (state, seen) => settle(state, { ...seen, xmin: seen.xmin + 2n }),
  },
}

describe('a planted wrong reader is found out', () => {
  for (const [mistake, reader] of Object.entries(wrongReaders)) {
    it(`one that ${mistake}`, () => {
      const found = fc.check(fc.property(steps, keepsAll(reader)), { numRuns: 5000, seed: 20261121 })
      expect(found.failed).toBe(true)
    })
  }
})
