import { checkTimedOut, phasePruned } from '#contracts/batches.ts'
import { BatchId, Phase } from '#contracts/common.ts'
import { slotAssigned } from '#contracts/essays.ts'
import type { EventDefinition } from '#contracts/event.ts'
import { phaseEventsOf } from '#contracts/phases.ts'
import type { LoggedEvent, Subscription } from '#platform/bus/bus.ts'
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

/**
 * Hears everything: raises the version of each batch that is named, and keeps the latest word on each essay
 * and phase. It publishes nothing, so it can be rebuilt from the log.
 */
export const resultsSubscription = (): Subscription => ({
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
    const batchIds = events.flatMap((event) => {
      const key = BatchId.safeParse(event.key)
      return key.success ? [key.data] : []
    })
    if (batchIds.length > 0) await store.raiseVersions(tx, schoolId, batchIds)
  },
})
