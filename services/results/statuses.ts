// Rule: what is said of a phase of an essay: the latest word on it, else whether the run under way will get to it.
// From: the events of the phase, and the latest run of the batch.
// Not promised: that a run takes an essay that came after it began; its word then stays "pending" until the run ends.
import type { Failure, Phase } from '#contracts/common.ts'
import type { BatchResults, PhaseStatus } from '#contracts/results.ts'

type Run = Pick<NonNullable<BatchResults['pipeline']>, 'outcome' | 'phases'>

export function statusOf(
  word: { status: PhaseStatus; error: Failure | null } | undefined,
  phase: Phase,
  run: Run | null,
): { status: PhaseStatus; error?: Failure } {
  if (word) return { status: word.status, ...(word.error ? { error: word.error } : {}) }
  const coming = run?.outcome === null && run.phases.some(({ name }) => name === phase)
  return { status: coming ? 'pending' : 'not-requested' }
}
