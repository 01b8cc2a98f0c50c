import { z } from 'zod'
import {
  BatchId,
  EssayId,
  Failure,
  Locale,
  Outcome,
  Phase,
  RunId,
  Sha256,
  Timestamp,
  type SchoolId,
} from './common.ts'
import { defineEvent } from './event.ts'
import { BatchCounts, RunView } from './results.ts'

export const batchCreated = defineEvent(
  'batches.batch-created',
  1,
  z.object({
    batchId: BatchId,
    capacity: z.number().int().positive().nullable(),
    phases: z.array(Phase),
    locale: Locale,
  }),
)

/** A run was asked for. It takes every file received before this event. */
export const runStarted = defineEvent(
  'batches.run-started',
  1,
  z.object({
    batchId: BatchId,
    runId: RunId,
    phases: z.array(Phase),
    /** Only these essays; null means the whole batch. */
    essays: z.array(EssayId).nullable(),
  }),
)

/** A phase of a run was not executed for this essay, because its result exists under `fingerprint`. */
export const phasePruned = defineEvent(
  'batches.phase-pruned',
  1,
  z.object({
    batchId: BatchId,
    runId: RunId,
    phase: Phase,
    essayId: EssayId,
    textHash: Sha256,
    fingerprint: z.string(),
  }),
)

/** A phase's service did not answer about one essay in time: `batches` gave up waiting. */
export const checkTimedOut = defineEvent(
  'batches.check-timed-out',
  1,
  z.object({
    batchId: BatchId,
    runId: RunId,
    phase: Phase,
    essayId: EssayId,
    textHash: Sha256,
    error: Failure,
  }),
)

export const phaseCompleted = defineEvent(
  'batches.phase-completed',
  1,
  z.object({
    batchId: BatchId,
    runId: RunId,
    phase: Phase,
    outcome: Outcome,
    succeeded: z.number().int(),
    failed: z.number().int(),
    pruned: z.number().int(),
  }),
)

export const pipelineCompleted = defineEvent(
  'batches.pipeline-completed',
  1,
  z.object({ batchId: BatchId, runId: RunId, outcome: Outcome, reason: z.string().nullable() }),
)

export const BatchState = z.enum(['empty', 'receiving', 'running', 'done', 'needs-attention'])
export type BatchState = z.infer<typeof BatchState>

export const CreateBatch = z.object({
  title: z.string().trim().min(1, 'A batch needs a title.').max(200),
  prompt: z.string().max(20_000).nullish(),
  capacity: z.number().int().min(1).max(100_000).nullish(),
  phases: z.array(Phase).min(1).default(['spelling', 'language']),
  locale: Locale.default('en-GB'),
  runWhenQuiet: z.boolean().default(false),
})
export type CreateBatch = z.infer<typeof CreateBatch>

export const BatchView = z.object({
  batchId: BatchId,
  title: z.string(),
  prompt: z.string().nullable(),
  capacity: z.number().int().nullable(),
  phases: z.array(Phase),
  locale: Locale,
  runWhenQuiet: z.boolean(),
  state: BatchState,
  counts: BatchCounts,
  createdAt: Timestamp,
})
export type BatchView = z.infer<typeof BatchView>

export const BatchPage = z.object({ items: z.array(BatchView), nextCursor: z.string().nullable() })

export const StartRun = z.object({
  phases: z.array(Phase).min(1).optional(),
  essays: z.array(EssayId).min(1).optional(),
})
export type StartRun = z.infer<typeof StartRun>

export const RetryEssay = z.object({ phase: Phase })

/** What other services may ask of `batches`. */
export interface BatchesApi {
  /** What a reader of a batch needs of it; null for another school's or an absent one. */
  findBatch(schoolId: SchoolId, batchId: BatchId): Promise<BatchInfo | null>
  /** The latest run of a batch, or null. */
  findLatestRun(schoolId: SchoolId, batchId: BatchId): Promise<RunView | null>
}

export interface BatchInfo {
  batchId: BatchId
  title: string
  prompt: string | null
  capacity: number | null
  /** What a run does unless it is asked for something else. */
  phases: Phase[]
  locale: Locale
}
