import { z } from 'zod'

/** UUIDv7 text. Branded so that an essay id never stands where a file upload id is meant. */
const id = <B extends string>() => z.uuid().brand<B>()

export const SchoolId = id<'SchoolId'>()
export const BatchId = id<'BatchId'>()
export const FileUploadId = id<'FileUploadId'>()
export const EssayId = id<'EssayId'>()
export const RunId = id<'RunId'>()
export const EventId = id<'EventId'>()
export type SchoolId = z.infer<typeof SchoolId>
export type BatchId = z.infer<typeof BatchId>
export type FileUploadId = z.infer<typeof FileUploadId>
export type EssayId = z.infer<typeof EssayId>
export type RunId = z.infer<typeof RunId>
export type EventId = z.infer<typeof EventId>

/** ISO 8601 in UTC with milliseconds. */
export const Timestamp = z.iso.datetime()

/** SHA-256 in lower-case hexadecimal. */
export const Sha256 = z.string().regex(/^[0-9a-f]{64}$/)

/** The phases this version can run; the glossary lists those still to come. */
export const Phase = z.enum(['spelling', 'language'])
export type Phase = z.infer<typeof Phase>

export const Outcome = z.enum(['succeeded', 'succeeded-with-failures', 'failed', 'cancelled'])
export type Outcome = z.infer<typeof Outcome>

/** Locales with a lexicon. `en-GB` is the default. */
export const Locale = z.enum(['en-GB', 'en-US'])
export type Locale = z.infer<typeof Locale>

/** What went wrong with one thing, why, and what to do: shown to people as it stands. */
export const Failure = z.object({
  code: z.string(),
  message: z.string(),
  remedy: z.string(),
  correlationId: z.string().optional(),
  details: z.record(z.string(), z.unknown()).optional(),
})
export type Failure = z.infer<typeof Failure>

/** Something worth knowing about a file that was taken all the same. */
export const Remark = z.object({ code: z.string(), message: z.string() })
export type Remark = z.infer<typeof Remark>
