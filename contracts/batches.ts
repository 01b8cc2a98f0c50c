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
import { UserId } from './identity.ts'
import { BatchCounts, RunView } from './results.ts'

export const batchCreated = defineEvent(
  'batches.batch-created',
  1,
  z.object({
    batchId: BatchId,
    capacity: z.number().int().positive().nullable(),
    phases: z.array(Phase),
    locale: Locale,
    /** Whose it is; absent in events from before batches had owners. */
    ownerId: UserId.optional(),
  }),
)

/** What can be changed of a batch, as it is now. A capacity only grows; null means open. */
export const batchChanged = defineEvent(
  'batches.batch-changed',
  1,
  z.object({ batchId: BatchId, capacity: z.number().int().positive().nullable(), phases: z.array(Phase) }),
)

/** Another person of the school may see and work on the batch from now on. */
export const batchShared = defineEvent(
  'batches.batch-shared',
  1,
  z.object({ batchId: BatchId, userId: UserId }),
)

export const batchUnshared = defineEvent(
  'batches.batch-unshared',
  1,
  z.object({ batchId: BatchId, userId: UserId }),
)

/** Nobody sees it and its work stops; it can be restored until it is erased. */
export const batchRemoved = defineEvent('batches.batch-removed', 1, z.object({ batchId: BatchId }))

export const batchRestored = defineEvent('batches.batch-restored', 1, z.object({ batchId: BatchId }))

/** Gone for good: whoever holds anything of this batch deletes it. */
export const batchErased = defineEvent('batches.batch-erased', 1, z.object({ batchId: BatchId }))

/** No batch of the school holds these texts any more: what was found in them is deleted. */
export const textsForgotten = defineEvent(
  'batches.texts-forgotten',
  1,
  z.object({ batchId: BatchId, textHashes: z.array(Sha256) }),
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
  /** The sample class: shown as an example. */
  example: z.boolean().default(false),
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
  /** Null for a batch from before batches had owners: only administrators see it. */
  ownerId: UserId.nullable(),
  example: z.boolean(),
  /** When it is removed because the school keeps batches no longer; null while nothing is announced. */
  eraseOn: Timestamp.nullable(),
})
export type BatchView = z.infer<typeof BatchView>

export const BatchPage = z.object({ items: z.array(BatchView), nextCursor: z.string().nullable() })

/** What is absent stays as it is. */
export const ChangeBatch = z.object({
  title: CreateBatch.shape.title.optional(),
  /** Null takes it away. Checks that were made for the old one are made anew by the next run. */
  prompt: CreateBatch.shape.prompt,
  runWhenQuiet: z.boolean().optional(),
  phases: z.array(Phase).min(1).optional(),
  /** Only grows; null opens the batch. */
  capacity: CreateBatch.shape.capacity,
})
export type ChangeBatch = z.infer<typeof ChangeBatch>

/** Who may see and work on a batch: its owner first, then those it is shared with. */
export const BatchPeople = z.object({
  items: z.array(z.object({ userId: UserId, name: z.string(), owner: z.boolean() })),
  nextCursor: z.string().nullable(),
})
export type BatchPeople = z.infer<typeof BatchPeople>

export const RunPage = z.object({ items: z.array(RunView), nextCursor: z.string().nullable() })

export const StartRun = z.object({
  phases: z.array(Phase).min(1).optional(),
  essays: z.array(EssayId).min(1).optional(),
})
export type StartRun = z.infer<typeof StartRun>

export const RetryEssay = z.object({ phase: Phase })

/** What other services may ask of `batches`. */
export interface BatchesApi {
  /** What a reader of a batch needs of it, removed or not; null for another school's or an absent one. */
  findBatch(schoolId: SchoolId, batchId: BatchId): Promise<BatchInfo | null>
  /** The latest run of a batch, or null. */
  findLatestRun(schoolId: SchoolId, batchId: BatchId): Promise<RunView | null>
  /** Whose a batch is, removed or not; null for another school's or an absent one. */
  findStanding(schoolId: SchoolId, batchId: BatchId, userId: UserId): Promise<BatchStanding | null>
  /** The batch of a run, or null. */
  findBatchOfRun(schoolId: SchoolId, runId: RunId): Promise<BatchId | null>
  /** The batch in which an essay has its slot, or null. */
  findBatchOfEssay(schoolId: SchoolId, essayId: EssayId): Promise<BatchId | null>
}

/** How a batch stands to one person. */
export interface BatchStanding {
  mine: boolean
  sharedWithMe: boolean
  removed: boolean
}

export interface BatchInfo {
  batchId: BatchId
  title: string
  prompt: string | null
  capacity: number | null
  /** What a run does unless it is asked for something else. */
  phases: Phase[]
  locale: Locale
  ownerId: UserId | null
}
