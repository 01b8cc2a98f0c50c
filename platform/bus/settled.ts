// Which prefix of the log is settled: every sequence value in it is a committed row or will never be one.
// Sequence values commit out of order, so a hole is skipped only behind a barrier (README.md has the proof).
// It does not promise speed: one writing transaction anywhere in the cluster delays every hole.

export interface Settled {
  /** Every value up to here is settled. */
  safe: number
  /** The highest value ever seen in a row. */
  highest: number
  /** An own transaction id, drawn after `upTo` was seen and over before anything else was read. */
  barrier: { xid: bigint; upTo: number } | null
}

/** What one statement saw: its snapshot's xmin, and the rows above `safe` in order. */
export interface Observation {
  xmin: bigint
  seqs: readonly number[]
  /** False when the statement's limit cut it off: nothing is known above its last row. */
  complete: boolean
}

export type SettleRule = (state: Settled, seen: Observation) => Settled

/**
 * Whoever drew a value below `upTo` had its transaction id before `upTo` was seen, so that id is below the
 * barrier. Once xmin is above the barrier all such writers have ended, and the same snapshot shows their rows.
 */
export const settle: SettleRule = (state, seen) => {
  let { safe, barrier } = state
  const last = seen.seqs.at(-1) ?? safe
  const highest = Math.max(state.highest, last)
  if (barrier && seen.xmin > barrier.xid) {
    safe = Math.max(safe, seen.complete ? barrier.upTo : Math.min(barrier.upTo, last))
    if (safe >= barrier.upTo) barrier = null
  }
  for (const seq of seen.seqs) {
    if (seq === safe + 1) safe = seq
    else if (seq > safe) break
  }
  if (barrier && safe >= barrier.upTo) barrier = null
  return { safe, highest, barrier }
}

/** Whether a hole is known: values above `safe` have been drawn that no one has accounted for. */
export const hasHole = (state: Settled): boolean => state.highest > state.safe
