// What people are told of, event by event: the name, how urgent it is, whether somebody must act, and what is said.
// From the table of names in docs/live-updates.md; words as in docs and the glossary.
// Promises nothing of who is told or of order: that is the audience and the numbering.
import {
  batchChanged,
  batchErased,
  batchRemoved,
  batchRestored,
  batchShared,
  batchUnshared,
  phaseCompleted,
  pipelineCompleted,
  runStarted,
} from '#contracts/batches.ts'
import type { BatchId } from '#contracts/common.ts'
import { slotAssigned, slotsExhausted } from '#contracts/essays.ts'
import type { Envelope, EventDefinition } from '#contracts/event.ts'
import { fileReceived, fileRejected, fileRemoved, fileRestored } from '#contracts/files.ts'
import type { NotificationName, Priority } from '#contracts/realtime.ts'
import { resultsReady, type FileView } from '#contracts/results.ts'

/** The part of a file that is said with a notification; events carry no names. */
export type FileFacts = Pick<FileView, 'fileName' | 'archive' | 'error'>

export interface Telling {
  name: NotificationName
  batchId: BatchId
  priority: Priority
  actionRequired: boolean
  data: Record<string, unknown>
}

interface Rule {
  event: EventDefinition
  /** The event is about a file, whose name is said. */
  names: boolean
  tell: (data: unknown, file: FileFacts) => Telling
}

type Rest = { priority?: Priority; actionRequired?: boolean; data: Record<string, unknown> }

/** Keeps the type of the data together with what is told of it, and then forgets it for the list. */
const rule = <D extends { batchId: BatchId }>(
  event: EventDefinition<D>,
  names: boolean,
  nameOf: NotificationName | ((data: D) => NotificationName),
  say: (data: D, file: FileFacts) => Rest,
): Rule => ({
  event: event as EventDefinition,
  names,
  tell: (given, file) => {
    const data = event.data.parse(given)
    const { priority = 'normal', actionRequired = false, data: said } = say(data, file)
    return {
      name: typeof nameOf === 'string' ? nameOf : nameOf(data),
      batchId: data.batchId,
      priority,
      actionRequired,
      data: said,
    }
  },
})

const aboutFile = <D extends { batchId: BatchId }>(
  event: EventDefinition<D>,
  name: NotificationName,
  say: (data: D, file: FileFacts) => Rest,
): Rule =>
  rule(event, true, name, (data, file) => {
    const rest = say(data, file)
    return { ...rest, data: { fileName: file.fileName, ...rest.data } }
  })

const rules: readonly Rule[] = [
  aboutFile(fileReceived, 'batch_files_uploaded', ({ sizeBytes, duplicateOf }, { archive }) => ({
    priority: duplicateOf ? 'normal' : 'low',
    actionRequired: duplicateOf !== null,
    data: { ...(archive === undefined ? {} : { archive }), sizeBytes, duplicateOf },
  })),
  aboutFile(fileRemoved, 'batch_file_removed', ({ replacedBy }) => ({
    priority: 'low',
    data: { replacedBy },
  })),
  aboutFile(fileRestored, 'batch_file_restored', () => ({ priority: 'low', data: {} })),
  aboutFile(fileRejected, 'batch_validation_failed', ({ code }, { error }) => ({
    priority: 'high',
    actionRequired: true,
    data: {
      code,
      message: error?.message ?? 'The file could not be taken.',
      remedy: error?.remedy ?? 'Replace the file, or remove it.',
    },
  })),
  aboutFile(slotAssigned, 'essay_slot_assigned', ({ essayId, slot, words }) => ({
    priority: 'low',
    data: { essayId, slot, words },
  })),
  aboutFile(slotsExhausted, 'essay_waiting_for_slot', () => ({ actionRequired: true, data: {} })),
  rule(runStarted, false, 'batch_processing_started', ({ runId, phases }) => ({
    priority: 'low',
    data: { runId, phases },
  })),
  rule(
    phaseCompleted,
    false,
    ({ phase }) => (phase === 'spelling' ? 'batch_spellcheck_completed' : 'batch_phase_completed'),
    ({ batchId: _, ...data }) => ({
      ...(data.failed > 0 ? { priority: 'high', actionRequired: true } : {}),
      data,
    }),
  ),
  rule(pipelineCompleted, false, 'pipeline_completed', ({ runId, outcome, reason }) => ({
    ...(outcome === 'failed' || outcome === 'succeeded-with-failures'
      ? { priority: 'high', actionRequired: true }
      : {}),
    data: { runId, outcome, reason },
  })),
  rule(batchChanged, false, 'batch_changed', ({ batchId: _, ...data }) => ({ priority: 'low', data })),
  rule(batchShared, false, 'batch_shared', ({ userId }) => ({ data: { userId } })),
  rule(batchUnshared, false, 'batch_unshared', ({ userId }) => ({ data: { userId } })),
  ...(
    [
      [batchRemoved, 'batch_removed'],
      [batchRestored, 'batch_restored'],
      [batchErased, 'batch_erased'],
    ] as const
  ).map(([event, name]) => rule(event, false, name, () => ({ data: {} }))),
  rule(resultsReady, false, 'batch_results_ready', ({ runId, outcome }) => ({ data: { runId, outcome } })),
]
const ruleOf = new Map(rules.map((each) => [each.event.type, each]))

/** Whether people are told of an event, and whether its file's name is needed for that. */
export const tells = (type: string): boolean => ruleOf.has(type)
export const needsFile = (type: string): boolean => ruleOf.get(type)?.names ?? false

/** Of a file that is gone: what was told of it can no longer be named. */
export const unknownFile: FileFacts = { fileName: '' }

/** What is told of one event; null when nobody is. Throws when the event is not what its contract says. */
export function tell(event: Pick<Envelope, 'type' | 'data'>, file: FileFacts): Telling | null {
  return ruleOf.get(event.type)?.tell(event.data, file) ?? null
}
