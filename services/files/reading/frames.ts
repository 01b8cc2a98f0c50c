/**
 * How parent and child talk: two lengths, a JSON header, bytes. Header and body each have a cap, checked on arrival.
 * From: own; fixed-size lengths, so that no content can be taken for a delimiter.
 * Does not promise: that a header means anything; the receiver parses it.
 */

const PREFIX = 8

export interface Frame {
  header: unknown
  body: Buffer
}

export function frameHead(header: unknown, bodyBytes: number): Buffer {
  const json = Buffer.from(JSON.stringify(header))
  const head = Buffer.allocUnsafe(PREFIX + json.length)
  head.writeUInt32LE(json.length, 0)
  head.writeUInt32LE(bodyBytes, 4)
  json.copy(head, PREFIX)
  return head
}

/** Reads frames from pieces as they come. Throws when a frame is larger than allowed or its header is no JSON. */
export class FrameReader {
  readonly #maxHeader: number
  readonly #maxBody: number
  #pieces: Buffer[] = []
  #held = 0

  constructor(maxHeader: number, maxBody: number) {
    this.#maxHeader = maxHeader
    this.#maxBody = maxBody
  }

  push(piece: Buffer): void {
    this.#pieces.push(piece)
    this.#held += piece.length
  }

  /** The next whole frame, or undefined until more pieces come. */
  next(): Frame | undefined {
    if (this.#held < PREFIX) return undefined
    let first = this.#pieces[0]!
    if (first.length < PREFIX) first = this.#join()
    const headerBytes = first.readUInt32LE(0)
    const bodyBytes = first.readUInt32LE(4)
    if (headerBytes > this.#maxHeader || bodyBytes > this.#maxBody) throw new Error('frame too large')
    const total = PREFIX + headerBytes + bodyBytes
    if (this.#held < total) return undefined
    const all = this.#join()
    this.#pieces = all.length > total ? [all.subarray(total)] : []
    this.#held -= total
    const header: unknown = JSON.parse(all.toString('utf8', PREFIX, PREFIX + headerBytes))
    return { header, body: all.subarray(PREFIX + headerBytes, total) }
  }

  #join(): Buffer {
    const all = this.#pieces.length === 1 ? this.#pieces[0]! : Buffer.concat(this.#pieces, this.#held)
    this.#pieces = [all]
    return all
  }
}
