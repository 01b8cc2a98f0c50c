/**
 * The reading process: one request in, one answer out, for as long as its parent wants it.
 * From: design.md, main flow 1: no network, a memory and a CPU limit, its death is a rejection.
 * Does not promise: to survive a file; the parent starts another one.
 */
import { readSync, writeSync } from 'node:fs'
import { expandArchive } from './expand-archive.ts'
import { failures } from './failures.ts'
import { frameHead } from './frames.ts'
import { readDocument } from './read-document.ts'
import { UnreadableFile, type ReadingFailure, type ReadingLimits } from './reading.ts'

export type Request =
  | { kind: 'read'; fileName: string; limits: ReadingLimits }
  | { kind: 'expand'; size: number; limits: ReadingLimits }
  | { kind: 'warm' }

const ARCHIVE_FD = 3

/** Blocking on purpose: an idle child has nothing else to do, and streams would double what it holds. */
function take(length: number): Buffer {
  const into = Buffer.allocUnsafeSlow(length)
  let got = 0
  while (got < length) {
    const n = readSync(0, into, got, length - got, null)
    if (n === 0) process.exit(0)
    got += n
  }
  return into
}

function put(bytes: Buffer): void {
  for (let sent = 0; sent < bytes.length;) sent += writeSync(1, bytes, sent, bytes.length - sent)
}

function answer(header: object, body: Buffer = Buffer.alloc(0)): void {
  put(frameHead(header, body.length))
  put(body)
}

/** What a thrown thing means for the file. Running out of stack is the file's nesting, not our fault. */
function failureOf(error: unknown): ReadingFailure {
  if (error instanceof UnreadableFile) return error.failure
  if (error instanceof RangeError && /call stack/i.test(error.message)) {
    return failures.damaged('it is nested too deeply')
  }
  const what = error instanceof Error ? `${error.name}: ${error.message}`.slice(0, 200) : 'unknown'
  return failures.crashed({ error: what })
}

async function serve(request: Request, body: Buffer): Promise<void> {
  try {
    if (request.kind === 'warm') return answer({ done: 'warm' })
    if (request.kind === 'expand') {
      const done = expandArchive(ARCHIVE_FD, request.size, request.limits, (member) => {
        if ('bytes' in member)
          answer({ member: { path: member.path, remarks: member.remarks ?? [] } }, member.bytes)
        else answer({ member: { path: member.path, error: member.error } })
      })
      return answer({ done: 'expanded', expansion: done })
    }
    const { text, ...rest } = await readDocument(body, request.fileName, request.limits)
    answer({ done: 'read', ...rest }, Buffer.from(text))
  } catch (error) {
    answer({
      done: 'failed',
      error: failureOf(error),
      retire: !(error instanceof UnreadableFile) || error.retire,
    })
  }
}

for (;;) {
  const head = take(8)
  const request = JSON.parse(take(head.readUInt32LE(0)).toString()) as Request
  const body = take(head.readUInt32LE(4))
  // From here on the death of this process is the file's doing.
  answer({ begun: true })
  await serve(request, body)
}
