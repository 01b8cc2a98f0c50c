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
  /** Since when it is waited for. */
  since: Timestamp,
  dueAt: Timestamp,
  overdue: z.boolean(),
})

export const FileTrace = z.object({
  fileUploadId: FileUploadId,
  batchId: BatchId,
  fileName: z.string(),
  state: FileState,
  hops: z.array(Hop),
  expects: Expectation.nullable(),
})
export type FileTrace = z.infer<typeof FileTrace>

/** A file whose next expected hop is overdue. */
export const BrokenChain = z.object({
  fileUploadId: FileUploadId,
  fileName: z.string(),
  batchId: BatchId.nullable(),
  /** The event that is waited for, and the service that should say it. */
  event: z.string(),
  service: z.string(),
  since: Timestamp,
  dueAt: Timestamp,
  overdueSeconds: z.number().int().nonnegative(),
})
export type BrokenChain = z.infer<typeof BrokenChain>

export const BrokenChainPage = z.object({ items: z.array(BrokenChain), nextCursor: z.string().nullable() })
export const BrokenChainQuery = z.object({
  cursor: z.string().max(2000).optional(),
  limit: z.coerce.number().int().min(1).max(200).default(50),
})
