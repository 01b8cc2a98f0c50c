import { batchCreated, batchErased, batchShared, batchUnshared } from '#contracts/batches.ts'
import type { FileUploadId, SchoolId } from '#contracts/common.ts'
import type { FilesApi } from '#contracts/files.ts'
import { sessionsRevoked, UserId, type SessionsRevoked } from '#contracts/identity.ts'
import type { LoggedEvent, Subscription } from '#platform/bus/bus.ts'
import { afterCommit, type Tx } from '#platform/database/database.ts'
import { partsOf } from './frames.ts'
import { needsFile, tell, tells, unknownFile, type FileFacts } from './notifications.ts'
import * as store from './store.ts'

export interface HandlerDeps {
  files: FilesApi
  /** Given what a batch of events has numbered, once that is committed. */
  onNumbered: (
    schoolId: SchoolId,
    numbered: readonly store.Numbered[],
    told: readonly store.NewNotification[],
  ) => void
  /** Sessions of a person are no longer good. */
  onRevoked: (revoked: SessionsRevoked) => void
  /** Given every batch of events once its effects are committed. */
  onHandled: (events: readonly LoggedEvent[]) => void
}

type Files = ReadonlyMap<FileUploadId, FileFacts>

/**
 * Hears everything: who is told of which batch, the numbers of what they are told, and what moves. Events carry
 * no names, so those of files are asked for before the transaction opens.
 */
export const realtimeSubscription = (deps: HandlerDeps): Subscription => ({
  name: 'realtime',
  from: 'beginning',
  handlers: [],
  prepareEverything: async (events): Promise<Files> => {
    const ids = events.flatMap((event) => (needsFile(event.type) ? (event.fileUploadId ?? []) : []))
    const schoolId = events[0]?.schoolId
    return ids.length === 0 || !schoolId ? new Map() : deps.files.getFiles(schoolId, [...new Set(ids)])
  },
  everything: async (tx, events, prepared) => {
    const files = prepared as Files
    const { schoolId } = events[0]!
    await keepAudience(tx, schoolId, events)
    const told = events.flatMap((event): store.NewNotification[] => {
      if (!tells(event.type)) return []
      const telling = tell(event, (event.fileUploadId && files.get(event.fileUploadId)) ?? unknownFile)
      if (!telling) return []
      return [
        {
          ...partsOf(event, telling),
          logSeq: event.seq,
          id: event.id,
          batchId: telling.batchId,
          at: event.occurredAt,
        },
      ]
    })
    const numbered = told.length > 0 ? await store.insertNumbered(tx, schoolId, told) : []
    for (const { type, data } of events)
      if (type === batchErased.type)
        await store.eraseBatch(tx, schoolId, batchErased.data.parse(data).batchId)
    const revoked = events.flatMap((event) =>
      event.type === sessionsRevoked.type ? [sessionsRevoked.data.parse(event.data)] : [],
    )
    afterCommit(tx, () => {
      if (numbered.length > 0) deps.onNumbered(schoolId, numbered, told)
      deps.onHandled(events)
      for (const each of revoked) deps.onRevoked(each)
    })
  },
})

/**
 * Who is told, before anything of this batch of events is numbered: each entry knows from which event on, and up to
 * which. Who loses sight of a batch is told that, and nothing more.
 */
async function keepAudience(tx: Tx, schoolId: SchoolId, events: readonly LoggedEvent[]): Promise<void> {
  const owners = events.flatMap((event) => {
    if (event.type !== batchCreated.type) return []
    const { batchId, ownerId } = batchCreated.data.parse(event.data)
    // Before batches had owners, whoever made one owned it.
    const owner = UserId.safeParse(ownerId ?? event.actor.id)
    return owner.success ? [{ batchId, userId: owner.data, seq: event.seq }] : []
  })
  if (owners.length > 0) await store.openAudience(tx, schoolId, owners)
  for (const { type, data, seq } of events) {
    if (type === batchShared.type)
      await store.openAudience(tx, schoolId, [{ ...batchShared.data.parse(data), seq }])
    if (type === batchUnshared.type) {
      const { batchId, userId } = batchUnshared.data.parse(data)
      await store.closeAudience(tx, batchId, userId, seq)
    }
  }
}
