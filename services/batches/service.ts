import type { EventDefinition } from '#contracts/event.ts'
import { z } from 'zod'
import {
  batchChanged,
  batchCreated,
  batchErased,
  batchRemoved,
  batchRestored,
  batchShared,
  batchUnshared,
  checkTimedOut,
  phaseCompleted,
  phasePruned,
  pipelineCompleted,
  runStarted,
  textsForgotten,
  type BatchesApi,
} from '#contracts/batches.ts'
import { BatchId, Phase, SchoolId } from '#contracts/common.ts'
import { phaseEventsOf } from '#contracts/phases.ts'
import type { Database } from '#platform/database/database.ts'
import { AppError } from '#platform/errors.ts'
import { programCause } from '#platform/http/http.ts'
import type { Idempotency } from '#platform/http/idempotency.ts'
import type { Service } from '#platform/service.ts'
import { findRunView, runIfQuiet, type BatchesDeps } from './actions.ts'
import { eraseBatch, eraseJob, keepAsLongAsSaid, quietJob } from './changes.ts'
import * as changes from './changes-store.ts'
import { changesRoutes } from './changes-routes.ts'
import { batchesSubscription } from './handlers.ts'
import { enforceDeadlines } from './progress.ts'
import { batchesRoutes } from './routes.ts'
import * as store from './store.ts'

const JobPayload = z.object({ schoolId: SchoolId, batchId: BatchId })

/** `batches` as other services of the same process ask it. */
export const createBatchesApi = (database: Database): BatchesApi => ({
  findBatch: (schoolId, batchId) =>
    database.transaction(schoolId, (tx) => store.findBatch(tx, batchId, 'removed too')),
  findLatestRun: (schoolId, batchId) =>
    database.transaction(schoolId, async (tx) => {
      const runId = await store.findLatestRunId(tx, batchId)
      return runId === null ? null : findRunView(tx, runId)
    }),
  findStanding: (schoolId, batchId, userId) => changes.findStanding(database, schoolId, batchId, userId),
  findBatchOfRun: (schoolId, runId) =>
    database.transaction(schoolId, (tx) => changes.findBatchOfRun(tx, runId)),
  findBatchOfEssay: (schoolId, essayId) =>
    database.transaction(schoolId, (tx) => changes.findBatchOfEssay(tx, essayId)),
})

export const createBatchesService = (
  deps: BatchesDeps & {
    schools: () => Promise<SchoolId[]>
    /** For how many days a school keeps its batches; null for ever. */
    keepDaysOf: (schoolId: SchoolId) => Promise<number | null>
  },
  idempotency: Idempotency,
): Service => ({
  name: 'batches',
  says: [
    batchCreated,
    batchChanged,
    batchShared,
    batchUnshared,
    batchRemoved,
    batchRestored,
    batchErased,
    textsForgotten,
    runStarted,
    phasePruned,
    checkTimedOut,
    phaseCompleted,
    pipelineCompleted,
    ...Phase.options.map((phase) => phaseEventsOf[phase].requested as EventDefinition),
  ],
  routes: (app) => {
    batchesRoutes(deps, idempotency)(app)
    changesRoutes(deps, idempotency)(app)
  },
  subscriptions: [batchesSubscription(deps)],
  jobs: {
    [quietJob]: async (payload) => {
      const { schoolId, batchId } = JobPayload.parse(payload)
      await runIfQuiet(deps, schoolId, batchId, programCause()).catch((error: unknown) => {
        // A run is under way: thrown on, so that the job comes back and the files since then get theirs.
        // A removed batch has nothing to run either.
        if (!(error instanceof AppError && ['nothing-to-run', 'not-found'].includes(error.code))) throw error
      })
    },
    [eraseJob]: async (payload) => {
      const { schoolId, batchId } = JobPayload.parse(payload)
      await eraseBatch(deps, schoolId, batchId, programCause())
    },
    'batches.keep-as-long-as-said': async () => {
      for (const schoolId of await deps.schools())
        await keepAsLongAsSaid(deps, schoolId, await deps.keepDaysOf(schoolId), new Date())
    },
    'batches.enforce-deadlines': async () => {
      for (const schoolId of await deps.schools())
        await deps.database.transaction(schoolId, (tx) =>
          enforceDeadlines(deps, tx, schoolId, programCause()),
        )
    },
  },
  schedule: { 'batches.enforce-deadlines': '* * * * *', 'batches.keep-as-long-as-said': '17 * * * *' },
})
