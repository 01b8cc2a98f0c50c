import { batchErased, runStarted, textsForgotten } from '#contracts/batches.ts'
import { Phase, type BatchId, type SchoolId } from '#contracts/common.ts'
import { slotAssigned, slotsExhausted } from '#contracts/essays.ts'
import type { Envelope } from '#contracts/event.ts'
import { fileReceived, fileRejected, fileRemoved, fileRestored } from '#contracts/files.ts'
import { phaseEventsOf } from '#contracts/phases.ts'
import { causedBy, newEvent, onEvent, type Subscription } from '#platform/bus/bus.ts'
import type { Tx } from '#platform/database/database.ts'
import { enqueueJob } from '#platform/jobs/jobs.ts'
import type { BatchesDeps } from './actions.ts'
import { quietJob } from './changes.ts'
import { deleteContents, forgetTexts } from './changes-store.ts'
import * as members from './members-store.ts'
import { seatFiles, settleAnswers, settleFiles, takeRun } from './progress.ts'
import * as store from './store.ts'

/** Hashes in one event: an event carries some kilobytes, not an essay's worth. */
const hashesPerEvent = 200

const filesOf = (events: readonly Envelope[]) => events.flatMap((event) => event.fileUploadId ?? [])

export const batchesSubscription = (deps: BatchesDeps): Subscription => {
  /** A file settled: a batch that runs by itself does so a few seconds after the last one. */
  async function settled(
    tx: Tx,
    schoolId: SchoolId,
    events: readonly Envelope<{ batchId: BatchId }>[],
  ): Promise<void> {
    const runAt = new Date(Date.now() + deps.config.quietSeconds * 1000)
    for (const batchId of await members.listBatchesThatRunWhenQuiet(tx, [
      ...new Set(events.map((event) => event.data.batchId)),
    ]))
      await enqueueJob(tx, quietJob, { schoolId, batchId }, { runAt, key: `${quietJob}:${batchId}` })
  }

  return {
    name: 'batches',
    from: 'beginning',
    handlers: [
      onEvent({
        event: fileReceived,
        handle: (tx, events) =>
          members.insertMembers(
            tx,
            events[0]!.schoolId,
            events.flatMap((event) =>
              event.fileUploadId ? { fileUploadId: event.fileUploadId, batchId: event.data.batchId } : [],
            ),
          ),
      }),
      onEvent({
        event: fileRejected,
        handle: async (tx, events) => {
          const { schoolId } = events[0]!
          await settleFiles(deps, tx, schoolId, filesOf(events), 'gone', causedBy(events.at(-1)!))
          await settled(tx, schoolId, events)
        },
      }),
      onEvent({
        event: slotsExhausted,
        handle: async (tx, events) => {
          const { schoolId } = events[0]!
          await settleFiles(deps, tx, schoolId, filesOf(events), 'waiting', causedBy(events.at(-1)!))
          await settled(tx, schoolId, events)
        },
      }),
      onEvent({
        event: slotAssigned,
        handle: async (tx, events) => {
          const { schoolId } = events[0]!
          const slotted = events.flatMap((event) =>
            event.fileUploadId
              ? {
                  fileUploadId: event.fileUploadId,
                  essayId: event.data.essayId,
                  textHash: event.data.textHash,
                }
              : [],
          )
          await seatFiles(deps, tx, schoolId, slotted, causedBy(events.at(-1)!))
          await settled(tx, schoolId, events)
        },
      }),
      onEvent({
        event: fileRemoved,
        handle: async (tx, events) => {
          const { schoolId } = events[0]!
          const unread = await members.listUnread(tx, filesOf(events))
          await settleFiles(deps, tx, schoolId, filesOf(events), 'gone', causedBy(events.at(-1)!))
          // The last file that others waited for may be the one that is removed.
          await settled(
            tx,
            schoolId,
            events.filter((event) => event.fileUploadId && unread.has(event.fileUploadId)),
          )
        },
      }),
      onEvent({
        event: fileRestored,
        handle: async (tx, events) => {
          await members.moveMembers(tx, filesOf(events), 'reading')
        },
      }),
      onEvent({
        event: runStarted,
        handle: async (tx, events) => {
          for (const event of events)
            await takeRun(deps, tx, event.schoolId, event.data.runId, causedBy(event))
        },
      }),
      onEvent({
        event: batchErased,
        handle: async (tx, events) => {
          const last = events.at(-1)!
          const held = await deleteContents(
            tx,
            events.map((event) => event.data.batchId),
          )
          const unheld = await forgetTexts(
            tx,
            held.map((text) => text.textHash),
          )
          const texts = held.filter((text) => unheld.has(text.textHash))
          for (const [batchId, group] of Map.groupBy(texts, (text) => text.batchId))
            for (let i = 0; i < group.length; i += hashesPerEvent)
              await deps.bus.publish(tx, [
                newEvent({
                  schoolId: last.schoolId,
                  key: batchId,
                  event: textsForgotten,
                  cause: causedBy(last),
                  data: {
                    batchId,
                    textHashes: group.slice(i, i + hashesPerEvent).map((text) => text.textHash),
                  },
                }),
              ])
        },
      }),
      onEvent({
        event: textsForgotten,
        // Once more: an answer may have come between the two.
        handle: async (tx, events) =>
          void (await forgetTexts(
            tx,
            events.flatMap((event) => event.data.textHashes),
          )),
      }),
      ...Phase.options.flatMap((phase) => [
        onEvent({
          event: phaseEventsOf[phase].checked,
          handle: async (tx, events) => {
            const { schoolId } = events[0]!
            await store.insertKnownResults(
              tx,
              schoolId,
              phase,
              events.map((event) => event.data),
            )
            await settleAnswers(
              deps,
              tx,
              schoolId,
              phase,
              'succeeded',
              events.map((event) => ({ ...event.data, cause: causedBy(event) })),
            )
          },
        }),
        onEvent({
          event: phaseEventsOf[phase].failed,
          handle: (tx, events) =>
            settleAnswers(
              deps,
              tx,
              events[0]!.schoolId,
              phase,
              'failed',
              events.map((event) => ({ ...event.data, cause: causedBy(event) })),
            ),
        }),
      ]),
    ],
  }
}
