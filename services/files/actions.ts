import type { Readable } from 'node:stream'
import type { BatchId, EventId, Failure, FileUploadId, Remark, SchoolId } from '#contracts/common.ts'
import type { BatchesApi } from '#contracts/batches.ts'
import {
  fileReceived,
  fileRejected,
  fileRemoved,
  fileRestored,
  textExtracted,
  type UploadItem,
} from '#contracts/files.ts'
import { newEvent, type Bus, type Cause } from '#platform/bus/bus.ts'
import type { FileState } from '#contracts/results.ts'
import type { Blobs, StagedBlob } from '#platform/blobs/blobs.ts'
import type { Config } from '#platform/config/config.ts'
import type { Database, Tx } from '#platform/database/database.ts'
import { AppError, notFound } from '#platform/errors.ts'
import type { Remember } from '#platform/http/idempotency.ts'
import { mint } from '#platform/ids.ts'
import { enqueueJobs } from '#platform/jobs/jobs.ts'
import { isArchive, type ReaderPool } from './reading/reader-pool.ts'
import { emptyFile, nameTooLong, nameWithLineBreak, tooLarge } from './rejections.ts'
import * as store from './store.ts'

export interface FilesDeps {
  database: Database
  bus: Bus
  blobs: Blobs
  readers: ReaderPool
  batches: BatchesApi
  config: Config
}

/** One file on its way in: staged bytes, or the reason why there are none worth keeping. */
export interface Arrival {
  fileUploadId: FileUploadId
  fileName: string
  archive: string | null
  staged: StagedBlob | null
  error: Failure | null
  remarks: Remark[]
}

/** How many files one reading job takes: a class is one job; what it shows on the way is paced by its settling. */
const filesPerJob = 64

export interface ReadJob {
  schoolId: SchoolId
  cause: Omit<Cause, 'causationId'>
  files: { fileUploadId: FileUploadId; causationId: string | null }[]
}
export const readJob = 'files.read'
export const sweepJob = 'files.sweep'

/** 404 unless the batch is the school's. Called before a byte is read. */
export async function requireBatch(deps: FilesDeps, schoolId: SchoolId, batchId: BatchId): Promise<void> {
  if (!(await deps.batches.findBatch(schoolId, batchId))) throw notFound('batch')
}

/** A name as the database can hold it: what is no character, and NUL, become U+FFFD. */
const storable = (name: string): string => name.toWellFormed().replaceAll('\0', '\ufffd')

/** Stages one part of a request; a zip becomes its members, or one rejected item when it does not open. */
export async function stagePart(deps: FilesDeps, fileName: string, source: Readable): Promise<Arrival[]> {
  const zipped = /\.zip$/i.test(fileName)
  const limit = zipped ? deps.config.maxArchiveBytes : deps.config.maxFileBytes
  const staged = await deps.blobs.stage(source, limit)
  const arrival = judgeArrival(fileName, null, staged, limit)
  if (arrival.error || !zipped || !(await isArchive({ path: staged.path }))) return [arrival]
  const members: Arrival[] = []
  try {
    const expansion = await deps.readers.expand({ path: staged.path, fileName }, async (member) => {
      if ('error' in member) members.push(refusedMember(member.path, fileName, member.error))
      else {
        const bytes = await deps.blobs.stage(member.bytes, deps.config.maxFileBytes)
        members.push({
          ...judgeArrival(member.path, fileName, bytes, deps.config.maxFileBytes),
          remarks: member.remarks ?? [],
        })
      }
    })
    if (expansion.ok && expansion.kind === 'document') return [arrival]
    if (!expansion.ok) {
      await deps.blobs.discard(members.flatMap((member) => member.staged ?? []))
      return [{ ...arrival, error: expansion.error }]
    }
  } catch (error) {
    await deps.blobs.discard([staged, ...members.flatMap((member) => member.staged ?? [])])
    throw error
  }
  await deps.blobs.discard([staged])
  return members
}

const refusedMember = (path: string, archive: string, error: Failure): Arrival => ({
  fileUploadId: mint<FileUploadId>(),
  fileName: storable(path),
  archive: storable(archive),
  staged: null,
  error,
  remarks: [],
})

/** A part that the form's parser has dropped for its name: without bytes, but not without a word. */
export const refuseName = (fileName: string): Arrival => ({
  fileUploadId: mint<FileUploadId>(),
  fileName: storable(fileName.replaceAll('\n', '\u240a').replaceAll('\r', '\u240d')),
  archive: null,
  staged: null,
  error: nameWithLineBreak(),
  remarks: [],
})

function judgeArrival(fileName: string, archive: string | null, staged: StagedBlob, limit: number): Arrival {
  const error = staged.tooLarge
    ? tooLarge(staged.sizeBytes, limit)
    : staged.sizeBytes === 0
      ? emptyFile()
      : [...fileName].length > 255
        ? nameTooLong([...fileName].length)
        : null
  return {
    fileUploadId: mint<FileUploadId>(),
    fileName: storable(fileName),
    archive: archive && storable(archive),
    staged,
    error,
    remarks: [],
  }
}

/**
 * Records what arrived, its events and the jobs that read it, in one transaction; the bytes are synced before.
 * What comes back is what was committed.
 */
export async function receiveFiles(
  deps: FilesDeps,
  request: {
    schoolId: SchoolId
    batchId: BatchId
    arrivals: readonly Arrival[]
    replaces: FileUploadId | null
    cause: Cause
  },
  remember: Remember,
  toAnswer: (items: UploadItem[]) => { status: number; body: unknown },
): Promise<{ status: number; body: unknown }> {
  const { schoolId, batchId, arrivals, replaces, cause } = request
  await deps.blobs.keep(
    schoolId,
    arrivals.flatMap((a) => (a.staged && !a.staged.tooLarge ? [a.staged] : [])),
  )
  const receivedAt = new Date().toISOString()
  return deps.database.transaction(schoolId, async (tx) => {
    const seen = await store.findFirstByBytes(
      tx,
      batchId,
      arrivals.flatMap((a) => a.staged?.sha256 ?? []),
    )
    const uploads = arrivals.map((arrival): store.NewUpload => {
      const hash = arrival.staged?.sha256 ?? null
      const first = hash === null || arrival.error ? undefined : seen.get(hash)
      if (hash !== null && !arrival.error && !first) seen.set(hash, arrival.fileUploadId)
      return {
        fileUploadId: arrival.fileUploadId,
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
    })
    await store.insertUploads(tx, schoolId, batchId, uploads)
    const ids = uploads.map(() => mint<EventId>())
    await deps.bus.publish(
      tx,
      uploads.flatMap((upload, i) => {
        const common = { schoolId, key: batchId, fileUploadId: upload.fileUploadId }
        const received = newEvent({
          ...common,
          id: ids[i],
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
        const after = { ...cause, causationId: ids[i] ?? null }
        return [
          received,
          newEvent({
            ...common,
            event: fileRejected,
            cause: after,
            data: { batchId, code: upload.error.code, replaces },
          }),
        ]
      }),
    )
    await enqueueReading(
      tx,
      schoolId,
      cause,
      uploads.flatMap((upload, i) =>
        upload.error ? [] : [{ fileUploadId: upload.fileUploadId, causationId: ids[i] ?? null }],
      ),
    )
    const answer = toAnswer(uploads.map(toItem))
    await remember(tx, answer)
    return answer
  })
}

/** SHA-256 of no bytes at all: stands for a member of an archive whose bytes were refused. */
const noBytes = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855'

async function enqueueReading(
  tx: Tx,
  schoolId: SchoolId,
  cause: Omit<Cause, 'causationId'>,
  files: ReadJob['files'],
): Promise<void> {
  const { correlationId, actor, traceparent } = cause
  const jobs: ReadJob[] = []
  for (let i = 0; i < files.length; i += filesPerJob)
    jobs.push({
      schoolId,
      cause: { correlationId, actor, traceparent },
      files: files.slice(i, i + filesPerJob),
    })
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

/** Removed at once for everyone; its slot stays reserved for a restore within the time of undo. */
export async function removeFile(
  deps: FilesDeps,
  schoolId: SchoolId,
  id: FileUploadId,
  cause: Cause,
  remember?: (tx: Tx) => Promise<void>,
): Promise<void> {
  await deps.database.transaction(schoolId, async (tx) => {
    const upload = await store.lockUpload(tx, id)
    if (!upload) throw notFound('file')
    if (await store.setRemoved(tx, id))
      await deps.bus.publish(tx, [
        newEvent({
          schoolId,
          key: upload.batchId,
          fileUploadId: id,
          event: fileRemoved,
          cause,
          data: { batchId: upload.batchId, replacedBy: null },
        }),
      ])
    await remember?.(tx)
  })
}

/** Takes a removal back: to its own slot while that is reserved, into the queue for one later. */
export async function restoreFile(
  deps: FilesDeps,
  schoolId: SchoolId,
  id: FileUploadId,
  cause: Cause,
  remember: (tx: Tx, state: FileState) => Promise<void>,
): Promise<void> {
  await deps.database.transaction(schoolId, async (tx) => {
    const upload = await store.lockUpload(tx, id)
    if (!upload) throw notFound('file')
    if (upload.state !== 'removed')
      throw new AppError('file-not-removed', 'This file is not removed, so there is nothing to restore.')
    const state = upload.error ? 'rejected' : 'reading'
    await store.setRestored(tx, id, state)
    await remember(tx, state)
    const { batchId, textHash, words } = upload
    const eventId = mint<EventId>()
    await deps.bus.publish(tx, [
      newEvent({
        id: eventId,
        schoolId,
        key: batchId,
        fileUploadId: id,
        event: fileRestored,
        cause,
        data: { batchId, textHash, words },
      }),
    ])
    if (upload.error)
      await deps.bus.publish(tx, [
        newEvent({
          schoolId,
          key: batchId,
          fileUploadId: id,
          event: fileRejected,
          cause: { ...cause, causationId: eventId },
          data: { batchId, code: upload.error.code, replaces: null },
        }),
      ])
    else if (textHash === null)
      await enqueueReading(tx, schoolId, cause, [{ fileUploadId: id, causationId: eventId }])
  })
}

/** Puts texts and rejections down together: one commit for several files that were read close in time. */
export async function settleReadings(
  deps: FilesDeps,
  job: Pick<ReadJob, 'schoolId' | 'cause'>,
  readings: readonly {
    upload: store.Upload
    causationId: string | null
    text: store.SettledText | null
    error: Failure | null
  }[],
): Promise<void> {
  const { schoolId } = job
  const texts = readings.flatMap((reading) => reading.text ?? [])
  const rejections = readings.flatMap(({ upload, error }) =>
    error
      ? [{ fileUploadId: upload.fileUploadId, error: { ...error, correlationId: job.cause.correlationId } }]
      : [],
  )
  await deps.database.transaction(schoolId, async (tx) => {
    await store.insertTexts(tx, schoolId, texts)
    const settled = await store.settleTexts(tx, texts)
    const rejected = await store.settleRejections(tx, rejections)
    await deps.bus.publish(
      tx,
      readings.flatMap(({ upload, causationId, text, error }) => {
        const { batchId, fileUploadId, replaces } = upload
        const common = { schoolId, key: batchId, fileUploadId, cause: { ...job.cause, causationId } }
        if (text && settled.has(fileUploadId))
          return [
            newEvent({
              ...common,
              event: textExtracted,
              data: { batchId, textHash: text.textHash, words: text.words, format: text.format, replaces },
            }),
          ]
        if (error && rejected.has(fileUploadId))
          return [newEvent({ ...common, event: fileRejected, data: { batchId, code: error.code, replaces } })]
        return []
      }),
    )
  })
}
