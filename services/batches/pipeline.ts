// Which phases may start, when one closes, and what came of it.
// From the design's rule of pipelines: dependency order, partial failure goes on, all failed ends the run.
// Knows counts only; it does not know what a phase does.
import { Phase, type Outcome } from '#contracts/common.ts'
import { noCounts } from '#contracts/files.ts'
import type { BatchState } from '#contracts/batches.ts'
import type { BatchCounts } from '#contracts/results.ts'
import { sha256 } from '#platform/ids.ts'

/** What each phase stands on, besides the text. */
export const dependencies: Readonly<Record<Phase, readonly Phase[]>> = { spelling: [], language: [] }

/** The wanted phases, each once, every phase behind those it depends on. */
export function orderPhases(wanted: readonly Phase[]): Phase[] {
  const ordered: Phase[] = []
  const place = (phase: Phase): void => {
    if (ordered.includes(phase)) return
    for (const before of dependencies[phase]) if (wanted.includes(before)) place(before)
    ordered.push(phase)
  }
  for (const phase of Phase.options) if (wanted.includes(phase)) place(phase)
  return ordered
}

/** `phase` and every phase that stands on it. */
export const withDependents = (phase: Phase): Phase[] =>
  orderPhases(Phase.options.filter((other) => other === phase || dependencies[other].includes(phase)))

export interface PhaseProgress {
  phase: Phase
  stage: 'waiting' | 'running' | 'closed'
  pending: number
  succeeded: number
  failed: number
  outcome: Outcome | null
}

/** Phases that may start now: all they depend on in this run has closed. */
export const startable = (phases: readonly PhaseProgress[]): Phase[] =>
  phases
    .filter(
      ({ phase, stage }) =>
        stage === 'waiting' &&
        dependencies[phase].every((before) =>
          phases.every((p) => p.phase !== before || p.stage === 'closed'),
        ),
    )
    .map(({ phase }) => phase)

/** Running phases with nothing pending; none closes while files of the run are still being read. */
export const closable = (phases: readonly PhaseProgress[], unsettledFiles: number): PhaseProgress[] =>
  unsettledFiles > 0 ? [] : phases.filter(({ stage, pending }) => stage === 'running' && pending === 0)

/** What came of a phase, by essays. A phase over no essay at all has failed: there was nothing to read. */
export function outcomeOf(succeeded: number, failed: number): Outcome {
  if (succeeded === 0) return 'failed'
  return failed === 0 ? 'succeeded' : 'succeeded-with-failures'
}

/** What came of a run, by its phases. */
export function outcomeOfRun(phases: readonly (Outcome | null)[], filesLeftOut: boolean): Outcome {
  if (phases.every((outcome) => outcome === 'failed')) return 'failed'
  return phases.every((outcome) => outcome === 'succeeded') && !filesLeftOut
    ? 'succeeded'
    : 'succeeded-with-failures'
}

/** Slots may be taken, so there are never fewer; null is open, and stays open. */
export const mayGrow = (from: number | null, to: number | null): boolean =>
  to === null || (from !== null && to >= from)

/** Names everything a result depends on besides the text: the same name, the same result. */
export const fingerprintOf = (
  phase: Phase,
  engineVersion: string,
  locale: string,
  promptHash: string | null,
): string => sha256(JSON.stringify([phase, engineVersion, locale, promptHash])).slice(0, 24)

/** The state of a batch in one word, from its files and its latest run. */
export function stateOf(
  counts: BatchCounts = noCounts,
  latestRun: Outcome | 'active' | null = null,
): BatchState {
  if (counts.received === counts.removed) return 'empty'
  if (latestRun === 'active') return 'running'
  if (counts.reading > 0 || latestRun === null) return 'receiving'
  const open = counts.rejected + counts.waitingForSlot + counts.duplicates
  return open > 0 || latestRun === 'failed' || latestRun === 'succeeded-with-failures'
    ? 'needs-attention'
    : 'done'
}
