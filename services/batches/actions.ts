import type { BatchId, EssayId, Phase, RunId, SchoolId } from '#contracts/common.ts'
import {
  batchCreated,
  runStarted,
  type BatchView,
  type CreateBatch,
  type StartRun,
} from '#contracts/batches.ts'
import { noCounts, type FilesApi } from '#contracts/files.ts'
import type { PeopleApi, UserId } from '#contracts/identity.ts'
import type { RunView } from '#contracts/results.ts'
import { newEvent, type Bus, type Cause } from '#platform/bus/bus.ts'
import type { Config } from '#platform/config/config.ts'
import type { Database, Tx } from '#platform/database/database.ts'
import { AppError, isUniqueViolation, notFound } from '#platform/errors.ts'
import { mint } from '#platform/ids.ts'
import { orderPhases, stateOf, withDependents } from './pipeline.ts'
import { advance, endRun } from './progress.ts'
import * as members from './members-store.ts'
import * as store from './store.ts'

export interface BatchesDeps {
  database: Database
  bus: Bus
  files: FilesApi
  people: PeopleApi
  config: Config
  /** The version of each phase's engine: part of every fingerprint. */
  engineVersions: Readonly<Record<Phase, string>>
}

export async function createBatch(
  deps: BatchesDeps,
  schoolId: SchoolId,
  ownerId: UserId,
  input: CreateBatch,
  cause: Cause,
  remember: (tx: Tx, batch: BatchView) => Promise<void>,
): Promise<BatchView> {
  const batch: store.Batch = {
    batchId: mint<BatchId>(),
    title: input.title,
    prompt: input.prompt ?? null,
    capacity: input.capacity ?? null,
    phases: orderPhases(input.phases),
    locale: input.locale,
    runWhenQuiet: input.runWhenQuiet,
    createdAt: new Date().toISOString(),
    ownerId,
    example: input.example,
    eraseOn: null,
  }
  const view: BatchView = { ...batch, state: 'empty', counts: noCounts }
  await deps.database.transaction(schoolId, async (tx) => {
    await store.insertBatch(tx, schoolId, batch)
    const { batchId, capacity, phases, locale } = batch
    await deps.bus.publish(tx, [
      newEvent({
        schoolId,
        key: batchId,
        event: batchCreated,
        cause,
        data: { batchId, capacity, phases, locale, ownerId },
      }),
    ])
    await remember(tx, view)
  })
  return view
}

export async function getBatch(deps: BatchesDeps, schoolId: SchoolId, batchId: BatchId): Promise<BatchView> {
  const batch = await deps.database.transaction(schoolId, (tx) => store.findBatchWithRun(tx, batchId))
  if (!batch) throw notFound('batch')
  return (await withCounts(deps, schoolId, [batch]))[0]!
}

/** With `of`, only the batches that this person owns or that are shared with them. */
export async function listBatches(
  deps: BatchesDeps,
  schoolId: SchoolId,
  of: UserId | null,
  before: string | null,
  limit: number,
): Promise<{ items: BatchView[]; last: BatchId | null }> {
  const found = await deps.database.transaction(schoolId, (tx) =>
    store.listBatches(tx, of, before, limit + 1),
  )
  const shown = found.slice(0, limit)
  return {
    items: await withCounts(deps, schoolId, shown),
    last: found.length > limit ? (shown.at(-1)?.batchId ?? null) : null,
  }
}

async function withCounts(
  deps: BatchesDeps,
  schoolId: SchoolId,
  batches: NonNullable<Awaited<ReturnType<typeof store.findBatchWithRun>>>[],
): Promise<BatchView[]> {
  const counts = await deps.files.countByBatch(
    schoolId,
    batches.map((batch) => batch.batchId),
  )
  return batches.map(({ latestRun, ...batch }) => {
    const own = counts.get(batch.batchId) ?? noCounts
    return { ...batch, counts: own, state: stateOf(own, latestRun) }
  })
}

/**
 * Asks for a run over the whole batch, or over some of its essays. The run takes shape when its own start is
 * heard in the log: by then every file received before it is known.
 */
export async function startRun(
  deps: BatchesDeps,
  schoolId: SchoolId,
  batchId: BatchId,
  wish: StartRun,
  cause: Cause,
  remember: (tx: Tx, runId: RunId) => Promise<void> = async () => {},
): Promise<RunId> {
  const runId = mint<RunId>()
  const counts = (await deps.files.countByBatch(schoolId, [batchId])).get(batchId) ?? noCounts
  try {
    await deps.database.transaction(schoolId, async (tx) => {
      const batch = await store.findBatch(tx, batchId)
      if (!batch) throw notFound('batch')
      if (counts.received - counts.removed === 0)
        throw new AppError('nothing-to-run', 'There is no file in this batch yet. Add files first.')
      const phases = orderPhases(wish.phases ?? batch.phases)
      const essays = wish.essays ?? null
      await store.insertRun(tx, schoolId, { runId, batchId, essays, phases })
      await deps.bus.publish(tx, [
        newEvent({
          schoolId,
          key: batchId,
          event: runStarted,
          cause,
          data: { batchId, runId, phases, essays },
        }),
      ])
      await remember(tx, runId)
    })
  } catch (error) {
    if (!isUniqueViolation(error)) throw error
    const active = await deps.database.transaction(schoolId, (tx) => store.findActiveRun(tx, batchId))
    if (active === null) throw error
    throw new AppError(
      'run-in-progress',
      'A run of this batch is under way. Wait for its end, or cancel it.',
      { details: { runId: active }, cause: error },
    )
  }
  return runId
}

/** A new run over one essay: the phase and whatever depends on it. */
export async function retryEssay(
  deps: BatchesDeps,
  schoolId: SchoolId,
  essayId: EssayId,
  phase: Phase,
  cause: Cause,
  remember?: (tx: Tx, runId: RunId) => Promise<void>,
): Promise<RunId> {
  const essay = await deps.database.transaction(schoolId, (tx) => store.findEssay(tx, essayId))
  if (!essay) throw notFound('essay')
  return startRun(
    deps,
    schoolId,
    essay.batchId,
    { phases: withDependents(phase), essays: [essayId] },
    cause,
    remember,
  )
}

/** Keeps the answer for a retry, in the transaction that makes it true. */
type RememberRun = (tx: Tx, run: RunView) => Promise<void>

/** Paused: what is asked for already ends, nothing new is asked for. */
export const pauseRun = (
  deps: BatchesDeps,
  schoolId: SchoolId,
  runId: RunId,
  _cause: Cause,
  remember: RememberRun,
): Promise<RunView> => changeRun(deps, schoolId, runId, remember, (tx) => store.setPaused(tx, runId, true))

export const resumeRun = (
  deps: BatchesDeps,
  schoolId: SchoolId,
  runId: RunId,
  cause: Cause,
  remember: RememberRun,
): Promise<RunView> =>
  changeRun(deps, schoolId, runId, remember, async (tx) => {
    await store.setPaused(tx, runId, false)
    await advance(deps, tx, schoolId, runId, cause)
  })

/** Ends the run now. Answers that are on their way are kept as results and change nothing in the run. */
export const cancelRun = (
  deps: BatchesDeps,
  schoolId: SchoolId,
  runId: RunId,
  cause: Cause,
  remember: RememberRun,
): Promise<RunView> =>
  changeRun(deps, schoolId, runId, remember, async (tx, { batchId }) => {
    await store.dropOpenItems(tx, runId)
    await endRun(deps, tx, schoolId, batchId, runId, 'cancelled', 'Cancelled by the teacher.', cause)
  })

function changeRun(
  deps: BatchesDeps,
  schoolId: SchoolId,
  runId: RunId,
  remember: RememberRun,
  change: (tx: Tx, run: store.Run) => Promise<void>,
): Promise<RunView> {
  return deps.database.transaction(schoolId, async (tx) => {
    await change(tx, await lockActive(tx, runId))
    const view = await findRunView(tx, runId)
    if (!view) throw notFound('run')
    await remember(tx, view)
    return view
  })
}

async function lockActive(tx: Tx, runId: RunId): Promise<store.Run> {
  const run = await store.lockRun(tx, runId)
  if (!run) throw notFound('run')
  if (run.outcome !== null)
    throw new AppError('run-ended', 'This run has ended; an ended run does not change. Start a new one.')
  return run
}

export async function getRun(
  deps: Pick<BatchesDeps, 'database'>,
  schoolId: SchoolId,
  runId: RunId,
): Promise<RunView> {
  const view = await deps.database.transaction(schoolId, (tx) => findRunView(tx, runId))
  if (!view) throw notFound('run')
  return view
}

/** The runs of a batch, newest first; `last` is where the next page begins, null at the end. */
export async function listRuns(
  deps: Pick<BatchesDeps, 'database'>,
  schoolId: SchoolId,
  batchId: BatchId,
  before: RunId | null,
  limit: number,
): Promise<{ items: RunView[]; last: RunId | null }> {
  return deps.database.transaction(schoolId, async (tx) => {
    if (!(await store.findBatch(tx, batchId))) throw notFound('batch')
    const found = await store.listRunIds(tx, batchId, before, limit + 1)
    const shown = found.slice(0, limit)
    const items: RunView[] = []
    for (const runId of shown) items.push((await findRunView(tx, runId))!)
    return { items, last: found.length > limit ? (shown.at(-1) ?? null) : null }
  })
}

export async function findRunView(tx: Tx, runId: RunId): Promise<RunView | null> {
  const run = await store.findRun(tx, runId)
  if (!run) return null
  const phases = await store.listPhases(tx, runId)
  return {
    runId,
    batchId: run.batchId,
    outcome: run.outcome,
    paused: run.paused,
    ...(run.reason === null ? {} : { reason: run.reason }),
    phases: phases.map((phase) => ({
      ...phase,
      startedAt: phase.startedAt?.toISOString() ?? null,
      completedAt: phase.completedAt?.toISOString() ?? null,
    })),
  }
}

/** Starts the run of a batch that wants one as soon as it is quiet. Not quiet: a later file asks again. */
export async function runIfQuiet(
  deps: BatchesDeps,
  schoolId: SchoolId,
  batchId: BatchId,
  cause: Cause,
): Promise<void> {
  if (!(await deps.database.transaction(schoolId, (tx) => members.isQuiet(tx, batchId)))) return
  await startRun(deps, schoolId, batchId, {}, cause)
}
