// Which files of a folder are taken, and which are left out and why.
// From the list of bad input: links are not followed, devices are not opened, names are kept as they are.
// Reads no file: what is in them is for the server to say.
import type { Dirent } from 'node:fs'
import { lstat, readdir } from 'node:fs/promises'
import { basename } from 'node:path'

export interface Found {
  /** As shown and sent: relative to the folder, with `/`. */
  name: string
  /** As the file system has it: bytes, because a name need not be UTF-8. */
  path: Buffer
  sizeBytes: number
}

/** Something that is not taken. `rejected`: a file the teacher would miss; `skipped`: none. */
export interface LeftOut {
  name: string
  kind: 'skipped' | 'rejected'
  reason: string
  remedy: string
}

export interface Walk {
  files: Found[]
  leftOut: LeftOut[]
}

export interface WalkLimits {
  fileBytes: number
  archiveBytes: number
}

const slash = Buffer.from('/')
const joinBytes = (folder: Buffer, name: Buffer): Buffer => Buffer.concat([folder, slash, name])

/** Walks what the user named: files are taken whatever they are called, folders by the rules above. */
export async function walk(paths: readonly string[], limits: WalkLimits): Promise<Walk> {
  const found: Walk = { files: [], leftOut: [] }
  for (const path of paths) {
    const bytes = Buffer.from(path)
    const stats = await lstat(bytes)
    // A link that the user names is meant; links met on the way are not.
    if (stats.isDirectory() || stats.isSymbolicLink()) await walkFolder(bytes, '', found, limits)
    else await takeFile(bytes, basename(path), found, limits)
  }
  return found
}

async function walkFolder(folder: Buffer, prefix: string, found: Walk, limits: WalkLimits): Promise<void> {
  const entries = (await readdir(folder, { withFileTypes: true, encoding: 'buffer' })) as Dirent<Buffer>[]
  entries.sort((a, b) => Buffer.compare(a.name, b.name))
  for (const entry of entries) {
    const name = `${prefix}${entry.name.toString()}`
    const path = joinBytes(folder, entry.name)
    const own = entry.name.toString()
    if (own.startsWith('~$')) leaveOut(found, name, 'is the lock file of an open document', 'Nothing to do.')
    else if (own.startsWith('.') || own === '__MACOSX' || own === 'Thumbs.db' || own === 'desktop.ini')
      leaveOut(found, name, 'is a hidden file', 'Rename it if it is an essay.')
    else if (entry.isSymbolicLink())
      leaveOut(found, name, 'is a link, and links are not followed', 'Copy the file itself into the folder.')
    else if (entry.isDirectory()) await walkFolder(path, `${name}/`, found, limits)
    else if (entry.isFile()) await takeFile(path, name, found, limits)
    else leaveOut(found, name, `is ${kindOf(entry)}, not a file`, 'Nothing to do.')
  }
}

/** A form cannot carry a line break in a name, and the part that has one would be dropped without a word. */
const onOneLine = (name: string): string => name.replaceAll('\n', '\u240a').replaceAll('\r', '\u240d')

const leaveOut = (found: Walk, name: string, reason: string, remedy: string): void => {
  found.leftOut.push({ name, kind: 'skipped', reason, remedy })
}

const kindOf = (entry: Dirent<Buffer>): string => {
  if (entry.isFIFO()) return 'a pipe'
  if (entry.isSocket()) return 'a socket'
  return 'a device'
}

async function takeFile(path: Buffer, name: string, found: Walk, limits: WalkLimits): Promise<void> {
  const stats = await lstat(path)
  if (!stats.isFile()) return leaveOut(found, name, 'is not a file', 'Nothing to do.')
  const limit = /\.zip$/i.test(name) ? limits.archiveBytes : limits.fileBytes
  const megabytes = (bytes: number): string => `${Math.round(bytes / (1024 * 1024))} MB`
  if (stats.size > limit)
    found.leftOut.push({
      name,
      kind: 'rejected',
      reason: `has ${megabytes(stats.size)}; at most ${megabytes(limit)} are taken (too-large)`,
      remedy: 'Save it without pictures, or as plain text.',
    })
  else found.files.push({ name: onOneLine(name), path, sizeBytes: stats.size })
}
