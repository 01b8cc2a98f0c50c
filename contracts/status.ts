import { z } from 'zod'
import { BatchId, EventId, FileUploadId, Timestamp } from './common.ts'
import { Health } from './health.ts'
import { BrokenChain } from './trace.ts'

/** An event that a subscription could not handle and has put aside. */
export const DeadLetterView = z.object({
  subscription: z.string(),
  service: z.string(),
  seq: z.number().int(),
  eventId: EventId,
  type: z.string(),
  /** The kind of the error and its first line; never a text of an essay. */
  error: z.string(),
  tries: z.number().int(),
  failedAt: Timestamp,
  batchId: BatchId.nullable(),
  fileUploadId: FileUploadId.nullable(),
  correlationId: z.string(),
})
export type DeadLetterView = z.infer<typeof DeadLetterView>

/** What came of handing dead letters to their subscription again. */
export const ReplayResult = z.object({
  replayed: z.number().int(),
  failed: z.array(z.object({ seq: z.number().int(), error: z.string() })),
  /** Dead letters of the subscription that are still there. */
  left: z.number().int(),
})
export type ReplayResult = z.infer<typeof ReplayResult>

export const ReplayAll = z.object({ subscription: z.string().min(1).max(200) })

/**
 * Everything an administrator can act on, in one answer. Figures of subscriptions are of the whole program; dead
 * letters, broken chains and jobs are of the caller's own school.
 */
export const SystemStatus = z.object({
  at: Timestamp,
  status: Health.shape.status,
  version: z.string(),
  mode: z.enum(['laptop', 'server']),
  startedAt: Timestamp,
  dependencies: Health.shape.dependencies,
  subscriptions: z.array(
    Health.shape.subscriptions.element.extend({
      service: z.string(),
      /** One sentence without a full stop: what stands still while it stands still. */
      does: z.string(),
      /** When the oldest event it has not handled was published; null when nothing waits. */
      waitingSince: Timestamp.nullable(),
    }),
  ),
  deadLetters: z.object({ count: z.number().int(), items: z.array(DeadLetterView) }),
  brokenChains: z.object({ count: z.number().int(), items: z.array(BrokenChain) }),
  jobs: z.object({
    waiting: z.number().int(),
    running: z.number().int(),
    /** Tried as often as they may be; they are not tried again by themselves. */
    failed: z.number().int(),
  }),
  /** Of the data folder; null where the system does not say. */
  disk: z
    .object({
      folder: z.string(),
      freeBytes: z.number(),
      totalBytes: z.number(),
    })
    .nullable(),
  database: z
    .object({
      version: z.string(),
      sizeBytes: z.number(),
      /** False: a PostgreSQL of your own. */
      embedded: z.boolean(),
    })
    .nullable(),
  /** Writing transactions of others, older than 30 s: they hold back every event. */
  longTransactions: z.array(
    z.object({
      process: z.number().int().nullable(),
      application: z.string().nullable(),
      preparedAs: z.string().nullable(),
      seconds: z.number(),
    }),
  ),
  /** What is not set up here: no fault, but good to know. */
  off: z.array(z.object({ part: z.string(), loses: z.string(), remedy: z.string() })),
  /** What is away, what that costs, and what would bring it back. */
  degraded: z.array(z.object({ part: z.string(), loses: z.string(), remedy: z.string() })),
})
export type SystemStatus = z.infer<typeof SystemStatus>
