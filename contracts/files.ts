import { z } from 'zod'
import { BatchId, Failure, FileUploadId, Remark, type EssayId, Sha256, type SchoolId } from './common.ts'
import { defineEvent } from './event.ts'
import { BatchCounts, FileState, FileView } from './results.ts'

export const fileReceived = defineEvent(
  'files.file-received',
  1,
  z.object({
    batchId: BatchId,
    sizeBytes: z.number().int(),
    sha256: Sha256,
    duplicateOf: FileUploadId.nullable(),
    replaces: FileUploadId.nullable(),
  }),
)

/** The file's text is stored under `textHash`, the SHA-256 of its UTF-8 bytes. */
export const textExtracted = defineEvent(
  'files.text-extracted',
  1,
  z.object({
    batchId: BatchId,
    textHash: Sha256,
    words: z.number().int(),
    format: z.string(),
    replaces: FileUploadId.nullable(),
  }),
)

export const fileRejected = defineEvent(
  'files.file-rejected',
  1,
  z.object({ batchId: BatchId, code: z.string(), replaces: FileUploadId.nullable() }),
)

export const fileRemoved = defineEvent(
  'files.file-removed',
  1,
  z.object({ batchId: BatchId, replacedBy: FileUploadId.nullable() }),
)

/** `textHash` is null when the file has not been read yet: reading goes on. */
export const fileRestored = defineEvent(
  'files.file-restored',
  1,
  z.object({ batchId: BatchId, textHash: Sha256.nullable(), words: z.number().int().nullable() }),
)

/** Codes of what can be wrong with one file. Messages and remedies come with each failure. */
export const FileErrorCode = z.enum([
  'empty-file',
  'too-large',
  'unsupported-type',
  'encrypted',
  'damaged',
  'no-text',
  'archive-bomb',
  'archive-too-deep',
  'archive-path',
  'too-many-files',
  'name-too-long',
  'name-with-line-break',
  'reading-timed-out',
  'reading-crashed',
  'undecodable',
])
export type FileErrorCode = z.infer<typeof FileErrorCode>

export const UploadItem = z.object({
  fileUploadId: FileUploadId,
  fileName: z.string(),
  archive: z.string().optional(),
  sizeBytes: z.number().int(),
  sha256: Sha256.nullable(),
  state: FileState,
  duplicateOf: FileUploadId.optional(),
  remarks: z.array(Remark).optional(),
  error: Failure.optional(),
})
export type UploadItem = z.infer<typeof UploadItem>

export const UploadAnswer = z.object({ items: z.array(UploadItem) })
export type UploadAnswer = z.infer<typeof UploadAnswer>

export const FileListQuery = z.object({
  state: z.string().optional(),
  q: z.string().max(300).optional(),
  sort: z.enum(['receivedAt', 'fileName', 'state', 'slot', 'words']).default('receivedAt'),
  order: z.enum(['asc', 'desc']).default('asc'),
  cursor: z.string().max(2000).optional(),
  limit: z.coerce.number().int().min(1).max(200).default(50),
})
export type FileListQuery = z.infer<typeof FileListQuery>

export const FilePage = z.object({ items: z.array(FileView), nextCursor: z.string().nullable() })
export type FilePage = z.infer<typeof FilePage>

export interface SomeFiles {
  after?: FileUploadId
  ids?: readonly FileUploadId[]
  essayId?: EssayId
  limit: number
}

/** What other services may ask of `files`. */
export interface FilesApi {
  /** Counts of each batch, by rows; a batch without files is absent. */
  countByBatch(schoolId: SchoolId, batchIds: readonly BatchId[]): Promise<Map<BatchId, BatchCounts>>
  /** All files of a batch in order of receipt. */
  listFiles(schoolId: SchoolId, batchId: BatchId): Promise<FileView[]>
  /** Files of a batch in order of receipt: those after `after`, of `ids`, of one essay; at most `limit`. */
  listSomeFiles(schoolId: SchoolId, batchId: BatchId, some: SomeFiles): Promise<FileView[]>
  /** What the files of a batch that hold a slot are: their format and size, in no order. */
  listFormats(schoolId: SchoolId, batchId: BatchId): Promise<{ format: string; sizeBytes: number }[]>
  /** Changes whenever what is said of a batch's files changes: their states, slots and essays. */
  findStamp(schoolId: SchoolId, batchId: BatchId): Promise<string>
  /** One file with its batch; null for another school's or an absent one. */
  findFile(schoolId: SchoolId, id: FileUploadId): Promise<(FileView & { batchId: BatchId }) | null>
  /** The batch of a file, or of the file whose slot the essay is in; null for another school's or an absent one. */
  findBatchOf(
    schoolId: SchoolId,
    thing: { fileUploadId: FileUploadId } | { essayId: EssayId },
  ): Promise<BatchId | null>
  /** Names as they were given, by file; another school's or an absent one is missing. */
  findNames(schoolId: SchoolId, ids: readonly FileUploadId[]): Promise<Map<FileUploadId, string>>
  /** Files by id; one that is another school's or absent is left out. */
  getFiles(schoolId: SchoolId, ids: readonly FileUploadId[]): Promise<Map<FileUploadId, FileView>>
  /** Texts by hash; a hash nobody stored is absent. */
  getTexts(schoolId: SchoolId, textHashes: readonly string[]): Promise<Map<string, string>>
}

export const noCounts: BatchCounts = {
  received: 0,
  reading: 0,
  accepted: 0,
  slotsUsed: 0,
  waitingForSlot: 0,
  rejected: 0,
  removed: 0,
  duplicates: 0,
}
