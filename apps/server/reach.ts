import type { BatchesApi } from '#contracts/batches.ts'
import type { BatchId, EssayId, FileUploadId, RunId, SchoolId } from '#contracts/common.ts'
import type { FilesApi } from '#contracts/files.ts'
import type { MayReach } from '#platform/http/doors.ts'

/** How many files, essays and runs are remembered with their batch, which never changes. */
const remembered = 50_000

/**
 * Answers whether what a request names is there for the person who asks: everything with an owner lies in a
 * batch, and the batch has one. Ownership, shares and removal are read anew each time.
 */
export function createReach(batches: BatchesApi, files: FilesApi): MayReach {
  const known = new Map<string, BatchId>()

  async function batchOf(key: string, find: () => Promise<BatchId | null>): Promise<BatchId | null> {
    const kept = known.get(key)
    if (kept) return kept
    const found = await find()
    if (found) {
      if (known.size >= remembered) known.delete(known.keys().next().value as string)
      known.set(key, found)
    }
    return found
  }

  async function findBatch(
    schoolId: SchoolId,
    { batchId, fileUploadId, runId, essayId }: Readonly<Record<string, string>>,
  ): Promise<{ what: string; batchId: BatchId | null } | null> {
    if (batchId) return { what: 'batch', batchId: batchId as BatchId }
    if (fileUploadId) {
      const id = fileUploadId as FileUploadId
      const find = () => files.findBatchOf(schoolId, { fileUploadId: id })
      return { what: 'file', batchId: await batchOf(`${schoolId} ${id}`, find) }
    }
    if (runId) {
      const find = () => batches.findBatchOfRun(schoolId, runId as RunId)
      return { what: 'run', batchId: await batchOf(`${schoolId} ${runId}`, find) }
    }
    if (essayId) {
      const id = essayId as EssayId
      // Whichever of the two has heard of the essay's slot first.
      const find = async () =>
        (await files.findBatchOf(schoolId, { essayId: id })) ?? batches.findBatchOfEssay(schoolId, id)
      return { what: 'essay', batchId: await batchOf(`${schoolId} ${id}`, find) }
    }
    return null
  }

  return async ({ principal, whose, named, removedToo }) => {
    const { schoolId, userId } = principal
    const thing = await findBatch(schoolId, named)
    if (!thing) return { reached: true }
    const { what, batchId } = thing
    const standing = batchId && (await batches.findStanding(schoolId, batchId, userId))
    if (!standing || (standing.removed && !removedToo)) return { reached: false, what, onlyShared: false }
    if (whose === 'school' || standing.mine || (whose === 'own' && standing.sharedWithMe))
      return { reached: true }
    return { reached: false, what, onlyShared: standing.sharedWithMe }
  }
}
