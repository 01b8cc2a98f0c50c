import type { EventDefinition } from '#contracts/event.ts'
import { z } from 'zod'
import {
  batchCreated,
  checkTimedOut,
  phaseCompleted,
  phasePruned,
  pipelineCompleted,
  runStarted,
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
import { batchesSubscription, quietJob } from './handlers.ts'
import { enforceDeadlines } from './progress.ts'
import { batchesRoutes } from './routes.ts'
import * as store from './store.ts'

const QuietPayload = z.object({ schoolId: SchoolId, batchId: BatchId })

/** `batches` as other services of the same process ask it. */
export const createBatchesApi = (database: Database): BatchesApi => ({
  findBatch: (schoolId, batchId) => database.transaction(schoolId, (tx) => store.findBatch(tx, batchId)),
  findLatestRun: (schoolId, batchId) =>
    database.transaction(schoolId, async (tx) => {
      const runId = await store.findLatestRunId(tx, batchId)
      return runId === null ? null : findRunView(tx, runId)
    }),
})

export const createBatchesService = (
  deps: BatchesDeps & { schools: () => Promise<SchoolId[]> },
  idempotency: Idempotency,
): Service => ({
  name: 'batches',
  says: [
    batchCreated,
    runStarted,
    phasePruned,
    checkTimedOut,
    phaseCompleted,
    pipelineCompleted,
    ...Phase.options.map((phase) => phaseEventsOf[phase].requested as EventDefinition),
  ],
  routes: batchesRoutes(deps, idempotency),
  subscriptions: [batchesSubscription(deps)],
  jobs: {
    [quietJob]: async (payload) => {
      const { schoolId, batchId } = QuietPayload.parse(payload)
      await runIfQuiet(deps, schoolId, batchId, programCause()).catch((error: unknown) => {
        // A run is under way: thrown on, so that the job comes back and the files since then get theirs.
        if (!(error instanceof AppError && error.code === 'nothing-to-run')) throw error
      })
    },
    'batches.enforce-deadlines': async () => {
      for (const schoolId of await deps.schools())
        await deps.database.transaction(schoolId, (tx) =>
          enforceDeadlines(deps, tx, schoolId, programCause()),
        )
    },
  },
  schedule: { 'batches.enforce-deadlines': '* * * * *' },
})
