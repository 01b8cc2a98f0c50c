import type { BatchesApi } from '#contracts/batches.ts'
import type { BatchId, EssayId, Phase, SchoolId } from '#contracts/common.ts'
import { noCounts, type FilesApi } from '#contracts/files.ts'
import type { LanguageCheck } from '#contracts/language.ts'
import type { PhaseApi } from '#contracts/phases.ts'
import type { BatchResults, EssayResult, FileView } from '#contracts/results.ts'
import type { SpellingCheck } from '#contracts/spelling.ts'
import type { Database } from '#platform/database/database.ts'
import { notFound } from '#platform/errors.ts'
import { isSpelling } from '../exports/summary.ts'
import { statusOf } from '../statuses.ts'
import * as store from '../store.ts'

export interface ResultsDeps {
  database: Database
  files: FilesApi
  batches: BatchesApi
  spelling: PhaseApi<SpellingCheck>
  language: PhaseApi<LanguageCheck>
}

/** What an answer needs besides counts and figures: what it leaves out is not read either. */
export interface Wanted {
  texts: boolean
  /** Spelling findings and grammar hints. */
  findings: boolean
}

type Run = BatchResults['pipeline']
type SlottedFile = FileView & { essayId: EssayId; slot: number }
const isSlotted = (file: FileView): file is SlottedFile =>
  file.state === 'in-slot' && file.essayId !== null && file.slot !== null

/** The results of a batch, put together from those who own the parts. */
export async function assemble(
  deps: ResultsDeps,
  schoolId: SchoolId,
  batchId: BatchId,
  wanted: Wanted,
): Promise<BatchResults> {
  const [batch, said, files, counts, run] = await Promise.all([
    deps.batches.findBatch(schoolId, batchId),
    deps.database.snapshot(schoolId, async (tx) => ({
      hashes: await store.listTextHashes(tx, batchId),
      phases: await store.listEssayPhases(tx, batchId),
    })),
    deps.files.listFiles(schoolId, batchId),
    deps.files.countByBatch(schoolId, [batchId]),
    deps.batches.findLatestRun(schoolId, batchId),
  ])
  if (!batch) throw notFound('batch')
  const slotted = files.filter(isSlotted).toSorted((a, b) => a.slot - b.slot)
  const pipeline = run && {
    runId: run.runId,
    outcome: run.outcome,
    paused: run.paused,
    ...(run.reason ? { reason: run.reason } : {}),
    phases: run.phases,
  }
  return {
    batchId,
    title: batch.title,
    prompt: batch.prompt,
    locale: batch.locale,
    capacity: batch.capacity,
    counts: counts.get(batchId) ?? noCounts,
    files,
    essays: await assembleEssays(deps, schoolId, slotted, said, pipeline, wanted),
    pipeline,
  }
}

/** One essay with everything; costs that essay, whatever its batch holds. */
export async function assembleEssay(
  deps: ResultsDeps,
  schoolId: SchoolId,
  essayId: EssayId,
): Promise<EssayResult> {
  const said = await deps.database.snapshot(schoolId, async (tx) => {
    const batchId = await store.findBatchOfEssay(tx, essayId)
    return batchId && { batchId, ...(await store.readEssay(tx, essayId)) }
  })
  if (!said) throw notFound('essay')
  const [files, run] = await Promise.all([
    deps.files.listSomeFiles(schoolId, said.batchId, { essayId, limit: 1 }),
    deps.batches.findLatestRun(schoolId, said.batchId),
  ])
  const wanted = { texts: true, findings: true }
  const [essay] = await assembleEssays(deps, schoolId, files.filter(isSlotted), said, run, wanted)
  if (!essay) throw notFound('essay')
  return essay
}

async function assembleEssays(
  deps: ResultsDeps,
  schoolId: SchoolId,
  slotted: readonly SlottedFile[],
  { hashes, phases }: { hashes: ReadonlyMap<EssayId, string>; phases: readonly store.EssayPhase[] },
  run: Run,
  wanted: Wanted,
): Promise<EssayResult[]> {
  const words = new Map(phases.map((row) => [`${row.essayId} ${row.phase}`, row]))
  const succeeded = (phase: Phase): SucceededPhase[] =>
    slotted.flatMap(({ essayId }) => {
      const row = words.get(`${essayId} ${phase}`)
      return row?.status === 'succeeded' && row.fingerprint ? [{ ...row, fingerprint: row.fingerprint }] : []
    })
  const [findings, counts, metrics, hints, texts] = await Promise.all([
    wanted.findings ? partOf(deps.spelling, schoolId, succeeded('spelling'), 'findings') : null,
    wanted.findings ? null : countFindings(deps.spelling, schoolId, succeeded('spelling')),
    partOf(deps.language, schoolId, succeeded('language'), 'metrics'),
    wanted.findings ? partOf(deps.language, schoolId, succeeded('language'), 'hints') : null,
    wanted.texts
      ? deps.files.getTexts(schoolId, [...new Set(slotted.flatMap((file) => hashes.get(file.essayId) ?? []))])
      : null,
  ])
  return slotted.map((file): EssayResult => {
    const { essayId } = file
    const wordOn = (phase: Phase) => statusOf(words.get(`${essayId} ${phase}`), phase, run)
    const found = findings?.get(essayId)
    return {
      essayId,
      fileUploadId: file.fileUploadId,
      fileName: file.fileName,
      slot: file.slot,
      words: file.words ?? 0,
      ...(texts ? { text: texts.get(hashes.get(essayId) ?? '') ?? '' } : {}),
      spelling: {
        ...wordOn('spelling'),
        ...(findings ? { findings: found ?? [] } : {}),
        findingCount: counts ? (counts.get(essayId) ?? null) : (found?.filter(isSpelling).length ?? null),
      },
      language: {
        ...wordOn('language'),
        metrics: metrics.get(essayId) ?? null,
        ...(hints ? { hints: hints.get(essayId) ?? [] } : {}),
      },
    }
  })
}

type SucceededPhase = store.EssayPhase & { fingerprint: string }

/** One field of the stored results of these essays, by essay. */
async function partOf<R, K extends keyof R & string>(
  api: PhaseApi<R>,
  schoolId: SchoolId,
  succeeded: readonly SucceededPhase[],
  part: K,
): Promise<Map<EssayId, R[K]>> {
  const found = await api.getParts(schoolId, succeeded, part)
  return new Map(succeeded.flatMap(({ essayId }, i) => (found[i] ? [[essayId, found[i]] as const] : [])))
}

/**
 * How many findings each essay has, names left out. The event of a check says so; a phase that was pruned had
 * none, and those are counted from what is stored.
 */
export async function countFindings(
  spelling: PhaseApi<SpellingCheck>,
  schoolId: SchoolId,
  phases: readonly store.EssayPhase[],
): Promise<Map<EssayId, number>> {
  const counts = new Map<EssayId, number>()
  const uncounted: SucceededPhase[] = []
  for (const row of phases) {
    if (row.phase !== 'spelling' || row.status !== 'succeeded') continue
    if (row.findings !== null) counts.set(row.essayId, row.findings)
    else if (row.fingerprint !== null) uncounted.push({ ...row, fingerprint: row.fingerprint })
  }
  for (const [essayId, found] of await partOf(spelling, schoolId, uncounted, 'findings'))
    counts.set(essayId, found.filter(isSpelling).length)
  return counts
}
