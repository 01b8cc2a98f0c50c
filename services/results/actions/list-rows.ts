import { Phase, type BatchId, type FileUploadId, type SchoolId } from '#contracts/common.ts'
import type { BatchRow, FileView } from '#contracts/results.ts'
import { notFound } from '#platform/errors.ts'
import { countFindings, type ResultsDeps } from './assemble.ts'
import { statusOf } from '../statuses.ts'
import * as store from '../store.ts'

/**
 * Files of a batch with the state of their phases. It costs what is shown, not what the batch holds: the page by
 * its index, the phases of its essays by their keys.
 */
export async function listRows(
  deps: ResultsDeps,
  schoolId: SchoolId,
  batchId: BatchId,
  some: { after?: FileUploadId; ids?: readonly FileUploadId[]; limit: number },
): Promise<BatchRow[]> {
  const [batch, run, files] = await Promise.all([
    deps.batches.findBatch(schoolId, batchId),
    deps.batches.findLatestRun(schoolId, batchId),
    deps.files.listSomeFiles(schoolId, batchId, some),
  ])
  if (!batch) throw notFound('batch')
  const essayIds = files.flatMap((file) => file.essayId ?? [])
  const [phases, seatedAt] = await deps.database.transaction(
    schoolId,
    async (tx) => [await store.listPhasesOf(tx, essayIds), await store.listSeatedAt(tx, essayIds)] as const,
  )
  const findings = await countFindings(deps.spelling, schoolId, phases)
  const ofEssay = Map.groupBy(phases, (row) => row.essayId)
  return files.map(({ essayId, ...file }): BatchRow => {
    const words = essayId === null ? [] : (ofEssay.get(essayId) ?? [])
    const row: BatchRow = { ...file, essayId, phases: {}, findings: null, durationMs: null }
    if (essayId === null) return row
    for (const phase of Phase.options) {
      const { status, error } = statusOf(
        words.find((word) => word.phase === phase),
        phase,
        run,
      )
      if (status !== 'not-requested') row.phases[phase] = status
      if (error) (row.phaseErrors ??= {})[phase] = error
    }
    row.findings = findings.get(essayId) ?? null
    row.durationMs = durationOf(file, [seatedAt.get(essayId), ...words.map((word) => word.doneAt)])
    return row
  })
}

function durationOf(
  file: Pick<FileView, 'receivedAt'>,
  times: readonly (string | null | undefined)[],
): number | null {
  const done = times.flatMap((time) => (time ? [Date.parse(time)] : []))
  // A file that waited for its slot was received before; clocks of two processes may still differ by a little.
  return done.length === 0 ? null : Math.max(0, Math.max(...done) - Date.parse(file.receivedAt))
}
