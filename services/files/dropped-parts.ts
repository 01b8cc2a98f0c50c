// Which parts of a multipart body the parser drops without a word: those whose file name holds a line break.
// From: RFC 7578, 4.2, which leaves such names to be percent-encoded; browsers do, other programs need not.
// Does not hold the body: it looks at the headers of each part while the bytes pass.
import type { Readable } from 'node:stream'

/** Headers of one part; the parser takes no more either. */
const MAX_HEADERS = 80 * 1024
const END_OF_HEADERS = Buffer.from('\r\n\r\n')
const FILE_NAME = /;\s*filename(\*?)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^;]*))/gis

/** For each part in order: its file name when the parser drops it for that, else null. */
export type PartNames = (string | null)[]

function decodeName(value: string, encoded: boolean): string {
  const bytes = Buffer.from(value.replace(/\\(.)/gs, '$1'), 'latin1')
  if (!encoded) return bytes.toString()
  try {
    return decodeURIComponent(value.replace(/^[^']*'[^']*'/, ''))
  } catch {
    return bytes.toString()
  }
}

export function brokenName(headers: string): string | null {
  const unfolded = headers.replace(/\r\n[ \t]/g, ' ')
  const disposition = unfolded.split('\r\n').find((line) => /^content-disposition\s*:/i.test(line))
  for (const [, star, quoted, plain] of disposition?.matchAll(FILE_NAME) ?? []) {
    const name = decodeName(quoted ?? plain ?? '', star === '*')
    if (/[\r\n]/.test(name)) return name
  }
  return null
}

/** Begins to look at once; the list is whole when the parser has ended. */
export function watchPartNames(body: Readable, contentType: string): PartNames {
  const found: PartNames = []
  const boundary = /boundary\s*=\s*(?:"([^"]+)"|([^;\s]+))/i.exec(contentType)
  if (!boundary) return found
  const delimiter = Buffer.from(`\r\n--${boundary[1] ?? boundary[2]}`, 'latin1')
  let inHeaders = false
  // The first delimiter has no line before it.
  let rest: Buffer = Buffer.from('\r\n')
  body.on('data', (chunk: Buffer) => {
    rest = Buffer.concat([rest, chunk])
    for (;;) {
      const sought = inHeaders ? END_OF_HEADERS : delimiter
      const at = rest.indexOf(sought)
      if (at < 0) break
      // Behind the last delimiter stand two hyphens and no part.
      const isPart = inHeaders && rest[0] !== 0x2d
      if (isPart) found.push(brokenName(rest.toString('latin1', 0, at)))
      rest = rest.subarray(at + sought.length)
      inHeaders = !inHeaders
    }
    const keep = inHeaders ? MAX_HEADERS : delimiter.length
    if (rest.length > keep) rest = Buffer.from(rest.subarray(rest.length - keep))
  })
  return found
}
