import type { BatchId, FileUploadId, Outcome, Phase, RunId, SchoolId } from '#contracts/common.ts'
import { checkTimedOut, phaseCompleted, phasePruned, pipelineCompleted } from '#contracts/batches.ts'
import { phaseEventsOf } from '#contracts/phases.ts'
import { newEvent, type Cause, type NewEvent } from '#platform/bus/bus.ts'
import type { Tx } from '#platform/database/database.ts'
import { sha256 } from '#platform/ids.ts'
import type { BatchesDeps } from './actions.ts'
import { closable, fingerprintOf, outcomeOf, outcomeOfRun, startable } from './pipeline.ts'
import * as members from './members-store.ts'
import * as store from './store.ts'

/**
 * How many essays of a phase are asked for at a time: enough that no engine ever waits for the next, few
 * enough that pause and cancel mean something and that two batches share the engines.
 */
const window = 192

type Deps = Pick<BatchesDeps, 'bus' | 'engineVersions' | 'config'>

/** A run hears its own start: it takes the essays in slots, and waits for the files still being read. */
export async function takeRun(
  deps: Deps,
  tx: Tx,
  schoolId: SchoolId,
  runId: RunId,
  cause: Cause,
): Promise<void> {
  const run = await store.lockRun(tx, runId)
  if (!run || run.outcome !== null || run.taken) return
  const { slotted, awaited } = await members.takeMembers(tx, run.batchId, runId, run.essays)
  await members.setUnsettled(tx, runId, awaited)
  await addItems(deps, tx, schoolId, runId, slotted, cause)
  await advance(deps, tx, schoolId, runId, cause)
}

/** Essays join a run: pruned where the result exists, asked for where not. */
export async function addItems(
  deps: Deps,
  tx: Tx,
  schoolId: SchoolId,
  runId: RunId,
  essays: readonly store.NewItem[],
  cause: Cause,
): Promise<void> {
  if (essays.length === 0) return
  const run = await store.findStanding(tx, runId)
  if (!run) return
  const changes: store.CounterChange[] = []
  for (const { name: phase } of run.phases) {
    const { fingerprint } = settingsOf(deps, run, phase)
    const added = await store.insertItems(tx, schoolId, runId, phase, fingerprint, essays)
    const pruned = added.filter((item) => item.pruned)
    changes.push({
      runId,
      phase,
      pending: added.length - pruned.length,
      succeeded: pruned.length,
      failed: 0,
      pruned: pruned.length,
    })
    await deps.bus.publish(
      tx,
      pruned.map(({ essayId, fileUploadId, textHash }) =>
        newEvent({
          schoolId,
          key: run.batchId,
          fileUploadId,
          event: phasePruned,
          cause,
          data: { batchId: run.batchId, runId, phase, essayId, textHash, fingerprint },
        }),
      ),
    )
  }
  await store.addToCounters(tx, changes)
}

function settingsOf(
  deps: Deps,
  batch: Pick<store.Batch, 'prompt' | 'locale'>,
  phase: Phase,
): { fingerprint: string; promptHash: string | null } {
  const promptHash = batch.prompt === null ? null : sha256(batch.prompt)
  return {
    fingerprint: fingerprintOf(phase, deps.engineVersions[phase], batch.locale, promptHash),
    promptHash,
  }
}

/** Asks for as many held essays as the window allows, of every running phase of a run that is not paused. */
async function askForMore(
  deps: Deps,
  tx: Tx,
  schoolId: SchoolId,
  run: store.Standing,
  cause: Cause,
): Promise<void> {
  if (run.paused) return
  const { batchId, runId, locale } = run
  const asked: NewEvent[] = []
  for (const { name: phase, stage, pending } of run.phases) {
    if (stage !== 'running' || pending === 0) continue
    const next = await store.askNext(tx, runId, phase, window)
    const settings = { ...settingsOf(deps, run, phase), locale }
    const event = phaseEventsOf[phase].requested
    for (const { essayId, fileUploadId, textHash } of next)
      asked.push(
        newEvent({
          schoolId,
          key: batchId,
          fileUploadId,
          event,
          cause,
          data: { batchId, runId, essayId, textHash, ...settings },
        }),
      )
  }
  await deps.bus.publish(tx, asked)
}

/** Starts, fills and closes phases until nothing more follows from the counters; ends the run behind the last. */
export async function advance(
  deps: Deps,
  tx: Tx,
  schoolId: SchoolId,
  runId: RunId,
  cause: Cause,
): Promise<void> {
  const run = await store.findStanding(tx, runId)
  if (!run || !run.taken) return
  for (;;) {
    const phases = run.phases.map((row) => ({ ...row, phase: row.name }))
    const starting = startable(phases)
    if (starting.length > 0) {
      await store.startPhases(tx, runId, starting)
      for (const row of run.phases) if (starting.includes(row.name)) row.stage = 'running'
      continue
    }
    const closing = closable(phases, run.unsettled)
    for (const { phase, succeeded, failed } of closing) {
      const outcome = outcomeOf(succeeded, failed)
      await store.closePhase(tx, runId, phase, outcome)
      const row = run.phases.find(({ name }) => name === phase)!
      Object.assign(row, { stage: 'closed', outcome })
      await deps.bus.publish(tx, [
        newEvent({
          schoolId,
          key: run.batchId,
          event: phaseCompleted,
          cause,
          data: { batchId: run.batchId, runId, phase, outcome, succeeded, failed, pruned: row.pruned },
        }),
      ])
    }
    if (closing.length > 0) continue
    if (phases.every((phase) => phase.stage === 'closed')) {
      const outcome = outcomeOfRun(
        phases.map((phase) => phase.outcome),
        run.reason !== null,
      )
      const nothing = phases.every((phase) => phase.succeeded + phase.failed === 0)
      const reason =
        outcome !== 'failed'
          ? null
          : nothing
            ? 'No file of this batch became an essay, so there was nothing to check.'
            : 'Every essay failed in every phase.'
      await endRun(deps, tx, schoolId, run.batchId, runId, outcome, reason, cause)
    } else await askForMore(deps, tx, schoolId, run, cause)
    return
  }
}

export async function endRun(
  deps: Deps,
  tx: Tx,
  schoolId: SchoolId,
  batchId: BatchId,
  runId: RunId,
  outcome: Outcome,
  reason: string | null,
  cause: Cause,
): Promise<void> {
  if (await store.endRun(tx, runId, outcome, reason))
    await deps.bus.publish(tx, [
      newEvent({
        schoolId,
        key: batchId,
        event: pipelineCompleted,
        cause,
        data: { batchId, runId, outcome, reason },
      }),
    ])
}

/** Answers of a phase's service: rows that were still open are settled, and each run goes on. */
export async function settleAnswers(
  deps: Deps,
  tx: Tx,
  schoolId: SchoolId,
  phase: Phase,
  status: 'succeeded' | 'failed',
  answers: readonly { runId: RunId; essayId: store.NewItem['essayId']; cause: Cause }[],
): Promise<void> {
  await store.lockRuns(tx, [...new Set(answers.map((answer) => answer.runId))])
  const settled = await store.settleItems(tx, phase, status, answers)
  await store.addToCounters(
    tx,
    settled.map((run) => ({
      runId: run.runId,
      phase,
      pending: -run.settled,
      succeeded: status === 'succeeded' ? run.settled : 0,
      failed: status === 'failed' ? run.settled : 0,
      pruned: 0,
    })),
  )
  for (const { runId } of settled) {
    const last = answers.findLast((answer) => answer.runId === runId)
    if (last) await advance(deps, tx, schoolId, runId, last.cause)
  }
}

/** Files are no longer being read: runs that waited for them wait for fewer, and may go on. */
export async function settleFiles(
  deps: Deps,
  tx: Tx,
  schoolId: SchoolId,
  files: readonly FileUploadId[],
  place: members.Place,
  cause: Cause,
): Promise<void> {
  await store.lockRunsOfFiles(tx, files)
  const settled = await members.moveMembers(tx, files, place)
  await members.settleForRuns(tx, settled)
  const touched = new Set(settled.map((run) => run.runId))
  if (place === 'gone') {
    const dropped = await store.dropItemsOf(tx, files)
    await store.addToCounters(
      tx,
      dropped.map((d) => ({
        runId: d.runId,
        phase: d.phase,
        pending: -d.dropped,
        succeeded: 0,
        failed: 0,
        pruned: 0,
      })),
    )
    for (const { runId } of dropped) touched.add(runId)
  }
  for (const runId of touched) await advance(deps, tx, schoolId, runId, cause)
}

/** Files that have their slot join the run that waited for them. */
export async function seatFiles(
  deps: Deps,
  tx: Tx,
  schoolId: SchoolId,
  files: readonly members.SlottedFile[],
  cause: Cause,
): Promise<void> {
  await store.lockRunsOfFiles(
    tx,
    files.map((file) => file.fileUploadId),
  )
  const joining = await members.seatMembers(tx, files)
  for (const [runId, essays] of Map.groupBy(joining, (file) => file.runId)) {
    await members.settleForRuns(tx, [{ runId, settled: essays.length }])
    await addItems(deps, tx, schoolId, runId, essays, cause)
    await advance(deps, tx, schoolId, runId, cause)
  }
}

/** No wait without a deadline: late files are left out of the run and named, unanswered checks fail. */
export async function enforceDeadlines(deps: Deps, tx: Tx, schoolId: SchoolId, cause: Cause): Promise<void> {
  await store.lockActiveRuns(tx)
  for (const { runId } of await members.leaveOutLateFiles(tx, deps.config.readingDeadlineSeconds))
    await advance(deps, tx, schoolId, runId, cause)
  const overdue = await store.failOverdue(tx, deps.config.phaseDeadlineSeconds)
  await deps.bus.publish(
    tx,
    overdue.map(({ batchId, runId, phase, essayId, fileUploadId, textHash }) =>
      newEvent({
        schoolId,
        key: batchId,
        fileUploadId,
        event: checkTimedOut,
        cause,
        data: {
          batchId,
          runId,
          phase,
          essayId,
          textHash,
          error: {
            code: 'phase-timed-out',
            message: `The ${phase} check of this essay was not answered in ${deps.config.phaseDeadlineSeconds} seconds.`,
            remedy: 'Retry this essay. If it happens again, look at the status page.',
          },
        },
      }),
    ),
  )
  for (const [runId, items] of Map.groupBy(overdue, (item) => item.runId)) {
    const counts = Map.groupBy(items, (item) => item.phase)
    await store.addToCounters(
      tx,
      [...counts].map(([phase, failed]) => ({
        runId,
        phase,
        pending: -failed.length,
        succeeded: 0,
        failed: failed.length,
        pruned: 0,
      })),
    )
    await advance(deps, tx, schoolId, runId, cause)
  }
}
