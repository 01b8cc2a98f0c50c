import {
  batchErased,
  checkTimedOut,
  phasePruned,
  pipelineCompleted,
  textsForgotten,
} from '#contracts/batches.ts'
import { BatchId, Phase } from '#contracts/common.ts'
import { slotAssigned } from '#contracts/essays.ts'
import type { EventDefinition } from '#contracts/event.ts'
import { phaseEventsOf } from '#contracts/phases.ts'
import { resultsReady } from '#contracts/results.ts'
import { causedBy, newEvent, type Bus, type LoggedEvent, type Subscription } from '#platform/bus/bus.ts'
import type { Tx } from '#platform/database/database.ts'
import * as store from './store.ts'

const nothing = { fingerprint: null, findings: null, error: null }

type Said = Omit<store.EssayPhase, 'essayId' | 'batchId' | 'textHash' | 'doneAt'>
interface Reader {
  definition: EventDefinition
  read: (data: unknown) => Said
}

/** Keeps the type of the data together with what is read of it, and then forgets it for the list. */
const reading = <D>(definition: EventDefinition<D>, read: (data: D) => Said): Reader => ({
  definition: definition as EventDefinition,
  read: read as (data: unknown) => Said,
})

/** What each event says about an essay and a phase: one line for each event that says something. */
const readers: Reader[] = [
  ...Phase.options.flatMap((phase) => [
    reading(phaseEventsOf[phase].requested, () => ({ phase, status: 'running', ...nothing })),
    reading(phaseEventsOf[phase].checked, ({ fingerprint, findings }) => ({
      phase,
      status: 'succeeded',
      ...nothing,
      fingerprint,
      findings,
    })),
    reading(phaseEventsOf[phase].failed, ({ error }) => ({ phase, status: 'failed', ...nothing, error })),
  ]),
  reading(phasePruned, ({ phase, fingerprint }) => ({ phase, status: 'succeeded', ...nothing, fingerprint })),
  reading(checkTimedOut, ({ phase, error }) => ({ phase, status: 'failed', ...nothing, error })),
]
const readerOf = new Map(readers.map((reader) => [reader.definition.type, reader]))

/** Says once for each run that has something to show that it can be read: a rebuild finds it said already. */
async function announceRuns(tx: Tx, bus: Bus, events: readonly LoggedEvent[]): Promise<void> {
  const ended = events.flatMap((event) => {
    if (event.type !== pipelineCompleted.type) return []
    const { batchId, runId, outcome } = pipelineCompleted.data.parse(event.data)
    return outcome === 'succeeded' || outcome === 'succeeded-with-failures'
      ? [{ event, data: { batchId, runId, outcome } }]
      : []
  })
  if (ended.length === 0) return
  const { schoolId } = events[0]!
  const fresh = await store.insertAnnounced(
    tx,
    schoolId,
    ended.map(({ data }) => data.runId),
  )
  await bus.publish(
    tx,
    ended.flatMap(({ event, data }) =>
      fresh.has(data.runId)
        ? [newEvent({ schoolId, key: data.batchId, event: resultsReady, cause: causedBy(event), data })]
        : [],
    ),
  )
}

/**
 * Hears everything: raises the version of each batch that is named, and keeps the latest word on each essay
 * and phase. A rebuild from the log says nothing a second time.
 */
export const resultsSubscription = (bus: Bus): Subscription => ({
  name: 'results',
  from: 'beginning',
  handlers: [],
  everything: async (tx: Tx, events: readonly LoggedEvent[]) => {
    const { schoolId } = events[0]!
    const essays: Parameters<typeof store.insertEssays>[2][number][] = []
    const rows: store.EssayPhase[] = []
    for (const event of events) {
      if (event.type === slotAssigned.type)
        essays.push({ ...slotAssigned.data.parse(event.data), seatedAt: event.occurredAt })
      const reader = readerOf.get(event.type)
      if (!reader) continue
      const data = reader.definition.data.parse(event.data) as {
        batchId: BatchId
        essayId: store.EssayPhase['essayId']
        textHash: string
      }
      const said = reader.read(data)
      rows.push({
        essayId: data.essayId,
        batchId: data.batchId,
        textHash: data.textHash,
        doneAt: said.status === 'running' ? null : event.occurredAt,
        ...said,
      })
    }
    if (essays.length > 0) await store.insertEssays(tx, schoolId, essays)
    if (rows.length > 0) await store.upsertEssayPhases(tx, schoolId, rows)
    const erased = events.flatMap((event) =>
      event.type === batchErased.type ? [batchErased.data.parse(event.data).batchId] : [],
    )
    const batchIds = events.flatMap((event) => {
      const key = BatchId.safeParse(event.key)
      return key.success && event.type !== textsForgotten.type ? [key.data] : []
    })
    if (batchIds.length > 0) await store.raiseVersions(tx, schoolId, batchIds)
    await announceRuns(tx, bus, events)
    if (erased.length > 0) await store.deleteBatches(tx, erased)
  },
})
