/**
 * What reading a file gives back, and how far a file may go before it is refused.
 * From: product.md, "say the thing, the reason and the remedy"; interface.md, file error codes.
 * Does not promise: that a text is an essay, or that its author is who the name says.
 */

import type { FileErrorCode } from '#contracts/files.ts'

export type Format = 'docx' | 'odt' | 'rtf' | 'pdf' | 'txt' | 'md'

export type ReadingErrorCode = FileErrorCode

/** `message` is a sentence about the file (the caller puts its name in front), `remedy` what to do about it. */
export interface ReadingFailure {
  code: ReadingErrorCode
  message: string
  remedy: string
  details?: Record<string, unknown>
}

export interface ReadingRemark {
  code: string
  message: string
}

/** `text` is NFC, paragraphs apart by an empty line, line ends `\n`; `words` counts it. */
export type Reading =
  | { ok: true; text: string; words: number; format: Format; pages?: number; remarks: ReadingRemark[] }
  | { ok: false; error: ReadingFailure }

/** One item of an archive, in the archive's order, under its exact name. */
export type ArchiveMember =
  | { path: string; bytes: Buffer; remarks?: ReadingRemark[] }
  | { path: string; error: ReadingFailure }

export interface SkippedMember {
  path: string
  reason: 'folder' | 'hidden' | 'system' | 'lock-file'
}

/** `kind: 'document'`: the zip is itself one docx or odt file; nothing was unpacked, `read` it. */
export type Expansion =
  | { ok: true; kind: 'archive'; members: number; skipped: SkippedMember[] }
  | { ok: true; kind: 'document' }
  | { ok: false; error: ReadingFailure }

/** Bytes, milliseconds and counts. Those of one file unless said otherwise. */
export interface ReadingLimits {
  fileBytes: number
  /** Of the text as UTF-8. */
  textBytes: number
  /** Of an archive as it was sent; its members each obey `fileBytes`. */
  archiveBytes: number
  /** Everything in one zip, also in a docx or odt. */
  unpackedBytes: number
  /** Unpacked to packed, for entries and zips that unpack to more than `ratioFloorBytes`. */
  ratio: number
  ratioFloorBytes: number
  entries: number
  pages: number
  /** Elements within elements, groups within groups. */
  nesting: number
  /** Code points in the last part of a name; a whole path may have four times as many. */
  nameChars: number
  wallMs: number
  /** Computing time for any file, and what each MB of it adds; never more than `wallMs`. */
  cpuMs: number
  cpuMsPerMB: number
  memoryBytes: number
  /** The whole of unpacking an archive, storing its members included. */
  expandMs: number
}

const MB = 1024 * 1024

export const defaultReadingLimits: ReadingLimits = {
  fileBytes: 25 * MB,
  textBytes: 2 * MB,
  archiveBytes: 200 * MB,
  unpackedBytes: 200 * MB,
  ratio: 100,
  ratioFloorBytes: 256 * 1024,
  entries: 10_000,
  pages: 2_000,
  nesting: 1_000,
  nameChars: 255,
  wallMs: 30_000,
  cpuMs: 8_000,
  cpuMsPerMB: 4_000,
  memoryBytes: 512 * MB,
  expandMs: 60_000,
}

/** Thrown anywhere inside a reader; the child turns it into an answer. */
export class UnreadableFile extends Error {
  readonly failure: ReadingFailure
  /** Work goes on behind the answer: the process must not be given another file. */
  readonly retire: boolean
  constructor(failure: ReadingFailure, retire = false) {
    super(failure.message)
    this.retire = retire
    this.name = 'UnreadableFile'
    this.failure = failure
  }
}
