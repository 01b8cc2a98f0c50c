/**
 * Looks at a pdf before pdf.js does: cut off, a claim of pages it cannot have, a packed part that would fill the memory.
 * From: ISO 32000, 7.3.8 (streams), 7.4.4 (FlateDecode); deflate grows at most 1,032 times.
 * Does not promise: other packings than Flate; the limits on the process hold for those.
 */
import { inflateSync } from 'node:zlib'
import { failures, refuse, sayBytes } from './failures.ts'

/** No page, font or table of a real document unpacks to more; pictures may, and are never unpacked here. */
const PART_MAX = 32 * 1024 * 1024
const GROWTH_MAX = 1_032

function refuseTruncated(bytes: Buffer): void {
  const tail = bytes.subarray(-64 * 1024)
  if (!tail.includes('startxref') && !tail.includes('%%EOF')) {
    refuse(failures.damaged('it ends before its content does'))
  }
}

/** The largest number of pages that an unpacked part of the file claims; a lie about it is made to make readers loop. */
export function claimedPages(bytes: Buffer): number {
  let most = 0
  for (let at = bytes.indexOf('/Count '); at >= 0; at = bytes.indexOf('/Count ', at + 7)) {
    most = Math.max(most, Number.parseInt(bytes.toString('latin1', at + 7, at + 18), 10) || 0)
  }
  return most
}

/** How often the part must be unpacked: Flate upon Flate is nobody's document, but somebody's attack. */
const layers = (dictionary: string): number => dictionary.match(/\/(?:FlateDecode|Fl)\b/g)?.length ?? 0

function unpacksTooFar(packed: Buffer, times: number): boolean {
  let bytes = packed
  for (let i = 0; i < times; i++) {
    if (bytes.length * GROWTH_MAX ** (times - i) <= PART_MAX) return false
    try {
      bytes = inflateSync(bytes, { maxOutputLength: PART_MAX })
    } catch (error) {
      return (error as { code?: string }).code === 'ERR_BUFFER_TOO_LARGE'
    }
  }
  return false
}

export function guardPdf(bytes: Buffer): void {
  refuseTruncated(bytes)
  for (let end = bytes.indexOf('endstream'); end >= 0; end = bytes.indexOf('endstream', end + 9)) {
    const begin = bytes.lastIndexOf('stream', end - 1)
    if (begin < 0) continue
    const dictionary = bytes.toString('latin1', Math.max(0, begin - 600), begin)
    const own = dictionary.slice(dictionary.lastIndexOf(' obj') + 1)
    const times = /\/Subtype\s*\/Image\b/.test(own) ? 0 : layers(own)
    let from = begin + 6
    while (bytes[from] === 0x0d || bytes[from] === 0x0a) from++
    if (times > 0 && unpacksTooFar(bytes.subarray(from, end), times)) {
      refuse(failures.bomb(`one part of it unpacks to more than ${sayBytes(PART_MAX)}`))
    }
  }
}
