import { phaseEventsOf } from '#contracts/phases.ts'
import type { FilesApi } from '#contracts/files.ts'
import type { LanguageCheck } from '#contracts/language.ts'
import type { Bus } from '#platform/bus/bus.ts'
import type { ComputePool } from '#platform/compute/pool.ts'
import type { Database } from '#platform/database/database.ts'
import type { Log } from '#platform/observability/log.ts'
import { createPhaseApi, phaseSubscription } from '#platform/phases/phase.ts'
import type { Service } from '#platform/service.ts'
import { createLanguageEngine } from './analysis/engine.ts'

export const languageTask = new URL('./compute.ts', import.meta.url)

export const createLanguageApi = (database: Database) =>
  createPhaseApi<LanguageCheck>(database, 'language', createLanguageEngine({ hints: true }).version)

export const createLanguageService = (deps: {
  database: Database
  bus: Bus
  files: FilesApi
  languagePool: ComputePool
  log: Log
}): Service => ({
  name: 'language',
  says: [phaseEventsOf.language.checked, phaseEventsOf.language.failed],
  subscriptions: [
    phaseSubscription<LanguageCheck>({
      ...deps,
      phase: 'language',
      check: (text, { locale }) => deps.languagePool.run<LanguageCheck>(languageTask, { text, locale }),
      countFindings: (check) => check.hints.length,
      findPrompt: async () => null,
    }),
  ],
})
