import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { mkdir, open, readdir, rename, rm, stat, type FileHandle } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { Readable } from 'node:stream'
import { mint } from '#platform/ids.ts'
import type { SchoolId } from '#contracts/common.ts'

/** Bytes on disk under a temporary name, hashed and on their way to be synced, not yet part of the store. */
export interface StagedBlob {
  sha256: string
  sizeBytes: number
  /** True when the stream was longer than the limit; what was written is gone already. */
  tooLarge: boolean
  /** Where the bytes are until they are kept or discarded. */
  path: string
}

/**
 * Originals as files, named by the SHA-256 of their bytes within their school. `keep` returns once the files
 * and their folders are synced, so that a commit that names them is true after a crash.
 */
export interface Blobs {
  stage(source: Readable | Uint8Array, limitBytes: number): Promise<StagedBlob>
  keep(schoolId: SchoolId, staged: readonly StagedBlob[]): Promise<void>
  discard(staged: readonly StagedBlob[]): Promise<void>
  path(schoolId: SchoolId, sha256: string): string
  open(schoolId: SchoolId, sha256: string): Readable
  remove(schoolId: SchoolId, sha256: string): Promise<void>
  /** Every stored blob with its age, and leftovers of cut uploads (no sha256). For the sweep. */
  list(): AsyncIterable<{ schoolId: SchoolId | null; sha256: string | null; path: string; ageMs: number }>
}

/** A stream that ends before this is written at once, in one piece; in bytes. */
const onePiece = 128 * 1024

/** More files than this are not held open for their sync: 64 files took 240 ms one by one. */
const syncsAtOnce = 16

export async function openFileBlobs(folder: string): Promise<Blobs> {
  const incoming = join(folder, 'incoming')
  await mkdir(incoming, { recursive: true, mode: 0o700 })

  /** Staged bytes on their way to the disk. */
  const syncing = new Map<string, Promise<void>>()
  /** Staged and moved into the store since: nothing is left to discard. */
  const kept = new WeakSet<StagedBlob>()
  /** Folders that are there and synced into theirs. */
  const folders = new Set<string>()
  const inFlight = new Set<Promise<void>>()

  /** Syncs and closes beside what follows; several syncs at once share the disk's commits. `keep` waits for it. */
  async function syncBeside(path: string, file: FileHandle): Promise<void> {
    const sync = (async () => {
      try {
        await file.sync()
      } finally {
        await file.close()
      }
    })()
    syncing.set(path, sync)
    inFlight.add(sync)
    const over = () => void inFlight.delete(sync)
    sync.then(over, over)
    if (inFlight.size >= syncsAtOnce) await Promise.race(inFlight).catch(() => {})
  }

  const pathOf = (schoolId: SchoolId, sha256: string): string =>
    join(folder, schoolId, sha256.slice(0, 2), sha256)

  async function stageBytes(bytes: Uint8Array, limit: number): Promise<StagedBlob> {
    const path = join(incoming, mint())
    const sha256 = createHash('sha256').update(bytes).digest('hex')
    if (bytes.length > limit) return { sha256, sizeBytes: bytes.length, tooLarge: true, path }
    const file = await open(path, 'wx', 0o600)
    try {
      await file.writeFile(bytes)
    } catch (error) {
      await file.close()
      await rm(path, { force: true })
      throw error
    }
    await syncBeside(path, file)
    return { sha256, sizeBytes: bytes.length, tooLarge: false, path }
  }

  /** Small ones are gathered first: an essay is then one write instead of one for each piece of the network. */
  async function stageStream(source: Readable, limit: number): Promise<StagedBlob> {
    const pieces: Buffer[] = []
    let sizeBytes = 0
    const each = (source as AsyncIterable<Buffer>)[Symbol.asyncIterator]()
    while (sizeBytes < onePiece) {
      const { done, value } = await each.next()
      if (done) return stageBytes(pieces.length === 1 ? pieces[0]! : Buffer.concat(pieces), limit)
      pieces.push(value)
      sizeBytes += value.length
    }
    return stageLong(pieces, { [Symbol.asyncIterator]: () => each }, limit)
  }

  async function stageLong(first: Buffer[], rest: AsyncIterable<Buffer>, limit: number): Promise<StagedBlob> {
    const hash = createHash('sha256')
    const path = join(incoming, mint())
    const file = await open(path, 'wx', 0o600)
    let sizeBytes = 0
    let failure: { error: unknown } | null = null
    const take = async (chunk: Buffer): Promise<void> => {
      sizeBytes += chunk.length
      hash.update(chunk)
      // What is over the limit, or found the disk full, is read to its end, so that the request can be answered.
      if (sizeBytes > limit || failure) return
      await file.write(chunk).catch((error: unknown) => (failure = { error }))
    }
    try {
      for (const chunk of first.splice(0)) await take(chunk)
      for await (const chunk of rest) await take(chunk)
    } catch (error) {
      failure = { error }
    }
    if (failure || sizeBytes > limit) {
      await file.close()
      await rm(path, { force: true })
      if (failure) throw (failure as { error: unknown }).error
    } else await syncBeside(path, file)
    return { sha256: hash.digest('hex'), sizeBytes, tooLarge: sizeBytes > limit, path }
  }

  return {
    stage: (source, limit) =>
      source instanceof Uint8Array ? stageBytes(source, limit) : stageStream(source, limit),
    async keep(schoolId, staged) {
      // Every one is waited for, also when one fails: none may be left that nobody hears of.
      const synced = await Promise.allSettled(staged.map((blob) => syncing.get(blob.path)))
      for (const blob of staged) syncing.delete(blob.path)
      for (const each of synced) if (each.status === 'rejected') throw each.reason
      const touched = new Set<string>()
      for (const blob of staged) {
        const target = pathOf(schoolId, blob.sha256)
        const parent = dirname(target)
        if (!folders.has(parent)) {
          await mkdir(parent, { recursive: true, mode: 0o700 })
          // Whoever made it: until it has been synced here, it may be gone after a crash.
          touched.add(dirname(parent)).add(folder)
        }
        touched.add(parent)
        await rename(blob.path, target)
        kept.add(blob)
      }
      await Promise.all([...touched].map(syncFolder))
      for (const path of touched) folders.add(path)
    },
    async discard(staged) {
      await Promise.all(
        staged.map(async (blob) => {
          if (kept.has(blob)) return
          await syncing.get(blob.path)?.catch(() => {})
          syncing.delete(blob.path)
          await rm(blob.path, { force: true })
        }),
      )
    },
    path: pathOf,
    open: (schoolId, sha256) => createReadStream(pathOf(schoolId, sha256)),
    remove: (schoolId, sha256) => rm(pathOf(schoolId, sha256), { force: true }),
    async *list() {
      const now = Date.now()
      for (const school of await readdir(folder)) {
        const below = school === 'incoming' ? [''] : await readdir(join(folder, school))
        for (const prefix of below) {
          for (const name of await readdir(join(folder, school, prefix))) {
            const path = join(folder, school, prefix, name)
            const found = await stat(path).catch(() => null)
            if (!found) continue
            const stored = school !== 'incoming'
            yield {
              schoolId: stored ? (school as SchoolId) : null,
              sha256: stored ? name : null,
              path,
              ageMs: now - found.mtimeMs,
            }
          }
        }
      }
    },
  }
}

async function syncFolder(path: string): Promise<void> {
  const handle = await open(path, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}
