/**
 * Every sentence a teacher can be told about a file that was not taken: the problem, the reason, the remedy.
 * From: product.md, "say the thing, the reason and the remedy".
 * Does not promise: a language other than English; the code is what programs rely on.
 */
import { UnreadableFile, type ReadingErrorCode, type ReadingFailure } from './reading.ts'

const build =
  (code: ReadingErrorCode) =>
  (message: string, remedy: string, details?: Record<string, unknown>): ReadingFailure => ({
    code,
    message,
    remedy,
    ...(details ? { details } : {}),
  })

const count = (n: number) => n.toLocaleString('en-GB')

/** "25 MB", "1.5 MB", "800 kB". */
export function sayBytes(bytes: number): string {
  const mb = bytes / (1024 * 1024)
  if (mb >= 10) return `${count(Math.round(mb))} MB`
  if (mb >= 1) return `${Math.round(mb * 10) / 10} MB`
  return `${count(Math.max(1, Math.round(bytes / 1024)))} kB`
}

const saveAgain = 'Open it in the program it was written with, save it again as docx or pdf, and send that.'

export const failures = {
  empty: () =>
    build('empty-file')(
      'The file is empty: it has 0 bytes.',
      'Ask for the file again; it may not have been uploaded or synchronised completely.',
    ),
  emptyArchive: () =>
    build('empty-file')(
      'The archive holds no files that could be essays.',
      'Put the essays straight into the zip, or send them as they are.',
    ),
  tooLarge: (bytes: number, limit: number) =>
    build('too-large')(
      `The file has ${sayBytes(bytes)}; at most ${sayBytes(limit)} are read.`,
      'Make the pictures in it smaller or take them out, and save it again.',
      { bytes, limit },
    ),
  tooMuchText: (limit: number) =>
    build('too-large')(
      `It holds more than ${sayBytes(limit)} of text, about ${count(Math.round(limit / 6 / 1000) * 1000)} words, which is no single essay.`,
      'Divide it into one file for each essay.',
      { limit },
    ),
  tooManyPages: (pages: number, limit: number) =>
    build('too-large')(
      `It has ${count(pages)} pages; at most ${count(limit)} are read.`,
      'Divide it into one file for each essay.',
      { pages, limit },
    ),
  tooMuchWork: (what: string) =>
    build('too-large')(
      `It is small, but unfolds to far more than a text: ${what}.`,
      'If it is a real essay, save it again from the program it was written with.',
    ),
  unsupported: (what: string, remedy = 'Save it as docx, odt, rtf, pdf, txt or md, and send that.') =>
    build('unsupported-type')(what, remedy),
  encrypted: (what = 'The file is protected by a password, so its text cannot be read.') =>
    build('encrypted')(what, 'Remove the password in the program it was written with, and save it again.'),
  damaged: (why: string, details?: Record<string, unknown>) =>
    build('damaged')(`The file is damaged: ${why}.`, saveAgain, details),
  noText: (what: string) => build('no-text')(what, 'Replace it by a file with text, or type the text.'),
  bomb: (what: string, details?: Record<string, unknown>) =>
    build('archive-bomb')(
      `It was packed to unfold to an excessive size: ${what}.`,
      'If it holds real essays, send them as they are, or pack them again.',
      details,
    ),
  archiveInArchive: () =>
    build('archive-too-deep')(
      'It is an archive inside an archive, which is not opened.',
      'Unpack it and send its files, or put them straight into one zip.',
    ),
  archivePath: (why: string) =>
    build('archive-path')(
      `Its name in the archive ${why}, so it was not unpacked.`,
      'Pack the files again with plain names, or send the file by itself.',
    ),
  tooManyFiles: (entries: number, limit: number) =>
    build('too-many-files')(
      `It holds ${count(entries)} entries; at most ${count(limit)} are opened.`,
      'Divide it into smaller archives.',
      { entries, limit },
    ),
  nameTooLong: (characters: number, limit: number) =>
    build('name-too-long')(
      `Its name has ${count(characters)} characters; at most ${count(limit)} are allowed.`,
      'Give it a shorter name.',
      { characters, limit },
    ),
  timedOut: (milliseconds: number, what = 'Reading') =>
    build('reading-timed-out')(
      `${what} it took longer than ${count(Math.max(1, Math.round(milliseconds / 1000)))} s and was stopped.`,
      'Save it again as docx or txt, or divide it.',
      { milliseconds },
    ),
  outOfMemory: (limit: number) =>
    build('reading-crashed')(
      `Reading it needed more than ${sayBytes(limit)} of memory and was stopped.`,
      'Save it again as docx or txt, or divide it.',
      { limit },
    ),
  crashed: (details?: Record<string, unknown>) =>
    build('reading-crashed')(
      'The reader stopped at this file, so something in it is not as it should be.',
      saveAgain,
      details,
    ),
  undecodable: () =>
    build('undecodable')(
      'Its bytes are no text in any encoding that is known here.',
      'Open it in the program it was written with, and save it as docx, or as txt in UTF-8.',
    ),
}

export function refuse(failure: ReadingFailure): never {
  throw new UnreadableFile(failure)
}
