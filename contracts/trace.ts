import { z } from 'zod'
import { BatchId, EventId, FileUploadId, Timestamp } from './common.ts'
import { FileState } from './results.ts'

export const Hop = z.object({
  at: Timestamp,
  service: z.string(),
  event: z.string(),
  /** Milliseconds since the event that caused it; null for the first. */
  durationMs: z.number().nullable(),
  eventId: EventId,
  causationId: z.string().nullable(),
})
export type Hop = z.infer<typeof Hop>

export const Expectation = z.object({
  event: z.string(),
  service: z.string(),
  dueAt: Timestamp,
  overdue: z.boolean(),
})

export const FileTrace = z.object({
  fileUploadId: FileUploadId,
  batchId: BatchId,
  state: FileState,
  hops: z.array(Hop),
  expects: Expectation.nullable(),
})
export type FileTrace = z.infer<typeof FileTrace>
