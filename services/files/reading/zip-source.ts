/**
 * Where the bytes of a zip come from: memory (one document), or an open file (an archive of up to 200 MB).
 * From: own; an archive is read by position, so its size never becomes memory.
 * Does not promise: that the bytes asked for exist; a short read is a damaged file.
 */
import { readSync } from 'node:fs'
import { failures, refuse } from './failures.ts'

export interface ZipSource {
  readonly size: number
  read(offset: number, length: number): Buffer
}

const cutOff = () => refuse(failures.damaged('it ends before its content does'))

export function bufferSource(bytes: Buffer): ZipSource {
  return {
    size: bytes.length,
    read(offset, length) {
      if (offset < 0 || length < 0 || offset + length > bytes.length) cutOff()
      return bytes.subarray(offset, offset + length)
    },
  }
}

export function fileSource(fd: number, size: number): ZipSource {
  return {
    size,
    read(offset, length) {
      if (offset < 0 || length < 0 || offset + length > size) cutOff()
      const into = Buffer.allocUnsafe(length)
      let got = 0
      while (got < length) {
        const n = readSync(fd, into, got, length - got, offset + got)
        if (n === 0) cutOff()
        got += n
      }
      return into
    },
  }
}
