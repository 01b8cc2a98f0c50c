import { batchChanged, batchCreated, batchErased } from '#contracts/batches.ts'
import type { BatchId } from '#contracts/common.ts'
import type { Envelope } from '#contracts/event.ts'
import { fileRemoved, fileRestored, textExtracted } from '#contracts/files.ts'
import { causedBy, onEvent, type Subscription } from '#platform/bus/bus.ts'
import {
  claimOrTryLater,
  growBatch,
  replaceInSlot,
  reserveRemoved,
  restoreToSlot,
  type EssaysDeps,
} from './actions.ts'
import * as store from './store.ts'

/** Consecutive events of one batch: order holds within each. */
function byBatch<D extends { batchId: BatchId }>(
  events: readonly Envelope<D>[],
): Map<BatchId, Envelope<D>[]> {
  return Map.groupBy(events, (event) => event.data.batchId)
}

export const essaysSubscription = (deps: EssaysDeps): Subscription => ({
  name: 'essays',
  from: 'beginning',
  handlers: [
    onEvent({
      event: batchCreated,
      handle: (tx, events) =>
        store.insertBatches(
          tx,
          events[0]!.schoolId,
          events.map(({ data }) => ({ batchId: data.batchId, capacity: data.capacity })),
        ),
    }),
    onEvent({
      event: batchChanged,
      handle: async (tx, events) => {
        for (const event of events) {
          const { batchId, capacity } = event.data
          await growBatch(deps, tx, event.schoolId, batchId, capacity, causedBy(event))
        }
      },
    }),
    onEvent({
      event: batchErased,
      handle: (tx, events) =>
        store.deleteBatches(
          tx,
          events.map((event) => event.data.batchId),
        ),
    }),
    onEvent({
      event: textExtracted,
      handle: async (tx, events) => {
        // Heard late or a second time: a file that was removed since then gets its slot when it is restored.
        const gone = await store.listRemoved(
          tx,
          events.flatMap((event) => event.fileUploadId ?? []),
        )
        const present = events.filter((event) => event.fileUploadId && !gone.has(event.fileUploadId))
        for (const [batchId, group] of byBatch(present)) {
          const schoolId = group[0]!.schoolId
          const plain = group.flatMap((event) =>
            event.data.replaces === null && event.fileUploadId
              ? {
                  fileUploadId: event.fileUploadId,
                  textHash: event.data.textHash,
                  words: event.data.words,
                  cause: causedBy(event),
                }
              : [],
          )
          if (plain.length > 0) await claimOrTryLater(deps, tx, schoolId, batchId, plain)
          for (const event of group)
            if (event.data.replaces !== null && event.fileUploadId)
              await replaceInSlot(deps, tx, schoolId, batchId, event.data.replaces, {
                fileUploadId: event.fileUploadId,
                textHash: event.data.textHash,
                words: event.data.words,
                cause: causedBy(event),
              })
        }
      },
    }),
    onEvent({
      event: fileRemoved,
      handle: (tx, events) =>
        reserveRemoved(
          deps,
          tx,
          events[0]!.schoolId,
          events.flatMap((event) => event.fileUploadId ?? []),
        ),
    }),
    onEvent({
      event: fileRestored,
      handle: async (tx, events) => {
        for (const event of events) {
          const { batchId, textHash, words } = event.data
          const text = textHash === null ? null : { textHash, words: words ?? 0 }
          if (event.fileUploadId)
            await restoreToSlot(deps, tx, event.schoolId, batchId, event.fileUploadId, text, causedBy(event))
        }
      },
    }),
  ],
})
