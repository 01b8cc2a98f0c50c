import type { BatchId, SchoolId } from '#contracts/common.ts'
import {
  batchChanged,
  batchErased,
  batchRemoved,
  batchRestored,
  type BatchView,
  type ChangeBatch,
} from '#contracts/batches.ts'
import { noCounts } from '#contracts/files.ts'
import { newEvent, type Cause } from '#platform/bus/bus.ts'
import type { Tx } from '#platform/database/database.ts'
import { AppError, notFound } from '#platform/errors.ts'
import { programCause } from '#platform/http/http.ts'
import { enqueueJob } from '#platform/jobs/jobs.ts'
import { getBatch, type BatchesDeps } from './actions.ts'
import { eraseOnFor, noticeDays } from './keeping.ts'
import { mayGrow, orderPhases, stateOf } from './pipeline.ts'
import { advance, endRun } from './progress.ts'
import { deleteBatch, listKept, lockBatch, setEraseOn, setRemoved, updateBatch } from './changes-store.ts'
import * as store from './store.ts'

export const eraseJob = 'batches.erase'
export const quietJob = 'batches.run-if-quiet'

/** Changes what a teacher may change of a batch after it was made. A run under way keeps its phases. */
export async function changeBatch(
  deps: BatchesDeps,
  schoolId: SchoolId,
  batchId: BatchId,
  wish: ChangeBatch,
  cause: Cause,
): Promise<BatchView> {
  await deps.database.transaction(schoolId, async (tx) => {
    await lockBatch(tx, batchId)
    const batch = await store.findBatch(tx, batchId)
    if (!batch) throw notFound('batch')
    if (wish.capacity !== undefined && !mayGrow(batch.capacity, wish.capacity))
      throw new AppError(
        'validation-failed',
        batch.capacity === null
          ? 'This batch is open; it cannot be given a capacity any more.'
          : `The capacity of a batch only grows, because its slots may be taken. It is ${batch.capacity} now.`,
        { errors: [{ path: 'body.capacity', message: 'is less than it was' }] },
      )
    if (wish.prompt !== undefined && (wish.prompt ?? null) !== batch.prompt) {
      const runId = await store.findActiveRun(tx, batchId)
      // Its checks are named after the prompt they were made with.
      if (runId)
        throw new AppError(
          'run-in-progress',
          'The prompt cannot change while a run is under way, because its checks use it. Wait for the end of the run, or cancel it.',
          { details: { runId } },
        )
    }
    const capacity = wish.capacity === undefined ? batch.capacity : wish.capacity
    const phases = wish.phases ? orderPhases(wish.phases) : batch.phases
    const runWhenQuiet = wish.runWhenQuiet ?? batch.runWhenQuiet
    await updateBatch(tx, batchId, {
      title: wish.title ?? batch.title,
      prompt: wish.prompt === undefined ? batch.prompt : wish.prompt,
      capacity,
      phases,
      runWhenQuiet,
    })
    await deps.bus.publish(tx, [
      newEvent({ schoolId, key: batchId, event: batchChanged, cause, data: { batchId, capacity, phases } }),
    ])
    if (runWhenQuiet && !batch.runWhenQuiet) await runWhenItIsQuiet(deps, tx, schoolId, batchId)
  })
  return getBatch(deps, schoolId, batchId)
}

/** Removed at once for everyone; the job erases it when the time to restore it is over. */
export async function removeBatch(
  deps: BatchesDeps,
  schoolId: SchoolId,
  batchId: BatchId,
  cause: Cause,
): Promise<void> {
  await deps.database.transaction(schoolId, async (tx) => {
    const batch = await lockBatch(tx, batchId)
    if (!batch) throw notFound('batch')
    if (!batch.removed) await removeIn(deps, tx, schoolId, batchId, cause)
  })
}

async function removeIn(
  deps: BatchesDeps,
  tx: Tx,
  schoolId: SchoolId,
  batchId: BatchId,
  cause: Cause,
): Promise<void> {
  await setRemoved(tx, batchId, true)
  await deps.bus.publish(tx, [
    newEvent({ schoolId, key: batchId, event: batchRemoved, cause, data: { batchId } }),
  ])
  // A little late rather than early: one that comes early finds nothing to erase, and does not come back.
  const runAt = new Date(Date.now() + deps.config.eraseAfterSeconds * 1000 + 500)
  await enqueueJob(tx, eraseJob, { schoolId, batchId }, { runAt, key: `${eraseJob}:${batchId}` })
}

/**
 * Announces which batches the school keeps no longer, takes back what no longer holds, and removes those whose
 * announced day has come. One transaction a batch that is removed.
 */
export async function keepAsLongAsSaid(
  deps: BatchesDeps,
  schoolId: SchoolId,
  keepDays: number | null,
  now: Date,
): Promise<void> {
  const due = await deps.database.transaction(schoolId, async (tx) => {
    const madeBefore =
      keepDays === null ? null : new Date(now.getTime() - (keepDays - noticeDays) * 86_400_000)
    const kept = (await listKept(tx, madeBefore)).map((batch) => ({
      ...batch,
      next: eraseOnFor(batch, keepDays, now),
    }))
    const changed = kept.filter(({ eraseOn, next }) => eraseOn?.getTime() !== next?.getTime())
    await setEraseOn(
      tx,
      changed.map(({ batchId, next }) => ({ batchId, eraseOn: next })),
    )
    return kept.filter(({ next }) => next !== null && next <= now).map(({ batchId }) => batchId)
  })
  for (const batchId of due)
    await deps.database.transaction(schoolId, async (tx) => {
      const batch = await lockBatch(tx, batchId)
      if (batch && !batch.removed) await removeIn(deps, tx, schoolId, batchId, programCause())
    })
}

/** Takes a removal back: the batch is as it was, and a run that was under way goes on. */
export async function restoreBatch(
  deps: BatchesDeps,
  schoolId: SchoolId,
  batchId: BatchId,
  cause: Cause,
  remember: (tx: Tx, view: BatchView) => Promise<void>,
): Promise<BatchView> {
  const counts = (await deps.files.countByBatch(schoolId, [batchId])).get(batchId) ?? noCounts
  return deps.database.transaction(schoolId, async (tx) => {
    // The run first, as everywhere: handlers hold it when they look at its batch.
    const runId = await store.findActiveRun(tx, batchId)
    if (runId) await store.lockRun(tx, runId)
    const locked = await lockBatch(tx, batchId)
    if (!locked) throw notFound('batch')
    if (locked.removed) {
      await setRemoved(tx, batchId, false)
      await deps.bus.publish(tx, [
        newEvent({ schoolId, key: batchId, event: batchRestored, cause, data: { batchId } }),
      ])
      if (runId) await advance(deps, tx, schoolId, runId, cause)
    }
    const found = await store.findBatchWithRun(tx, batchId)
    if (!found) throw notFound('batch')
    const { latestRun, ...batch } = found
    if (locked.removed && batch.runWhenQuiet && latestRun === null)
      await runWhenItIsQuiet(deps, tx, schoolId, batchId)
    const view = { ...batch, counts, state: stateOf(counts, latestRun) }
    await remember(tx, view)
    return view
  })
}

/**
 * Erases a batch whose time to be restored is over: from here on nobody finds it, and every service that holds
 * something of it hears so. Restored meanwhile, or removed anew, it is left alone.
 */
export async function eraseBatch(
  deps: BatchesDeps,
  schoolId: SchoolId,
  batchId: BatchId,
  cause: Cause,
): Promise<void> {
  await deps.database.transaction(schoolId, async (tx) => {
    const runId = await store.findActiveRun(tx, batchId)
    if (runId) await store.lockRun(tx, runId)
    if (!(await deleteBatch(tx, batchId, deps.config.eraseAfterSeconds))) return
    if (runId) {
      await store.dropOpenItems(tx, runId)
      await endRun(deps, tx, schoolId, batchId, runId, 'cancelled', 'The batch was erased.', cause)
    }
    await deps.bus.publish(tx, [
      newEvent({ schoolId, key: batchId, event: batchErased, cause, data: { batchId } }),
    ])
  })
}

const runWhenItIsQuiet = (deps: BatchesDeps, tx: Tx, schoolId: SchoolId, batchId: BatchId): Promise<void> =>
  enqueueJob(
    tx,
    quietJob,
    { schoolId, batchId },
    { runAt: new Date(Date.now() + deps.config.quietSeconds * 1000), key: `${quietJob}:${batchId}` },
  )
