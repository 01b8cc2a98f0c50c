import type { BatchId, EssayId, FileUploadId, SchoolId } from '#contracts/common.ts'
import { fileRemoved } from '#contracts/files.ts'
import { newEvent, type Cause } from '#platform/bus/bus.ts'
import type { Tx } from '#platform/database/database.ts'
import type { FilesDeps } from './actions.ts'
import * as store from './store.ts'

/** A file that `essays` has decided about. */
export interface Decided {
  fileUploadId: FileUploadId
  batchId: BatchId
  schoolId: SchoolId
  cause: Cause
}

/** What `essays` decided about slots, taken over in the files' own rows. */
export async function recordSlots(
  deps: FilesDeps,
  tx: Tx,
  slots: readonly (Decided & { slot: number; essayId: EssayId })[],
): Promise<void> {
  const replacing = await store.setInSlot(
    tx,
    slots.map(({ fileUploadId, slot, essayId }) => ({ fileUploadId, slot, essayId })),
  )
  await removeReplaced(deps, tx, slots, replacing)
}

/** Files without a slot wait. One that replaces a file that has none either waits in its place. */
export async function recordWaiting(deps: FilesDeps, tx: Tx, files: readonly Decided[]): Promise<void> {
  const replacing = await store.setWaiting(
    tx,
    files.map((file) => file.fileUploadId),
  )
  await removeReplaced(deps, tx, files, replacing)
}

async function removeReplaced(
  deps: FilesDeps,
  tx: Tx,
  decided: readonly Decided[],
  replacing: readonly store.Replacing[],
): Promise<void> {
  for (const { fileUploadId, replaces } of replacing) {
    const by = decided.find((file) => file.fileUploadId === fileUploadId)
    if (by && (await store.setReplaced(tx, replaces, fileUploadId)))
      await deps.bus.publish(tx, [
        newEvent({
          schoolId: by.schoolId,
          key: by.batchId,
          fileUploadId: replaces,
          event: fileRemoved,
          cause: by.cause,
          data: { batchId: by.batchId, replacedBy: fileUploadId },
        }),
      ])
  }
}
