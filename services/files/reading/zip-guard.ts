/**
 * Opens a zip only after its list of contents has been found harmless, and never inflates more than the list said.
 * From: PKWARE APPNOTE 6.3; Fifield, "A better zip bomb" (2019), for overlapping entries.
 * Does not promise: archives in several volumes, or methods other than stored and deflate.
 */
import { crc32, inflateRawSync } from 'node:zlib'
import { failures, refuse, sayBytes } from './failures.ts'
import { UnreadableFile, type ReadingLimits } from './reading.ts'
import { decodeName } from './zip-names.ts'
import type { ZipSource } from './zip-source.ts'

export interface ZipEntry {
  name: string
  packed: number
  unpacked: number
  method: number
  crc: number
  encrypted: boolean
  symlink: boolean
  /** Where the local header stands, from the start of the file. */
  at: number
}

export interface Zip {
  entries: ZipEntry[]
  find(name: string): ZipEntry | undefined
  /** Inflates one entry; throws when it is larger than declared, cut off or does not match its checksum. */
  unpack(entry: ZipEntry): Buffer
}

const END = 0x06054b50
const END64 = 0x06064b50
const END64_LOCATOR = 0x07064b50
const CENTRAL = 0x02014b50
const LOCAL = 0x04034b50
const END_BYTES = 22
const COMMENT_MAX = 0xffff

const damaged = (why: string) => refuse(failures.damaged(why))

interface Directory {
  entries: number
  bytes: number
  offset: number
  /** Bytes in front of the archive (a self-extractor): every offset is meant from there. */
  shift: number
}

function findDirectory(source: ZipSource): Directory {
  const tailBytes = Math.min(source.size, END_BYTES + COMMENT_MAX)
  if (tailBytes < END_BYTES) damaged('it ends before its content does')
  const tail = source.read(source.size - tailBytes, tailBytes)
  for (let i = tail.length - END_BYTES; i >= 0; i--) {
    if (tail.readUInt32LE(i) !== END) continue
    const end = source.size - tailBytes + i
    let entries = tail.readUInt16LE(i + 10)
    let bytes = tail.readUInt32LE(i + 12)
    let offset = tail.readUInt32LE(i + 16)
    let directoryEnd = end
    if (entries === 0xffff || bytes === 0xffffffff || offset === 0xffffffff) {
      if (i >= 20 && tail.readUInt32LE(i - 20) === END64_LOCATOR) {
        const at = Number(tail.readBigUInt64LE(i - 12))
        const end64 = source.read(at, 56)
        if (end64.readUInt32LE(0) !== END64) damaged('its list of contents is not where it says')
        entries = Number(end64.readBigUInt64LE(32))
        bytes = Number(end64.readBigUInt64LE(40))
        offset = Number(end64.readBigUInt64LE(48))
        directoryEnd = at
      }
    }
    const shift = directoryEnd - bytes - offset
    if (shift < 0) damaged('its list of contents is not where it says')
    return { entries, bytes, offset, shift }
  }
  return damaged('its list of contents is missing; it was probably cut off')
}

function readDirectory(source: ZipSource, directory: Directory): ZipEntry[] {
  const list = source.read(directory.offset + directory.shift, directory.bytes)
  const entries: ZipEntry[] = []
  let p = 0
  while (p + 46 <= list.length && list.readUInt32LE(p) === CENTRAL) {
    const madeBy = list.readUInt8(p + 5)
    const flags = list.readUInt16LE(p + 8)
    let packed = list.readUInt32LE(p + 20)
    let unpacked = list.readUInt32LE(p + 24)
    const nameBytes = list.readUInt16LE(p + 28)
    const extraBytes = list.readUInt16LE(p + 30)
    const commentBytes = list.readUInt16LE(p + 32)
    const attributes = list.readUInt32LE(p + 38)
    let at = list.readUInt32LE(p + 42)
    const extraAt = p + 46 + nameBytes
    if (extraAt + extraBytes > list.length) damaged('its list of contents is cut off')
    const name = list.subarray(p + 46, extraAt)
    const extra = list.subarray(extraAt, extraAt + extraBytes)
    for (let e = 0; e + 4 <= extra.length;) {
      const id = extra.readUInt16LE(e)
      const size = extra.readUInt16LE(e + 2)
      if (id === 1) {
        let q = e + 4
        const next = () => {
          if (q + 8 > Math.min(extra.length, e + 4 + size)) damaged('its sizes cannot be read')
          q += 8
          return Number(extra.readBigUInt64LE(q - 8))
        }
        if (unpacked === 0xffffffff) unpacked = next()
        if (packed === 0xffffffff) packed = next()
        if (at === 0xffffffff) at = next()
      }
      e += 4 + size
    }
    entries.push({
      name: decodeName(name, (flags & 0x800) !== 0, extra),
      packed,
      unpacked,
      method: list.readUInt16LE(p + 10),
      crc: list.readUInt32LE(p + 16),
      encrypted: (flags & 1) !== 0,
      symlink: madeBy === 3 && ((attributes >>> 16) & 0xf000) === 0xa000,
      at: at + directory.shift,
    })
    p = extraAt + extraBytes + commentBytes
  }
  if (entries.length !== directory.entries) damaged('it lists another number of entries than it says')
  return entries
}

function guardSizes(entries: ZipEntry[], source: ZipSource, limits: ReadingLimits): void {
  let packed = 0
  let unpacked = 0
  const tooDense = (from: number, to: number) =>
    to > limits.ratioFloorBytes && to > limits.ratio * Math.max(1, from)
  for (const entry of entries) {
    packed += entry.packed
    unpacked += entry.unpacked
    if (tooDense(entry.packed, entry.unpacked)) {
      const ratio = Math.round(entry.unpacked / Math.max(1, entry.packed))
      refuse(
        failures.bomb(`one part grows ${ratio} times, and at most ${limits.ratio} is allowed`, { ratio }),
      )
    }
  }
  if (unpacked > limits.unpackedBytes) {
    const what = `${sayBytes(unpacked)} unpacked, and at most ${sayBytes(limits.unpackedBytes)} is allowed`
    refuse(failures.bomb(what, { unpacked }))
  }
  if (tooDense(packed, unpacked)) {
    const ratio = Math.round(unpacked / Math.max(1, packed))
    refuse(failures.bomb(`it grows ${ratio} times, and at most ${limits.ratio} is allowed`, { ratio }))
  }
  const byPlace = [...entries].sort((a, b) => a.at - b.at)
  let free = 0
  for (const entry of byPlace) {
    if (entry.at < free) refuse(failures.bomb('several of its entries share the same bytes'))
    free = entry.at + 30 + entry.packed
  }
  if (free > source.size) damaged('it ends before its content does')
}

export function openZip(source: ZipSource, limits: ReadingLimits): Zip {
  const directory = findDirectory(source)
  // Counted before anything is made of it; the smallest entry has 46 bytes, so a lie is noticed here too.
  if (directory.entries > limits.entries) refuse(failures.tooManyFiles(directory.entries, limits.entries))
  if (directory.bytes > limits.entries * 1024) refuse(failures.bomb('its list of contents alone is huge'))
  const entries = readDirectory(source, directory)
  guardSizes(entries, source, limits)
  const byName = new Map<string, ZipEntry>()
  for (const entry of entries) if (!byName.has(entry.name)) byName.set(entry.name, entry)
  return {
    entries,
    find: (name) => byName.get(name),
    unpack: (entry) => unpack(source, entry),
  }
}

function unpack(source: ZipSource, entry: ZipEntry): Buffer {
  if (entry.encrypted) refuse(failures.encrypted())
  if (entry.method !== 0 && entry.method !== 8) {
    refuse(
      failures.unsupported(
        'It is packed by a method that is not read here.',
        'Pack it again with the zip of your computer, or send the files as they are.',
      ),
    )
  }
  const local = source.read(entry.at, 30)
  if (local.readUInt32LE(0) !== LOCAL) damaged('an entry is not where the list of contents says')
  const start = entry.at + 30 + local.readUInt16LE(26) + local.readUInt16LE(28)
  const packed = source.read(start, entry.packed)
  let bytes: Buffer = packed
  if (entry.method === 8) {
    try {
      // The declared size was found acceptable; not one byte more is ever produced.
      bytes = inflateRawSync(packed, { maxOutputLength: Math.max(1, entry.unpacked) })
    } catch (error) {
      if (error instanceof UnreadableFile) throw error
      if ((error as { code?: string }).code === 'ERR_BUFFER_TOO_LARGE') {
        refuse(failures.bomb('it unpacks to more than it says'))
      }
      damaged('a part of it cannot be unpacked')
    }
  }
  if (bytes.length !== entry.unpacked) damaged('a part of it has another size than it says')
  if (crc32(bytes) !== entry.crc) damaged('a part of it does not match its checksum')
  return bytes
}
