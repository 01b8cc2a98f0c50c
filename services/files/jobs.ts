import { z } from 'zod'
import { Actor } from '#contracts/event.ts'
import { FileUploadId, SchoolId } from '#contracts/common.ts'
import type { Cause } from '#platform/bus/bus.ts'
import { isDatabaseAway } from '#platform/errors.ts'
import { sha256 } from '#platform/ids.ts'
import { settleReadings, type FilesDeps, type ReadFile } from './actions.ts'
import { readingLost } from './rejections.ts'
import * as store from './store.ts'

const ReadPayload = z.object({
  schoolId: SchoolId,
  files: z.array(
    z.object({
      fileUploadId: FileUploadId,
      cause: z.object({
        correlationId: z.string(),
        causationId: z.string().nullable(),
        actor: Actor,
        traceparent: z.string(),
      }),
    }),
  ),
})

/**
 * What was read waits at most this long, in milliseconds, for others to share its commit and the commits of all
 * who hear of it: 100 essays cost 160 commits with 250 and 480 at a few files a commit. After a pause the first
 * texts go on sooner, for until they do nobody checks anything.
 */
const settleAfter = [20, 60, 120, 250]
/** Longer than the longest of these with the settling itself: else each would seem to follow a pause. */
const pause = 600

interface Unsettled {
  schoolId: SchoolId
  file: ReadFile
  resolve: () => void
  reject: (error: unknown) => void
}

/**
 * Reads the files of its jobs in the limited children, several at a time. Files read close in time are settled
 * together, whichever jobs they belong to: a page sends each file by itself. Nothing waits when nothing is read.
 */
export function createReading(deps: FilesDeps): (payload: unknown) => Promise<void> {
  let read: Unsettled[] = []
  /** Files of all jobs that are being read or are about to be. */
  let unread = 0
  let settledAt = Number.NEGATIVE_INFINITY
  /** How many times something was settled since the last pause. */
  let settles = 0
  let settling: Promise<void> = Promise.resolve()
  let timer: NodeJS.Timeout | undefined

  function settle(): void {
    clearTimeout(timer)
    timer = undefined
    const together = read
    read = []
    if (together.length === 0) return
    const now = performance.now()
    settles = now - settledAt > pause ? 1 : settles + 1
    settledAt = now
    settling = settling.then(() => settleTogether(together))
  }

  /** Tells each its own fate; never rejects. */
  async function settleTogether(together: readonly Unsettled[]): Promise<void> {
    for (const [schoolId, group] of Map.groupBy(together, (each) => each.schoolId)) {
      try {
        await settleReadings(
          deps,
          schoolId,
          group.map((each) => each.file),
        )
        for (const each of group) each.resolve()
      } catch (error) {
        if (group.length === 1 || isDatabaseAway(error)) for (const each of group) each.reject(error)
        // One of them is at fault; the others are settled without it.
        else for (const each of group) await settleTogether([each])
      }
    }
  }

  function noLongerUnread(files: number): void {
    unread -= files
    if (unread === 0) settle()
    else if (read.length > 0 && timer === undefined) {
      const earlier = performance.now() - settledAt > pause ? 0 : settles
      timer = setTimeout(settle, settleAfter[Math.min(earlier, settleAfter.length - 1)])
    }
  }

  return async (payload) => {
    const { schoolId, files } = ReadPayload.parse(payload)
    const causes = new Map(files.map((file) => [file.fileUploadId, file.cause]))
    const taken = await deps.database.transaction(schoolId, (tx) =>
      store.takeForReading(
        tx,
        files.map((file) => file.fileUploadId),
      ),
    )
    unread += taken.length
    let begun = 0
    const settled: Promise<void>[] = []
    const uploads = taken.values()
    const readSome = async (): Promise<void> => {
      // The one iterator is shared: each file is taken by one of the readers.
      for (const upload of uploads) {
        begun += 1
        try {
          const file = await readOne(deps, schoolId, upload, causes.get(upload.fileUploadId)!)
          const fate = new Promise<void>((resolve, reject) => read.push({ schoolId, file, resolve, reject }))
          // Heard below, when all are read.
          fate.catch(() => {})
          settled.push(fate)
        } finally {
          noLongerUnread(1)
        }
      }
    }
    const readers = await Promise.allSettled(Array.from({ length: deps.config.readers }, readSome))
    if (begun < taken.length) noLongerUnread(taken.length - begun)
    for (const end of [...readers, ...(await Promise.allSettled(settled))])
      if (end.status === 'rejected') throw end.reason
  }
}

async function readOne(
  deps: FilesDeps,
  schoolId: SchoolId,
  upload: store.Upload,
  cause: Cause,
): Promise<ReadFile> {
  if (upload.sha256 === null) return { upload, cause, text: null, error: readingLost() }
  const reading = await deps.readers.read({
    path: deps.blobs.path(schoolId, upload.sha256),
    fileName: upload.fileName,
  })
  if (!reading.ok) return { upload, cause, text: null, error: reading.error }
  const { text, words, format, remarks } = reading
  const settled = { fileUploadId: upload.fileUploadId, text, textHash: sha256(text), words, format, remarks }
  return { upload, cause, text: settled, error: null }
}

/**
 * Files whose reading was lost with its job (six attempts, each cut) are settled as rejected, so that nothing
 * stays "reading" for ever; and blobs that no upload names are removed an hour after they were written.
 */
export async function sweepFiles(deps: FilesDeps, schoolId: SchoolId): Promise<void> {
  const lost = await deps.database.transaction(schoolId, async (tx) =>
    store.takeForReading(tx, await store.listStuck(tx, 4 * deps.config.readingDeadlineSeconds)),
  )
  if (lost.length > 0) {
    const actor = { kind: 'program' as const }
    const cause = { correlationId: 'sweep', causationId: null, actor, traceparent: '' }
    await settleReadings(
      deps,
      schoolId,
      lost.map((upload) => ({ upload, cause, text: null, error: readingLost() })),
    )
  }
  const hour = 3_600_000
  let old: { sha256: string }[] = []
  const removeUnknown = async (): Promise<void> => {
    const known = await deps.database.transaction(schoolId, (tx) =>
      store.listKnownBytes(
        tx,
        old.map((blob) => blob.sha256),
      ),
    )
    for (const blob of old) if (!known.has(blob.sha256)) await deps.blobs.remove(schoolId, blob.sha256)
    old = []
  }
  for await (const blob of deps.blobs.list()) {
    if (blob.ageMs < hour) continue
    if (blob.sha256 === null)
      await deps.blobs.discard([{ path: blob.path, sha256: '', sizeBytes: 0, tooLarge: false }])
    else if (blob.schoolId === schoolId) old.push({ sha256: blob.sha256 })
    if (old.length >= 1000) await removeUnknown()
  }
  if (old.length > 0) await removeUnknown()
}
