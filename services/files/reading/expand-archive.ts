/**
 * Unpacks an archive of essays, member by member in its own order, after the whole of it has been found harmless.
 * From: the specification, "A zip is listed, guarded, hashed and stored member by member".
 * Does not promise: that a member is an essay; each is read later, like any other file.
 */
import { detectZip, isZip } from './detect.ts'
import { failures, refuse } from './failures.ts'
import {
  UnreadableFile,
  type ArchiveMember,
  type Expansion,
  type ReadingFailure,
  type ReadingLimits,
  type SkippedMember,
} from './reading.ts'
import { openZip, type Zip, type ZipEntry } from './zip-guard.ts'
import { skipReason, unsafeName } from './zip-names.ts'
import { bufferSource, fileSource } from './zip-source.ts'

function nameFailure(name: string, limits: ReadingLimits): ReadingFailure | undefined {
  const unsafe = unsafeName(name)
  if (unsafe) return failures.archivePath(unsafe)
  const last = [...(name.split('/').at(-1) ?? '')].length
  if (last > limits.nameChars) return failures.nameTooLong(last, limits.nameChars)
  const whole = [...name].length
  if (whole > limits.nameChars * 4) return failures.nameTooLong(whole, limits.nameChars * 4)
  return undefined
}

/** A zip in the zip that is no docx or odt. What its list of contents says is enough; nothing of it is unpacked here. */
function isNestedArchive(bytes: Buffer, limits: ReadingLimits): boolean {
  if (!isZip(bytes)) return false
  try {
    return detectZip(openZip(bufferSource(bytes), limits)) === 'archive'
  } catch (error) {
    if (!(error instanceof UnreadableFile)) throw error
    // Something else is wrong with it; reading it will say what.
    return false
  }
}

/** Failures that concern the archive as a whole: nothing of it is taken. */
const WHOLE = new Set(['archive-bomb', 'reading-crashed'])

function inspect(zip: Zip, entry: ZipEntry, limits: ReadingLimits): ReadingFailure | undefined {
  const failure = nameFailure(entry.name, limits)
  if (failure) return failure
  if (entry.symlink) return failures.archivePath('is a link to another file')
  if (entry.unpacked > limits.fileBytes) return failures.tooLarge(entry.unpacked, limits.fileBytes)
  try {
    return isNestedArchive(zip.unpack(entry), limits) ? failures.archiveInArchive() : undefined
  } catch (error) {
    if (!(error instanceof UnreadableFile) || WHOLE.has(error.failure.code)) throw error
    return error.failure
  }
}

export function expandArchive(
  fd: number,
  size: number,
  limits: ReadingLimits,
  give: (member: ArchiveMember) => void,
): Exclude<Expansion, { ok: false }> {
  const zip = openZip(fileSource(fd, size), limits)
  if (detectZip(zip) !== 'archive') return { ok: true, kind: 'document' }
  const skipped: SkippedMember[] = []
  const found: { entry: ZipEntry; failure: ReadingFailure | undefined }[] = []
  // Twice through the archive: a bomb at its end must not leave half a class behind.
  for (const entry of zip.entries) {
    const reason = unsafeName(entry.name) === undefined ? skipReason(entry.name) : undefined
    if (reason) skipped.push({ path: entry.name, reason })
    else found.push({ entry, failure: inspect(zip, entry, limits) })
  }
  if (found.length === 0) refuse(failures.emptyArchive())
  for (const { entry, failure } of found) {
    if (failure) give({ path: entry.name, error: failure })
    else give({ path: entry.name, bytes: zip.unpack(entry) })
  }
  return { ok: true, kind: 'archive', members: found.length, skipped }
}
