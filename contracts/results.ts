import { z } from 'zod'
import {
  BatchId,
  EssayId,
  Failure,
  FileUploadId,
  Outcome,
  Phase,
  Remark,
  RunId,
  Timestamp,
} from './common.ts'
import { defineEvent } from './event.ts'
import { Finding } from './spelling.ts'
import { LanguageHint, LanguageMetrics } from './language.ts'

/** A run has ended and what it found can be read: said once for a run, after the read model has it. */
export const resultsReady = defineEvent(
  'results.results-ready',
  1,
  z.object({ batchId: BatchId, runId: RunId, outcome: Outcome }),
)

export const BatchCounts = z.object({
  received: z.number().int(),
  reading: z.number().int(),
  accepted: z.number().int(),
  slotsUsed: z.number().int(),
  waitingForSlot: z.number().int(),
  rejected: z.number().int(),
  removed: z.number().int(),
  duplicates: z.number().int(),
})
export type BatchCounts = z.infer<typeof BatchCounts>

export const FileState = z.enum(['received', 'reading', 'waiting-for-slot', 'in-slot', 'rejected', 'removed'])
export type FileState = z.infer<typeof FileState>

export const FileView = z.object({
  fileUploadId: FileUploadId,
  fileName: z.string(),
  archive: z.string().optional(),
  state: FileState,
  slot: z.number().int().nullable(),
  essayId: EssayId.nullable(),
  words: z.number().int().nullable(),
  duplicateOf: FileUploadId.optional(),
  replacedBy: FileUploadId.optional(),
  remarks: z.array(Remark),
  error: Failure.optional(),
  /** Of the bytes as received; absent where none were kept. */
  sha256: z.string().optional(),
  receivedAt: Timestamp,
})
export type FileView = z.infer<typeof FileView>

export const PhaseStatus = z.enum(['not-requested', 'pending', 'running', 'succeeded', 'failed'])
export type PhaseStatus = z.infer<typeof PhaseStatus>

export const RunPhase = z.object({
  name: Phase,
  stage: z.enum(['waiting', 'running', 'closed']),
  outcome: Outcome.nullable(),
  /** Essays whose result already existed and was not computed again. */
  pruned: z.number().int(),
  startedAt: Timestamp.nullable(),
  completedAt: Timestamp.nullable(),
  pending: z.number().int(),
  succeeded: z.number().int(),
  failed: z.number().int(),
})
export type RunPhase = z.infer<typeof RunPhase>

export const EssayResult = z.object({
  essayId: EssayId,
  fileUploadId: FileUploadId,
  fileName: z.string(),
  slot: z.number().int(),
  words: z.number().int(),
  text: z.string().optional(),
  spelling: z.object({
    status: PhaseStatus,
    findings: z.array(Finding).optional(),
    /** Without names that the lexicon does not know: those are no errors. */
    findingCount: z.number().int().nullable(),
    error: Failure.optional(),
  }),
  language: z.object({
    status: PhaseStatus,
    metrics: LanguageMetrics.nullable(),
    hints: z.array(LanguageHint).optional(),
    error: Failure.optional(),
  }),
})
export type EssayResult = z.infer<typeof EssayResult>

export const RunView = z.object({
  runId: RunId,
  batchId: BatchId,
  outcome: Outcome.nullable(),
  paused: z.boolean(),
  reason: z.string().optional(),
  phases: z.array(RunPhase),
})
export type RunView = z.infer<typeof RunView>

export const BatchResults = z.object({
  batchId: BatchId,
  title: z.string(),
  prompt: z.string().nullable(),
  locale: z.string(),
  capacity: z.number().int().nullable(),
  counts: BatchCounts,
  files: z.array(FileView),
  essays: z.array(EssayResult),
  pipeline: RunView.omit({ batchId: true }).nullable(),
})
export type BatchResults = z.infer<typeof BatchResults>

/**
 * A line of the live table of a batch: a file with what is known of its essay, without text or findings.
 * `phases` leaves out what nobody asked for.
 */
export const BatchRow = FileView.extend({
  phases: z.partialRecord(Phase, PhaseStatus),
  /** Spelling findings other than names; null until they are known. */
  findings: z.number().int().nullable(),
  /** Why a phase failed; absent when none did. */
  phaseErrors: z.partialRecord(Phase, Failure).optional(),
  /** From receipt to the last thing done for the essay: its slot, or the end of its slowest phase. */
  durationMs: z.number().int().nullable(),
})
export type BatchRow = z.infer<typeof BatchRow>

export const RowPage = z.object({ items: z.array(BatchRow), nextCursor: z.string().nullable() })
export type RowPage = z.infer<typeof RowPage>
