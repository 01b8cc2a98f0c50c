import { batchErased, type BatchesApi } from '#contracts/batches.ts'
import { slotAssigned } from '#contracts/essays.ts'
import type { FilesApi } from '#contracts/files.ts'
import type { LanguageCheck } from '#contracts/language.ts'
import { phaseEventsOf } from '#contracts/phases.ts'
import { onEvent, type Bus } from '#platform/bus/bus.ts'
import type { ComputePool } from '#platform/compute/pool.ts'
import type { Database } from '#platform/database/database.ts'
import type { Log } from '#platform/observability/log.ts'
import { createPhaseApi, listChecked, phaseSubscription } from '#platform/phases/phase.ts'
import type { Service } from '#platform/service.ts'
import { createAhead } from './ahead.ts'
import { createLanguageEngine } from './analysis/engine.ts'

export const languageTask = new URL('./compute.ts', import.meta.url)

export const createLanguageApi = (database: Database) =>
  createPhaseApi<LanguageCheck>(database, 'language', createLanguageEngine({ hints: true }).version)

/** Slots taken longer ago than this are met when the log is read again; in milliseconds. */
const tooOldToBeAhead = 600_000

export function createLanguageService(deps: {
  database: Database
  bus: Bus
  files: FilesApi
  batches: BatchesApi
  languagePool: ComputePool
  config: { languageThreads: number }
  log: Log
}): Service {
  const check = (text: string, locale: string) =>
    deps.languagePool.run<LanguageCheck>(languageTask, { text, locale })
  const ahead = createAhead({
    files: deps.files,
    batches: deps.batches,
    listChecked: (schoolId, hashes) => listChecked(deps.database, 'language', schoolId, hashes),
    check,
    abreast: 2 * deps.config.languageThreads,
  })
  return {
    name: 'language',
    says: [phaseEventsOf.language.checked, phaseEventsOf.language.failed],
    subscriptions: [
      phaseSubscription<LanguageCheck>({
        ...deps,
        phase: 'language',
        check: (text, { locale }) => ahead.meanwhile(() => check(text, locale)),
        early: ({ schoolId, data }) => ahead.take({ schoolId, textHash: data.textHash }, data.locale),
        alsoHears: [
          onEvent({ event: batchErased, handle: async () => ahead.forgetAll() }),
          onEvent({
            event: slotAssigned,
            handle: async (_tx, events) =>
              ahead.note(
                events
                  .filter((event) => Date.now() - Date.parse(event.occurredAt) < tooOldToBeAhead)
                  .map(({ schoolId, data: { batchId, textHash, words } }) => ({
                    schoolId,
                    batchId,
                    textHash,
                    words,
                  })),
              ),
          }),
        ],
        countFindings: (result) => result.hints.length,
        findPrompt: async () => null,
      }),
    ],
    close: async () => ahead.close(),
  }
}
