import type { BatchId, EventId, FileUploadId, SchoolId } from '#contracts/common.ts'
import { fileReceived, fileRejected, type UploadItem } from '#contracts/files.ts'
import { newEvent, type Cause } from '#platform/bus/bus.ts'
import type { Tx } from '#platform/database/database.ts'
import { createGatherer, type Gatherer } from '#platform/gather.ts'
import type { Remember } from '#platform/http/idempotency.ts'
import { mint } from '#platform/ids.ts'
import { enqueueJobs } from '#platform/jobs/jobs.ts'
import type { Arrival, FilesDeps } from './actions.ts'
import * as store from './store.ts'

/** How many files one reading job takes: a class is one job; what it shows on the way is paced by its settling. */
const filesPerJob = 64

export interface ReadJob {
  schoolId: SchoolId
  /** With what caused each: a job reads the files of several requests. */
  files: { fileUploadId: FileUploadId; cause: Cause }[]
}
export const readJob = 'files.read'

/** SHA-256 of no bytes at all: stands for a member of an archive whose bytes were refused. */
const noBytes = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855'

/** The most requests whose files share one transaction. */
const requestsPerCommit = 32

type Answer = { status: number; body: unknown }

interface Receipt {
  batchId: BatchId
  arrivals: readonly Arrival[]
  replaces: FileUploadId | null
  cause: Cause
  remember: Remember
  toAnswer: (items: UploadItem[]) => Answer
}

const gatherers = new WeakMap<FilesDeps, Gatherer<Receipt, Answer>>()

/**
 * Records what arrived with its events, in one transaction; the bytes are synced before. Who hears of it has it read.
 * What comes back is what was committed. Requests of one school that come while another commits share the next
 * commit: a page that sends each file by itself then costs little more than one that sends them all at once.
 */
export const receiveFiles = (
  deps: FilesDeps,
  { schoolId, ...request }: Omit<Receipt, 'remember' | 'toAnswer'> & { schoolId: SchoolId },
  remember: Remember,
  toAnswer: (items: UploadItem[]) => Answer,
): Promise<Answer> =>
  deps.foreground.hold(async () => {
    await deps.blobs.keep(
      schoolId,
      request.arrivals.flatMap((a) => (a.staged && !a.staged.tooLarge ? [a.staged] : [])),
    )
    let gatherer = gatherers.get(deps)
    if (!gatherer) {
      gatherer = createGatherer(
        (school, receipts) =>
          deps.database.transaction(school as SchoolId, (tx) =>
            recordFiles(deps, tx, school as SchoolId, receipts),
          ),
        requestsPerCommit,
      )
      gatherers.set(deps, gatherer)
    }
    return gatherer.add(schoolId, { ...request, remember, toAnswer })
  })

async function recordFiles(
  deps: FilesDeps,
  tx: Tx,
  schoolId: SchoolId,
  receipts: readonly Receipt[],
): Promise<Answer[]> {
  const receivedAt = new Date().toISOString()
  const seenOf = new Map<BatchId, Map<string, FileUploadId>>()
  for (const [batchId, inBatch] of Map.groupBy(receipts, (receipt) => receipt.batchId)) {
    const hashes = inBatch.flatMap(({ arrivals }) => arrivals.flatMap((a) => a.staged?.sha256 ?? []))
    seenOf.set(batchId, await store.findFirstByBytes(tx, batchId, hashes))
  }
  const recorded = receipts.map((receipt) => ({
    receipt,
    uploads: receipt.arrivals.map((arrival) => ({
      ...toUpload(receipt, arrival, seenOf.get(receipt.batchId)!, receivedAt),
      eventId: mint<EventId>(),
    })),
  }))
  await store.insertUploads(
    tx,
    schoolId,
    recorded.flatMap(({ uploads }) => uploads),
  )
  await deps.bus.publish(
    tx,
    recorded.flatMap(({ receipt: { batchId, replaces, cause }, uploads }) =>
      uploads.flatMap((upload) => {
        const common = { schoolId, key: batchId, fileUploadId: upload.fileUploadId }
        const received = newEvent({
          ...common,
          id: upload.eventId,
          event: fileReceived,
          cause,
          data: {
            batchId,
            sizeBytes: upload.sizeBytes,
            sha256: upload.sha256 ?? noBytes,
            duplicateOf: upload.duplicateOf,
            replaces,
          },
        })
        if (!upload.error) return [received]
        const after = { ...cause, causationId: upload.eventId }
        const data = { batchId, code: upload.error.code, replaces }
        return [received, newEvent({ ...common, event: fileRejected, cause: after, data })]
      }),
    ),
  )
  const answers: Answer[] = []
  for (const { receipt, uploads } of recorded) {
    const answer = receipt.toAnswer(uploads.map(toItem))
    await receipt.remember(tx, answer)
    answers.push(answer)
  }
  return answers
}

/** `seen` is the first file of the batch with each of these bytes; the upload joins it. */
function toUpload(
  { batchId, replaces, cause }: Receipt,
  arrival: Arrival,
  seen: Map<string, FileUploadId>,
  receivedAt: string,
): store.NewUpload {
  const hash = arrival.staged?.sha256 ?? null
  const first = hash === null || arrival.error ? undefined : seen.get(hash)
  if (hash !== null && !arrival.error && !first) seen.set(hash, arrival.fileUploadId)
  return {
    fileUploadId: arrival.fileUploadId,
    batchId,
    fileName: arrival.fileName,
    archive: arrival.archive,
    sizeBytes: arrival.staged?.sizeBytes ?? 0,
    sha256: hash,
    state: arrival.error ? 'rejected' : 'received',
    duplicateOf: first && first !== replaces ? first : null,
    replaces,
    remarks: arrival.remarks,
    error: arrival.error ? { ...arrival.error, correlationId: cause.correlationId } : null,
    receivedAt,
  }
}

/** Files are read in jobs of at most 64. */
export async function enqueueReading(tx: Tx, schoolId: SchoolId, files: ReadJob['files']): Promise<void> {
  const jobs: ReadJob[] = []
  for (let i = 0; i < files.length; i += filesPerJob)
    jobs.push({ schoolId, files: files.slice(i, i + filesPerJob) })
  await enqueueJobs(tx, readJob, jobs)
}

const toItem = (upload: store.NewUpload): UploadItem => ({
  fileUploadId: upload.fileUploadId,
  fileName: upload.fileName,
  ...(upload.archive === null ? {} : { archive: upload.archive }),
  sizeBytes: upload.sizeBytes,
  sha256: upload.sha256,
  state: upload.state,
  ...(upload.duplicateOf ? { duplicateOf: upload.duplicateOf } : {}),
  ...(upload.error ? { error: upload.error } : {}),
})
