import { crc32 } from 'node:zlib'
import { deflateSync } from 'fflate'

export interface ZipEntry {
  name: string
  bytes: Uint8Array | string
  /** Not compressed, as the first entry of an odt must be. */
  stored?: boolean
  /** The unpacked size that the headers state when it is not the true one. */
  declaredSize?: number
}

// 2026-11-04 09:00:00 as MS-DOS writes it: fixed, so that the same entries give the same bytes.
const dosTime = 9 << 11
const dosDate = ((2026 - 1980) << 9) | (11 << 5) | 4
const utf8Names = 0x0800

/**
 * A zip of the entries in their order, byte for byte the same each time. Names are written as given
 * (twice the same, `../up`, any Unicode), so a test can make the zips that a reader has to refuse.
 */
export function makeZip(entries: readonly ZipEntry[]): Buffer {
  const parts: Buffer[] = []
  const directory: Buffer[] = []
  let offset = 0
  for (const entry of entries) {
    const name = Buffer.from(entry.name, 'utf8')
    const content = Buffer.from(entry.bytes)
    const packed = entry.stored ? content : Buffer.from(deflateSync(content))
    const header = Buffer.alloc(26)
    header.writeUInt16LE(20, 0)
    header.writeUInt16LE(utf8Names, 2)
    header.writeUInt16LE(entry.stored ? 0 : 8, 4)
    header.writeUInt16LE(dosTime, 6)
    header.writeUInt16LE(dosDate, 8)
    header.writeUInt32LE(crc32(content), 10)
    header.writeUInt32LE(packed.length, 14)
    header.writeUInt32LE(entry.declaredSize ?? content.length, 18)
    header.writeUInt16LE(name.length, 22)
    const place = Buffer.alloc(14)
    place.writeUInt32LE(offset, 10)
    directory.push(Buffer.from('PK\x01\x02\x14\x00', 'latin1'), header, place, name)
    parts.push(Buffer.from('PK\x03\x04', 'latin1'), header, name, packed)
    offset += 30 + name.length + packed.length
  }
  const directoryBytes = Buffer.concat(directory)
  const end = Buffer.alloc(22)
  end.write('PK\x05\x06', 'latin1')
  end.writeUInt16LE(entries.length, 8)
  end.writeUInt16LE(entries.length, 10)
  end.writeUInt32LE(directoryBytes.length, 12)
  end.writeUInt32LE(offset, 16)
  return Buffer.concat([...parts, directoryBytes, end])
}
