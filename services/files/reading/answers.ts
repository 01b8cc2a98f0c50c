/**
 * What a reading process may say. Everything it sends is taken for hostile until it has this shape.
 * From: own; the process has just been through a file that may have taken it over.
 * Does not promise: that a text is what the file holds; only that it is text, within the limits.
 */
import { z } from 'zod'
import { FileErrorCode } from '#contracts/files.ts'
import type { ReadingLimits } from './reading.ts'

const Remark = z.object({ code: z.string().max(60), message: z.string().max(500) })

const Failure = z.object({
  code: FileErrorCode,
  message: z.string().max(1_000),
  remedy: z.string().max(500),
  details: z.record(z.string().max(60), z.union([z.string().max(500), z.number()])).optional(),
})

const path = z.string().max(65_535)

export const Begun = z.object({ begun: z.literal(true) })

export const Answer = z.union([
  z.object({ done: z.literal('warm') }),
  z.object({
    done: z.literal('read'),
    words: z.int().nonnegative(),
    format: z.enum(['docx', 'odt', 'rtf', 'pdf', 'txt', 'md']),
    pages: z.int().positive().optional(),
    remarks: z.array(Remark).max(100),
  }),
  z.object({ done: z.literal('failed'), error: Failure, retire: z.boolean() }),
  z.object({
    done: z.literal('expanded'),
    expansion: z.union([
      z.object({ ok: z.literal(true), kind: z.literal('document') }),
      z.object({
        ok: z.literal(true),
        kind: z.literal('archive'),
        members: z.int().nonnegative(),
        skipped: z.array(z.object({ path, reason: z.enum(['folder', 'hidden', 'system', 'lock-file']) })),
      }),
    ]),
  }),
  z.object({
    member: z.union([
      z.object({ path, error: Failure }),
      z.object({ path, remarks: z.array(Remark).max(20) }),
    ]),
  }),
])
export type Answer = z.infer<typeof Answer>

/** The largest header and body of one answer. A list of 10,000 left-out names of an archive is the longest header. */
export const answerCaps = (limits: ReadingLimits) => ({
  header: 16 * 1024 * 1024,
  body: Math.max(limits.fileBytes, limits.textBytes),
})
