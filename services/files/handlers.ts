import { batchErased } from '#contracts/batches.ts'
import type { BatchId } from '#contracts/common.ts'
import { slotAssigned, slotFreed, slotsExhausted } from '#contracts/essays.ts'
import type { Envelope } from '#contracts/event.ts'
import { fileReceived } from '#contracts/files.ts'
import { causedBy, onEvent, type Subscription } from '#platform/bus/bus.ts'
import { afterCommit } from '#platform/database/database.ts'
import { enqueueJob } from '#platform/jobs/jobs.ts'
import { sweepJob, type FilesDeps } from './actions.ts'
import { recordSlots, recordWaiting, type Decided } from './progress.ts'
import { enqueueReading } from './receiving.ts'
import { recentTexts } from './recent-texts.ts'
import * as store from './store.ts'

const decided = (event: Envelope<{ batchId: BatchId }>): Decided[] =>
  event.fileUploadId
    ? [
        {
          fileUploadId: event.fileUploadId,
          batchId: event.data.batchId,
          schoolId: event.schoolId,
          cause: causedBy(event),
        },
      ]
    : []

export const filesSubscription = (deps: FilesDeps): Subscription => ({
  name: 'files',
  from: 'beginning',
  handlers: [
    onEvent({
      // Not with the upload: many uploads that come one by one are few jobs, and nobody waits for these.
      event: fileReceived,
      handle: (tx, events) =>
        enqueueReading(
          tx,
          events[0]!.schoolId,
          events.flatMap(decided).map(({ fileUploadId, cause }) => ({ fileUploadId, cause })),
        ),
    }),
    onEvent({
      event: slotAssigned,
      handle: (tx, events) =>
        recordSlots(
          deps,
          tx,
          events.flatMap((event) => decided(event).map((file) => ({ ...event.data, ...file }))),
        ),
    }),
    onEvent({
      event: slotsExhausted,
      handle: (tx, events) => recordWaiting(deps, tx, events.flatMap(decided)),
    }),
    onEvent({
      // The originals go with the next sweep: it removes the bytes that no file names any more.
      event: batchErased,
      handle: async (tx, events) => {
        await store.deleteUploads(
          tx,
          events.map((event) => event.data.batchId),
        )
        await enqueueJob(tx, sweepJob, {}, { key: sweepJob })
        afterCommit(tx, recentTexts.forgetAll)
      },
    }),
    onEvent({
      event: slotFreed,
      handle: (tx, events) =>
        store.clearSlots(
          tx,
          events.map((event) => event.data.essayId),
        ),
    }),
  ],
})
