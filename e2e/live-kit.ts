import { batchCreated, pipelineCompleted } from '#contracts/batches.ts'
import type { BatchId, RunId, SchoolId } from '#contracts/common.ts'
import type { UserId } from '#contracts/identity.ts'
import type { Notification } from '#contracts/realtime.ts'
import { newEvent, type Bus, type NewEvent } from '#platform/bus/bus.ts'
import type { Database } from '#platform/database/database.ts'
import { programCause } from '#platform/http/http.ts'
import { mint } from '#platform/ids.ts'
import { createLiveStream, type LiveStream, type LiveStreamOptions } from '../apps/web/src/live/stream.ts'

/** Says on the log what people are told, as fast as a test wants it: for stories about delivery alone. */
export function createTeller(database: Database, bus: Pick<Bus, 'publish'>) {
  const cause = programCause()
  const publish = (schoolId: SchoolId, events: NewEvent[]): Promise<void> =>
    database.transaction(schoolId, (tx) => bus.publish(tx, events))
  const ended = (schoolId: SchoolId, batchId: BatchId, reason: string): NewEvent =>
    newEvent({
      schoolId,
      key: batchId,
      event: pipelineCompleted,
      cause,
      data: { batchId, runId: mint<RunId>(), outcome: 'cancelled', reason },
    })
  return {
    /** A batch of this person, for those who only hear of it. */
    async ownBatch(schoolId: SchoolId, ownerId: UserId): Promise<BatchId> {
      const batchId = mint<BatchId>()
      const data = { batchId, capacity: null, phases: [], locale: 'en-GB' as const, ownerId }
      await publish(schoolId, [newEvent({ schoolId, key: batchId, event: batchCreated, cause, data })])
      return batchId
    },
    /** One notification for each reason, in one transaction; the reason is in its data. */
    tell: (schoolId: SchoolId, batchId: BatchId, reasons: readonly string[]): Promise<void> =>
      publish(
        schoolId,
        reasons.map((reason) => ended(schoolId, batchId, reason)),
      ),
    /** The same for several batches of one school at once. */
    tellEach: (schoolId: SchoolId, told: readonly { batchId: BatchId; reason: string }[]): Promise<void> =>
      publish(
        schoolId,
        told.map(({ batchId, reason }) => ended(schoolId, batchId, reason)),
      ),
  }
}

export const reasonOf = (notification: { data?: unknown }): string =>
  (notification.data as { reason: string }).reason

/** The client of the web app, and everything it gave out. */
export function followLive(
  url: string,
  token: string,
  options: Partial<LiveStreamOptions> = {},
): LiveStream & { heard: Notification[]; resyncs: () => number } {
  const heard: Notification[] = []
  let resyncs = 0
  const stream = createLiveStream({
    url: `${url.replace(/^http/, 'ws')}/realtime`,
    token: async () => ({ token, expiresAt: null }),
    onResync: () => (resyncs += 1),
    ...options,
  })
  stream.listen((notification) => heard.push(notification))
  return { ...stream, heard, resyncs: () => resyncs }
}
