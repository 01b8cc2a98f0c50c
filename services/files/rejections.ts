// What is refused before a file is read, in words for a teacher.
// From the list of bad input that Assay promises to survive.
// Does not look into bytes: that is `reading`.
import type { Failure } from '#contracts/common.ts'

const inMegabytes = (bytes: number): string =>
  `${(bytes / (1024 * 1024)).toFixed(bytes < 10 * 1024 * 1024 ? 1 : 0)} MB`

export const emptyFile = (): Failure => ({
  code: 'empty-file',
  message: 'The file is empty: it has no bytes.',
  remedy: 'Ask for the file again; it was probably not uploaded or saved completely.',
})

export const tooLarge = (bytes: number, limit: number): Failure => ({
  code: 'too-large',
  message: `The file has ${inMegabytes(bytes)}; at most ${inMegabytes(limit)} are taken.`,
  remedy: 'Save it without pictures, or as plain text, and add it again.',
  details: { sizeBytes: bytes, limitBytes: limit },
})

export const nameTooLong = (characters: number): Failure => ({
  code: 'name-too-long',
  message: `The file name has ${characters} characters; at most 255 are taken.`,
  remedy: 'Give the file a shorter name and add it again.',
  details: { characters, limit: 255 },
})

export const nameWithLineBreak = (): Failure => ({
  code: 'name-with-line-break',
  message: 'The file name holds a line break, which a form cannot carry.',
  remedy: 'Give the file a name of one line and add it again.',
})

export const readingLost = (): Failure => ({
  code: 'reading-crashed',
  message: 'Reading this file was started several times and never ended.',
  remedy: 'Open it in a word processor, save it again, and add that copy; or add it as plain text.',
})
