import { phaseEventsOf } from '#contracts/phases.ts'
import type { BatchesApi } from '#contracts/batches.ts'
import type { FilesApi } from '#contracts/files.ts'
import type { SpellingCheck } from '#contracts/spelling.ts'
import type { Bus } from '#platform/bus/bus.ts'
import type { ComputePool } from '#platform/compute/pool.ts'
import type { Database } from '#platform/database/database.ts'
import type { Log } from '#platform/observability/log.ts'
import { createPhaseApi, phaseSubscription } from '#platform/phases/phase.ts'
import type { Service } from '#platform/service.ts'
import { createEngine, type SharedLexicon } from './engine/engine.ts'

export { createEngine, loadLexicon } from './engine/engine.ts'
export const spellingTask = new URL('./compute.ts', import.meta.url)

export const createSpellingApi = (database: Database, lexicon: SharedLexicon) =>
  createPhaseApi<SpellingCheck>(database, 'spelling', createEngine(lexicon, { dialect: 'gb' }).version)

export const createSpellingService = (deps: {
  database: Database
  bus: Bus
  files: FilesApi
  batches: BatchesApi
  spellingPool: ComputePool
  log: Log
}): Service => ({
  name: 'spelling',
  says: [phaseEventsOf.spelling.checked, phaseEventsOf.spelling.failed],
  subscriptions: [
    phaseSubscription<SpellingCheck>({
      ...deps,
      phase: 'spelling',
      check: (text, settings) => deps.spellingPool.run<SpellingCheck>(spellingTask, { text, ...settings }),
      countFindings: (check) => check.findings.filter((finding) => finding.kind !== 'name').length,
      findPrompt: async (request) =>
        (await deps.batches.findBatch(request.schoolId, request.data.batchId))?.prompt ?? null,
    }),
  ],
})
