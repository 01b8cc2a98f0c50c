import type { BatchesApi } from '#contracts/batches.ts'
import type { BatchId, EssayId, Phase, SchoolId } from '#contracts/common.ts'
import { noCounts, type FilesApi } from '#contracts/files.ts'
import type { LanguageCheck } from '#contracts/language.ts'
import type { CheckKey, PhaseApi } from '#contracts/phases.ts'
import type { BatchResults, EssayResult, FileView } from '#contracts/results.ts'
import type { SpellingCheck } from '#contracts/spelling.ts'
import type { Database } from '#platform/database/database.ts'
import { notFound } from '#platform/errors.ts'
import { sha256 } from '#platform/ids.ts'
import { statusOf } from './statuses.ts'
import * as store from './store.ts'

export interface ResultsDeps {
  database: Database
  files: FilesApi
  batches: BatchesApi
  spelling: PhaseApi<SpellingCheck>
  language: PhaseApi<LanguageCheck>
}

/** An answer with the version it was made for. */
interface Cached {
  version: string
  results: BatchResults
}

/** How many batches' results are kept in memory. */
const cacheSize = 16

/**
 * Results of a batch, cached under its version. An answer is cached under the version that was read before
 * anything else: what changes while it is put together raises the version, so a stale answer is never kept.
 */
export class ResultsReader {
  readonly #deps: ResultsDeps
  readonly #cache = new Map<string, Cached>()

  constructor(deps: ResultsDeps) {
    this.#deps = deps
  }

  /**
   * The owners of the files and of the run hear of an event in their own time, and a pause is no event: what
   * they say now is part of the version.
   */
  async #findVersion(schoolId: SchoolId, batchId: BatchId): Promise<string> {
    const { database, files, batches } = this.#deps
    const own = await database.transaction(schoolId, (tx) => store.findVersion(tx, batchId))
    const run = await batches.findLatestRun(schoolId, batchId)
    return `${own}-${sha256(`${await files.findStamp(schoolId, batchId)} ${JSON.stringify(run)}`).slice(0, 16)}`
  }

  /** The cache is keyed by school too: another school's question never meets this school's answer. */
  async getResults(schoolId: SchoolId, batchId: BatchId): Promise<Cached> {
    const key = `${schoolId} ${batchId}`
    const version = await this.#findVersion(schoolId, batchId)
    const kept = this.#cache.get(key)
    if (kept?.version === version) {
      this.#cache.delete(key)
      this.#cache.set(key, kept)
      return kept
    }
    const fresh = { version, results: await assemble(this.#deps, schoolId, batchId) }
    this.#cache.delete(key)
    this.#cache.set(key, fresh)
    for (const oldest of this.#cache.keys()) {
      if (this.#cache.size <= cacheSize) break
      this.#cache.delete(oldest)
    }
    return fresh
  }

  async getEssay(schoolId: SchoolId, essayId: EssayId): Promise<EssayResult> {
    const batchId = await this.#deps.database.transaction(schoolId, (tx) =>
      store.findBatchOfEssay(tx, essayId),
    )
    if (batchId === null) throw notFound('essay')
    const { results } = await this.getResults(schoolId, batchId)
    const essay = results.essays.find((candidate) => candidate.essayId === essayId)
    if (!essay) throw notFound('essay')
    return essay
  }
}

async function assemble(deps: ResultsDeps, schoolId: SchoolId, batchId: BatchId): Promise<BatchResults> {
  const batch = await deps.batches.findBatch(schoolId, batchId)
  if (!batch) throw notFound('batch')
  const [hashes, phases] = await deps.database.snapshot(
    schoolId,
    async (tx) =>
      [await store.listTextHashes(tx, batchId), await store.listEssayPhases(tx, batchId)] as const,
  )
  const files = await deps.files.listFiles(schoolId, batchId)
  const counts = (await deps.files.countByBatch(schoolId, [batchId])).get(batchId) ?? noCounts
  const pipeline = await deps.batches.findLatestRun(schoolId, batchId)
  const slotted = files.filter(
    (file): file is SlottedFile => file.state === 'in-slot' && file.essayId !== null && file.slot !== null,
  )
  slotted.sort((a, b) => a.slot - b.slot)

  const said = new Map(phases.map((row) => [`${row.essayId} ${row.phase}`, row]))
  const spelling = await checksOf(deps.spelling, schoolId, slotted, said)
  const language = await checksOf(deps.language, schoolId, slotted, said)
  const texts = await deps.files.getTexts(schoolId, [
    ...new Set(slotted.flatMap((file) => hashes.get(file.essayId) ?? [])),
  ])
  const essays = slotted.map((file): EssayResult => {
    const wordOn = (phase: Phase) => statusOf(said.get(`${file.essayId} ${phase}`), phase, pipeline)
    const findings = spelling.get(file.essayId)?.findings ?? null
    const checked = language.get(file.essayId) ?? null
    return {
      essayId: file.essayId,
      fileUploadId: file.fileUploadId,
      fileName: file.fileName,
      slot: file.slot,
      words: file.words ?? 0,
      text: texts.get(hashes.get(file.essayId) ?? '') ?? '',
      spelling: {
        ...wordOn('spelling'),
        findings: findings ?? [],
        findingCount: findings?.filter((finding) => finding.kind !== 'name').length ?? null,
      },
      language: { ...wordOn('language'), metrics: checked?.metrics ?? null, hints: checked?.hints ?? [] },
    }
  })
  return {
    batchId,
    title: batch.title,
    prompt: batch.prompt,
    locale: batch.locale,
    capacity: batch.capacity,
    counts,
    files,
    essays,
    pipeline: pipeline && {
      runId: pipeline.runId,
      outcome: pipeline.outcome,
      paused: pipeline.paused,
      ...(pipeline.reason ? { reason: pipeline.reason } : {}),
      phases: pipeline.phases,
    },
  }
}

type SlottedFile = FileView & { essayId: EssayId; slot: number }

/** The stored results of the essays whose phase has succeeded, by essay. */
async function checksOf<R>(
  api: PhaseApi<R>,
  schoolId: SchoolId,
  files: readonly SlottedFile[],
  said: ReadonlyMap<string, store.EssayPhase>,
): Promise<Map<EssayId, R>> {
  const wanted = files.flatMap(({ essayId }): (CheckKey & { essayId: EssayId })[] => {
    const row = said.get(`${essayId} ${api.phase}`)
    return row?.status === 'succeeded' && row.fingerprint
      ? [{ essayId, textHash: row.textHash, fingerprint: row.fingerprint }]
      : []
  })
  const found = await api.getChecks(schoolId, wanted)
  return new Map(wanted.flatMap(({ essayId }, i) => (found[i] ? [[essayId, found[i]] as const] : [])))
}

/** Without texts, findings and hints: what a list needs. */
export const summarise = (results: BatchResults): BatchResults => ({
  ...results,
  essays: results.essays.map(
    ({
      text: _text,
      spelling: { findings: _findings, ...spelling },
      language: { hints: _hints, ...language },
      ...essay
    }) => ({
      ...essay,
      spelling,
      language,
    }),
  ),
})
