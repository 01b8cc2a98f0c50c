import type { Readable } from 'node:stream'
import type { EventId, Failure, FileUploadId, Remark, SchoolId } from '#contracts/common.ts'
import { fileRejected, fileRemoved, fileRestored, textExtracted } from '#contracts/files.ts'
import { newEvent, type Bus, type Cause } from '#platform/bus/bus.ts'
import type { FileState } from '#contracts/results.ts'
import type { Blobs, StagedBlob } from '#platform/blobs/blobs.ts'
import type { Config } from '#platform/config/config.ts'
import type { Database, Tx } from '#platform/database/database.ts'
import { AppError, notFound } from '#platform/errors.ts'
import type { Foreground } from '#platform/foreground.ts'
import { mint } from '#platform/ids.ts'
import { enqueueReading } from './receiving.ts'
import { recentTexts } from './recent-texts.ts'
import { isArchive, type ReaderPool } from './reading/reader-pool.ts'
import { emptyFile, nameTooLong, nameWithLineBreak, tooLarge } from './rejections.ts'
import * as store from './store.ts'

export interface FilesDeps {
  database: Database
  bus: Bus
  blobs: Blobs
  readers: ReaderPool
  foreground: Foreground
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

export const sweepJob = 'files.sweep'

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
      await enqueueReading(tx, schoolId, [{ fileUploadId: id, cause: { ...cause, causationId: eventId } }])
  })
}

/** One file that has been read, with what caused its reading: a text, or why there is none. */
export interface ReadFile {
  upload: store.Upload
  cause: Cause
  text: store.SettledText | null
  error: Failure | null
}

/** Puts texts and rejections down together: one commit for several files that were read close in time. */
export async function settleReadings(
  deps: Pick<FilesDeps, 'database' | 'bus'>,
  schoolId: SchoolId,
  files: readonly ReadFile[],
): Promise<void> {
  const texts = files.flatMap((file) => file.text ?? [])
  const rejections = files.flatMap(({ upload, error, cause }) =>
    error
      ? [{ fileUploadId: upload.fileUploadId, error: { ...error, correlationId: cause.correlationId } }]
      : [],
  )
  await deps.database.transaction(schoolId, async (tx) => {
    await store.insertTexts(tx, schoolId, texts)
    const settled = await store.settleTexts(tx, texts)
    const rejected = await store.settleRejections(tx, rejections)
    await deps.bus.publish(
      tx,
      files.flatMap(({ upload, cause, text, error }) => {
        const { batchId, fileUploadId, replaces } = upload
        const common = { schoolId, key: batchId, fileUploadId, cause }
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
  recentTexts.remember(schoolId, texts)
}
