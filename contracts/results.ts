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
import { Finding, FindingKind } from './spelling.ts'
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

/** Quartiles by linear interpolation; null where no value is known. */
const Spread = z
  .object({
    count: z.number().int(),
    low: z.number(),
    lowerQuartile: z.number(),
    median: z.number(),
    upperQuartile: z.number(),
    high: z.number(),
  })
  .nullable()
export type Spread = z.infer<typeof Spread>

/** `times` in all essays together, in `essays` of them. */
const Pattern = z.object({ times: z.number().int(), essays: z.number().int() })
const first = <P extends z.ZodType>(pattern: P) =>
  z.object({ total: z.number().int(), items: z.array(pattern).max(100) })

/** One essay of a class as its table and its plots show it. */
export const ClassEssay = z.object({
  essayId: EssayId,
  fileUploadId: FileUploadId,
  fileName: z.string(),
  slot: z.number().int(),
  words: z.number().int(),
  phases: z.record(Phase, PhaseStatus),
  /** Without names. */
  spellingFindings: z.number().int().nullable(),
  names: z.number().int().nullable(),
  /** Spelling findings per 100 words; null also where the text is too short. */
  per100Words: z.number().nullable(),
  hints: z.number().int().nullable(),
  /** Flesch–Kincaid grade, and the age in years at which it is usually reached. */
  readingGrade: z.number().nullable(),
  readingAge: z.number().nullable(),
  wordsPerSentence: z.number().nullable(),
  /** MTLD. */
  diversity: z.number().nullable(),
})
export type ClassEssay = z.infer<typeof ClassEssay>

/** What the page about a whole class shows. */
export const ClassView = BatchResults.omit({ prompt: true, files: true, essays: true }).extend({
  essays: z.array(ClassEssay),
  done: z.record(
    Phase,
    z.object({ succeeded: z.number().int(), failed: z.number().int(), of: z.number().int() }),
  ),
  spreads: z.object({
    words: Spread,
    per100Words: Spread,
    readingGrade: Spread,
    wordsPerSentence: Spread,
    diversity: Spread,
  }),
  totalWords: z.number().int(),
  /** Ordered by the number of essays, then by times. */
  patterns: z.object({
    misspelt: first(
      Pattern.extend({ written: z.string(), suggestion: z.string().nullable(), kind: FindingKind }),
    ),
    kinds: z.array(Pattern.extend({ kind: FindingKind })),
    hints: first(Pattern.extend({ rule: z.string(), message: z.string() })),
    /** Empty until language is known of an essay; else every kind. */
    connectives: z.array(Pattern.extend({ kind: LanguageMetrics.shape.connectives.keyof() })),
    openings: first(Pattern.extend({ words: z.string() })),
    names: first(Pattern.extend({ written: z.string() })),
  }),
  /** Of the files that hold a slot. */
  composition: z.object({
    formats: z.array(z.object({ format: z.string(), files: z.number().int() })),
    sizeBytes: Spread,
  }),
  failures: z.array(
    z.object({
      essayId: EssayId,
      slot: z.number().int(),
      fileName: z.string(),
      phase: Phase,
      error: Failure.optional(),
    }),
  ),
  rejected: z.array(
    z.object({
      fileUploadId: FileUploadId,
      fileName: z.string(),
      archive: z.string().optional(),
      error: Failure.optional(),
    }),
  ),
})
export type ClassView = z.infer<typeof ClassView>
