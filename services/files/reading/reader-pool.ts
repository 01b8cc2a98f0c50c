/**
 * Reads files in limited processes that are started late, kept warm, and thrown away when a file harmed them.
 * From: design.md, main flow 1; the specification, "its death is a rejection, not a retry".
 * Does not promise: an order of answers; each caller waits for its own.
 */
import { createReadStream } from 'node:fs'
import { open, stat } from 'node:fs/promises'
import type { Answer } from './answers.ts'
import { confinement, type Confinement } from './confinement.ts'
import { looksLikeArchive } from './detect.ts'
import { failures } from './failures.ts'
import { ReaderProcess } from './reader-process.ts'
import {
  defaultReadingLimits,
  type ArchiveMember,
  type Expansion,
  type Reading,
  type ReadingFailure,
  type ReadingLimits,
} from './reading.ts'

export interface ReaderPoolOptions {
  /** Processes at most; another is started when a file has waited for those there are. */
  size?: number
  limits?: Partial<ReadingLimits>
  /** A process is replaced after so many files, so that a slow leak of a library ends. */
  filesPerProcess?: number
  /** Processes beyond the first end after so long without work. */
  idleMs?: number
  logger?: { warn(details: Record<string, unknown>, message: string): void }
}

export type ReadInput = { fileName: string } & ({ bytes: Buffer } | { path: string })

export interface ReaderPoolStats {
  processes: number
  /** Processes with a file on its way to them or in them, and those of them that are at it. */
  busy: number
  reading: number
  waiting: number
  read: number
  started: number
  killed: number
}

/** Above this a process that has finished its file is replaced: memory once grown is seldom given back. */
const RETIRE_BYTES = 220 * 1024 * 1024

interface Job {
  ask: (reader: ReaderProcess) => Promise<ReadingFailure | undefined>
  done: (failure: ReadingFailure | undefined) => void
  fail: (error: unknown) => void
  /** Processes that were found dead before they had taken the file. */
  unlucky: number
  since: number
}

/**
 * A file that has waited so long, in milliseconds, gets a process more. One process reads 150 essays a second,
 * more than the checks behind it take; a second one costs 40 MB, and is there for when a file is slow.
 */
const PATIENCE_MS = 1000

/** So often a file is given to another process because the first was dead already; then something else is wrong. */
const UNLUCKY_MAX = 3

export class ReaderPool {
  readonly limits: ReadingLimits
  readonly #size: number
  readonly #filesPerProcess: number
  readonly #idleMs: number
  readonly #logger: ReaderPoolOptions['logger']
  readonly #queue: Job[] = []
  readonly #idle: ReaderProcess[] = []
  readonly #all = new Set<ReaderProcess>()
  #starting = 0
  #busy = 0
  #closed = false
  #counts = { read: 0, started: 0, killed: 0 }
  #idleTimer: NodeJS.Timeout | undefined
  #patience: NodeJS.Timeout | undefined
  #settled: (() => void) | undefined

  constructor(options: ReaderPoolOptions = {}) {
    this.limits = { ...defaultReadingLimits, ...options.limits }
    this.#size = options.size ?? 2
    this.#filesPerProcess = options.filesPerProcess ?? 500
    this.#idleMs = options.idleMs ?? 30_000
    this.#logger = options.logger
  }

  get stats(): ReaderPoolStats {
    const reading = [...this.#all].filter((reader) => reader.reading).length
    return {
      processes: this.#all.size,
      busy: this.#busy,
      reading,
      waiting: this.#queue.length,
      ...this.#counts,
    }
  }

  /** For the status page: what keeps a reader in on this computer. */
  describe(): Promise<Confinement> {
    return confinement(this.limits)
  }

  pids(): number[] {
    return [...this.#all].flatMap((reader) => reader.pid ?? [])
  }

  /** Starts one process and has it load what a docx needs, so that the first file does not wait for it. */
  async prewarm(): Promise<void> {
    if (this.#all.size > 0) return
    await this.#enqueue((reader) =>
      reader.ask({ kind: 'warm' }, Buffer.alloc(0), this.limits.wallMs, () => true),
    )
  }

  async read(input: ReadInput): Promise<Reading> {
    const name = [...input.fileName].length
    if (name > this.limits.nameChars) return refusal(failures.nameTooLong(name, this.limits.nameChars))
    const bytes = 'bytes' in input ? input.bytes.length : (await stat(input.path)).size
    if (bytes === 0) return refusal(failures.empty())
    if (bytes > this.limits.fileBytes) return refusal(failures.tooLarge(bytes, this.limits.fileBytes))
    const body = 'bytes' in input ? input.bytes : { path: input.path, bytes }
    let reading: Reading | undefined
    const failure = await this.#enqueue((reader) =>
      reader.ask(
        { kind: 'read', fileName: input.fileName, limits: this.limits },
        body,
        this.limits.wallMs,
        (answer, text) => {
          reading = toReading(answer, text, this.limits)
          return true
        },
      ),
    )
    this.#counts.read++
    return failure ? refusal(failure) : reading!
  }

  /**
   * Gives each file of an archive to `onMember`, one at a time, in the archive's order; nothing before the whole
   * archive has been found harmless. A process of its own, which gets the open file and no path.
   */
  async expand(
    zip: { path: string; fileName: string },
    onMember: (member: ArchiveMember) => Promise<void> | void,
  ): Promise<Expansion> {
    const size = (await stat(zip.path)).size
    if (size === 0) return refusal(failures.empty())
    if (size > this.limits.archiveBytes) return refusal(failures.tooLarge(size, this.limits.archiveBytes))
    if (this.#closed) throw new Error('the reader pool is closed')
    const file = await open(zip.path, 'r')
    let reader: ReaderProcess | undefined
    let result: Expansion | undefined
    let unpacked = 0
    let thrown: { error: unknown } | undefined
    try {
      reader = await ReaderProcess.start(this.limits, file.fd)
      this.#counts.started++
      this.#all.add(reader)
      const request = { kind: 'expand', size, limits: this.limits } as const
      const failure = await reader.ask(
        request,
        Buffer.alloc(0),
        this.limits.expandMs,
        async (answer, body) => {
          if ('member' in answer) {
            unpacked += body.length
            if (unpacked > this.limits.unpackedBytes) throw new Error('more was unpacked than is allowed')
            const { member } = answer
            try {
              await onMember(
                'error' in member
                  ? failed(member)
                  : { path: member.path, bytes: Buffer.from(body), remarks: member.remarks },
              )
            } catch (error) {
              thrown = { error }
              return true
            }
            return false
          }
          result =
            answer.done === 'expanded'
              ? answer.expansion
              : answer.done === 'failed'
                ? refusal(withDetails(answer.error))
                : undefined
          return true
        },
      )
      if (thrown) throw thrown.error
      return failure ? refusal(failure) : (result ?? refusal(failures.crashed()))
    } finally {
      if (reader) {
        await reader.end()
        this.#all.delete(reader)
      }
      await file.close()
    }
  }

  /** Lets what is being read finish, turns away what waits, and ends every process. */
  async close(): Promise<void> {
    this.#closed = true
    clearTimeout(this.#idleTimer)
    clearTimeout(this.#patience)
    for (const job of this.#queue.splice(0)) job.fail(new Error('the reader pool is closed'))
    if (this.#busy + this.#starting > 0) await new Promise<void>((resolve) => (this.#settled = resolve))
    await Promise.all([...this.#all].map((reader) => reader.end()))
    this.#all.clear()
    this.#idle.length = 0
  }

  #enqueue(
    ask: (reader: ReaderProcess) => Promise<ReadingFailure | undefined>,
  ): Promise<ReadingFailure | undefined> {
    if (this.#closed) return Promise.reject(new Error('the reader pool is closed'))
    return new Promise((resolve, reject) => {
      this.#queue.push({ ask, done: resolve, fail: reject, unlucky: 0, since: performance.now() })
      this.#dispatch()
    })
  }

  #dispatch(): void {
    while (this.#queue.length > 0) {
      const reader = this.#idle.pop()
      if (reader && !reader.alive) {
        // It died while idle; nobody's file is to blame.
        this.#all.delete(reader)
        continue
      }
      if (reader) {
        void this.#work(reader, this.#queue.shift()!)
        continue
      }
      if (this.#busy + this.#starting < this.#size && this.#starting < this.#queue.length) {
        const waited = performance.now() - this.#queue[0]!.since
        if (this.#busy + this.#starting === 0 || waited >= PATIENCE_MS) void this.#startOne()
        else this.#dispatchLater(PATIENCE_MS - waited)
      }
      return
    }
  }

  #dispatchLater(milliseconds: number): void {
    this.#patience ??= setTimeout(() => {
      this.#patience = undefined
      this.#dispatch()
    }, milliseconds)
  }

  async #startOne(): Promise<void> {
    this.#starting++
    try {
      const reader = await ReaderProcess.start(this.limits)
      this.#counts.started++
      this.#all.add(reader)
      this.#idle.push(reader)
    } catch (error) {
      this.#queue.shift()?.fail(error)
    } finally {
      this.#starting--
      this.#dispatch()
      this.#checkSettled()
    }
  }

  async #work(reader: ReaderProcess, job: Job): Promise<void> {
    this.#busy++
    try {
      const failure = await job.ask(reader)
      const unlucky = failure?.code === 'reading-crashed' && !reader.begun && job.unlucky++ < UNLUCKY_MAX
      if (unlucky && !this.#closed) this.#queue.unshift(job)
      else job.done(failure)
    } catch (error) {
      reader.kill()
      job.fail(error)
    } finally {
      this.#busy--
      if (!reader.alive) {
        this.#counts.killed++
        this.#all.delete(reader)
        this.#logger?.warn(
          { pid: reader.pid, said: reader.said },
          'a reading process ended at a file and is replaced',
        )
      } else if (reader.reads >= this.#filesPerProcess || (reader.memory ?? 0) > RETIRE_BYTES) {
        this.#all.delete(reader)
        reader.kill()
      } else this.#idle.push(reader)
      this.#dispatch()
      this.#checkSettled()
      this.#shrinkLater()
    }
  }

  #checkSettled(): void {
    if (this.#busy + this.#starting === 0) this.#settled?.()
  }

  #shrinkLater(): void {
    clearTimeout(this.#idleTimer)
    if (this.#idle.length < 2 || this.#closed) return
    this.#idleTimer = setTimeout(() => {
      for (const reader of this.#idle.splice(1)) {
        this.#all.delete(reader)
        reader.kill()
      }
    }, this.#idleMs)
    this.#idleTimer.unref()
  }
}

export const createReaderPool = (options?: ReaderPoolOptions): ReaderPool => new ReaderPool(options)

/** Whether a file is to be expanded rather than read: a zip, and no single docx or odt. Reads its first bytes only. */
export async function isArchive(input: { bytes: Buffer } | { path: string }): Promise<boolean> {
  if ('bytes' in input) return looksLikeArchive(input.bytes)
  for await (const head of createReadStream(input.path, { end: 299 })) return looksLikeArchive(head as Buffer)
  return false
}

const refusal = (error: ReadingFailure): { ok: false; error: ReadingFailure } => ({ ok: false, error })

/** zod gives `details: undefined`; exact types want it absent. */
const withDetails = ({
  details,
  ...failure
}: ReadingFailure & { details?: Record<string, unknown> | undefined }): ReadingFailure =>
  details ? { ...failure, details } : failure

const failed = (member: { path: string; error: ReadingFailure }): ArchiveMember => ({
  path: member.path,
  error: withDetails(member.error),
})

function toReading(answer: Answer, body: Buffer, limits: ReadingLimits): Reading {
  if (!('done' in answer)) throw new Error('an answer to another question')
  if (answer.done === 'failed') return refusal(withDetails(answer.error))
  if (answer.done !== 'read') throw new Error('an answer to another question')
  if (body.length > limits.textBytes) return refusal(failures.tooMuchText(limits.textBytes))
  const { done: _, pages, ...rest } = answer
  return { ok: true, text: body.toString('utf8'), ...rest, ...(pages === undefined ? {} : { pages }) }
}
