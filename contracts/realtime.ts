import { z } from 'zod'
import { BatchId, EssayId, EventId, FileUploadId, Phase, Timestamp, type SchoolId } from './common.ts'
import { Health } from './health.ts'
import type { UserId } from './identity.ts'
import { PhaseStatus } from './results.ts'

/**
 * Where a user's stream of notifications stands: number `seq` of `epoch`. A live answer carries the one that is
 * not newer than its data, so a page that subscribes from it misses nothing.
 */
export const Stamp = z.object({ epoch: z.uuid(), seq: z.number().int().nonnegative() })
export type Stamp = z.infer<typeof Stamp>

export const NotificationName = z.enum([
  'batch_files_uploaded',
  'batch_file_removed',
  'batch_file_restored',
  'batch_validation_failed',
  'essay_slot_assigned',
  'essay_waiting_for_slot',
  'batch_processing_started',
  'batch_spellcheck_completed',
  'batch_phase_completed',
  'pipeline_completed',
  'batch_results_ready',
  'batch_changed',
  'batch_shared',
  'batch_unshared',
  'batch_removed',
  'batch_restored',
  'batch_erased',
])
export type NotificationName = z.infer<typeof NotificationName>

export const Priority = z.enum(['high', 'normal', 'low'])
export type Priority = z.infer<typeof Priority>

/** Something one user should be told: durable, numbered without a gap per user. */
export const Notification = Stamp.extend({
  /** A `NotificationName`; a client takes a name it does not know for something that has changed in the batch. */
  type: z.string(),
  /** Of the event it tells of: unique per user. */
  id: EventId,
  at: Timestamp,
  priority: Priority,
  actionRequired: z.boolean(),
  correlationId: z.string(),
  batchId: BatchId.optional(),
  fileUploadId: FileUploadId.optional(),
  data: z.record(z.string(), z.unknown()),
})
export type Notification = z.infer<typeof Notification>

/** `data` of `essay_slot_assigned`. */
export const SlotAssigned = z.object({ fileName: z.string(), essayId: EssayId, slot: z.number().int() })

/**
 * What has just moved in a batch; not numbered, may be dropped, at most ten a second and batch, the last state
 * always sent. A page asks for the rows it names.
 */
export const Progress = z.object({
  type: z.literal('progress'),
  batchId: BatchId,
  /** Files whose row changed since the last frame, at most 200. */
  files: z.array(FileUploadId),
  /** More changed than are named: the page reads the whole list. */
  more: z.boolean(),
  /** Essays whose phase changed since the last frame, at most 200. */
  phases: z.array(z.object({ essayId: EssayId, phase: Phase, status: PhaseStatus })),
})
export type Progress = z.infer<typeof Progress>

export const Welcome = Stamp.extend({
  type: z.literal('welcome'),
  recovered: z.boolean(),
  heartbeatSeconds: z.number(),
})
export const Resync = z.object({ type: z.literal('resync'), reason: z.string() })
export const FrameError = z.object({ type: z.literal('error'), code: z.string(), message: z.string() })
export const Pong = z.object({ type: z.literal('pong') })
export const HealthFrame = Health.extend({ type: z.literal('health') })

export const ClientFrame = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('subscribe'),
    epoch: z.uuid().nullable(),
    seq: z.number().int().nonnegative().nullable(),
  }),
  z.object({ type: z.literal('authenticate'), token: z.string().min(1).max(16_384) }),
  z.object({ type: z.literal('ping') }),
  z.object({ type: z.literal('health') }),
])
export type ClientFrame = z.infer<typeof ClientFrame>

export { closeCodes, subprotocol } from './realtime-codes.ts'

/** What other parts may ask of `realtime`. */
export interface RealtimeApi {
  /**
   * The person's highest notification whose event every subscription in `behind` has handled. Asked before the
   * data of an answer is read, it may be older than the data and is never newer.
   */
  readStamp(of: { userId: UserId; schoolId: SchoolId }, behind: readonly string[]): Promise<Stamp>
}
