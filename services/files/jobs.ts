import { z } from 'zod'
import { Actor } from '#contracts/event.ts'
import { FileUploadId, SchoolId, type Failure } from '#contracts/common.ts'
import { sha256 } from '#platform/ids.ts'
import { settleReadings, type FilesDeps } from './actions.ts'
import { readingLost } from './rejections.ts'
import * as store from './store.ts'

const ReadPayload = z.object({
  schoolId: SchoolId,
  cause: z.object({ correlationId: z.string(), actor: Actor, traceparent: z.string() }),
  files: z.array(z.object({ fileUploadId: FileUploadId, causationId: z.string().nullable() })),
})

/**
 * What was read waits at most this long, in milliseconds, for others to share its commit and the commits of all
 * who hear of it: 100 essays cost 160 commits with it and 480 at a few files a commit.
 */
const settleAfter = 250
/** The first texts after a pause go on sooner: until they do, nobody checks anything. */
const firstSettleAfter = 80
const pause = 1000
/** When any job of this process last settled something. */
let settledAt = Number.NEGATIVE_INFINITY

type Settled = Parameters<typeof settleReadings>[2][number]

/** Reads the files of one job in the limited children, several at a time, and settles those read close in time together. */
export async function readFiles(deps: FilesDeps, payload: unknown): Promise<void> {
  const job = ReadPayload.parse(payload)
  const causes = new Map(job.files.map((file) => [file.fileUploadId, file.causationId]))
  const taken = await deps.database.transaction(job.schoolId, (tx) =>
    store.takeForReading(
      tx,
      job.files.map((file) => file.fileUploadId),
    ),
  )
  let done: Settled[] = []
  let timer: NodeJS.Timeout | undefined
  let settling: Promise<void> = Promise.resolve()
  const settle = (): Promise<void> => {
    clearTimeout(timer)
    timer = undefined
    settledAt = performance.now()
    const readings = done
    done = []
    if (readings.length > 0) settling = settling.then(() => settleReadings(deps, job, readings))
    // Who waits for the last one learns of a failure of any.
    settling.catch(() => {})
    return settling
  }
  const files = taken.values()
  const read = async (): Promise<void> => {
    // The one iterator is shared: each file is taken by one of the readers.
    for (const upload of files) {
      const reading = await readOne(deps, job.schoolId, upload, causes.get(upload.fileUploadId) ?? null)
      // Which list it joins is known only now: others were settled while this one was read.
      done.push(reading)
      timer ??= setTimeout(settle, performance.now() - settledAt > pause ? firstSettleAfter : settleAfter)
    }
  }
  try {
    await Promise.all(Array.from({ length: deps.config.readers }, read))
  } finally {
    await settle()
  }
}

async function readOne(
  deps: FilesDeps,
  schoolId: SchoolId,
  upload: store.Upload,
  causationId: string | null,
) {
  if (upload.sha256 === null)
    return { upload, causationId, text: null, error: readingLost() satisfies Failure }
  const reading = await deps.readers.read({
    path: deps.blobs.path(schoolId, upload.sha256),
    fileName: upload.fileName,
  })
  if (!reading.ok) return { upload, causationId, text: null, error: reading.error }
  const { text, words, format, remarks } = reading
  const settled = { fileUploadId: upload.fileUploadId, text, textHash: sha256(text), words, format, remarks }
  return { upload, causationId, text: settled, error: null }
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
    const cause = { correlationId: 'sweep', actor: { kind: 'program' as const }, traceparent: '' }
    await settleReadings(
      deps,
      { schoolId, cause },
      lost.map((upload) => ({ upload, causationId: null, text: null, error: readingLost() })),
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
