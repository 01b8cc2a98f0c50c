/**
 * One reading process as its parent sees it: started, asked, watched, and killed when a file takes too much.
 * From: the specification, "30 s or 512 MB in the reader"; figures of /proc, polled only while a file is read.
 * Does not promise: to notice a breach shorter than its poll; the kernel's own ceiling stands at twice the limit.
 */
import { spawn, type ChildProcess } from 'node:child_process'
import { createReadStream, readFileSync } from 'node:fs'
import type { Readable, Writable } from 'node:stream'
import { Answer, answerCaps, Begun } from './answers.ts'
import { childSource } from './child-source.ts'
import type { Request } from './child.ts'
import { confinement, nodeFlags } from './confinement.ts'
import { failures } from './failures.ts'
import { frameHead, FrameReader } from './frames.ts'
import type { ReadingFailure, ReadingLimits } from './reading.ts'

const POLL_MS = 25
const PAGE_BYTES = 4096
const TICK_MS = 10

/** Called for each answer; a promise holds the process back. True ends the request. */
export type OnAnswer = (answer: Answer, body: Buffer) => boolean | Promise<boolean>

export class ReaderProcess {
  readonly #limits: ReadingLimits
  readonly #child: ChildProcess
  readonly #frames: FrameReader
  #ending: ((failure: ReadingFailure) => void) | undefined
  #wake: (() => void) | undefined
  #gone = false
  #begun = false
  reads = 0
  /** The end of what it printed; for the log, never for the teacher. */
  said = ''

  static async start(limits: ReadingLimits, archiveFd?: number): Promise<ReaderProcess> {
    const [source, kept] = await Promise.all([childSource(), confinement(limits)])
    const command = [
      ...kept.prefix,
      process.execPath,
      ...nodeFlags(limits, source.readable),
      '--eval',
      source.boot,
    ]
    const child = spawn(command[0]!, command.slice(1), {
      stdio: ['pipe', 'pipe', 'pipe', ...(archiveFd === undefined ? [] : [archiveFd])],
      // Nothing of the parent's but where its tools are: passwords live in environments.
      env: { PATH: process.env.PATH, SystemRoot: process.env.SystemRoot, UV_THREADPOOL_SIZE: '1' },
      cwd: '/',
    })
    const reader = new ReaderProcess(child, limits)
    const start = Buffer.from(JSON.stringify(source.start))
    child.stdin!.write(frameHead(source.start, 0).subarray(0, 8))
    child.stdin!.write(start)
    return reader
  }

  private constructor(child: ChildProcess, limits: ReadingLimits) {
    this.#child = child
    this.#limits = limits
    const caps = answerCaps(limits)
    this.#frames = new FrameReader(caps.header, caps.body)
    const out = child.stdout as Readable
    out.on('data', (piece: Buffer) => {
      this.#frames.push(piece)
      this.#wake?.()
    })
    // A broken pipe is noticed by the exit as well; without a listener it would end the parent.
    out.on('error', () => undefined)
    child.stdin!.on('error', () => undefined)
    child.stderr!.on('error', () => undefined)
    child.stderr!.on('data', (piece: Buffer) => (this.said = (this.said + piece.toString()).slice(-2000)))
    const ended = (details: Record<string, unknown>) => {
      this.#gone = true
      this.#ending?.(failures.crashed(details))
      this.#wake?.()
    }
    child.on('error', (error) => ended({ error: error.message }))
    // 'close', not 'exit': by then everything the process said has arrived.
    child.on('close', (exit, signal) =>
      ended({ ...(exit === null ? {} : { exit }), ...(signal ? { signal } : {}) }),
    )
  }

  get alive(): boolean {
    return !this.#gone
  }

  get pid(): number | undefined {
    return this.#child.pid
  }

  /** Whether the last request had arrived in full; a process that died before was ill already. */
  get begun(): boolean {
    return this.#begun
  }

  /** Whether it is at a file right now. */
  get reading(): boolean {
    return this.#begun && this.#ending !== undefined
  }

  /** Lets the parent end while the process is idle. */
  hold(busy: boolean): void {
    const handles = [this.#child, this.#child.stdin, this.#child.stdout, this.#child.stderr] as {
      ref?(): void
      unref?(): void
    }[]
    for (const handle of handles) {
      if (busy) handle.ref?.()
      else handle.unref?.()
    }
  }

  kill(): void {
    this.#gone = true
    this.#child.kill('SIGKILL')
  }

  /** Resolves when the process is gone for good. */
  async end(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return
    const gone = new Promise((resolve) => this.#child.once('exit', resolve))
    this.hold(true)
    this.kill()
    await gone
  }

  /** Resident bytes, or undefined where /proc is not. */
  get memory(): number | undefined {
    try {
      return Number(readFileSync(`/proc/${this.pid}/statm`, 'latin1').split(' ')[1]) * PAGE_BYTES
    } catch {
      return undefined
    }
  }

  #cpuMs(): number | undefined {
    try {
      const stat = readFileSync(`/proc/${this.pid}/stat`, 'latin1')
      const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
      return (Number(fields[11]) + Number(fields[12])) * TICK_MS
    } catch {
      return undefined
    }
  }

  /** Asks once. Whatever happens, the promise resolves within the time allowed; after a failure here the process is dead. */
  async ask(
    request: Request,
    body: Buffer | { path: string; bytes: number },
    wallMs: number,
    onAnswer: OnAnswer,
  ): Promise<ReadingFailure | undefined> {
    this.reads++
    this.hold(true)
    this.#begun = false
    const { promise, resolve } = Promise.withResolvers<ReadingFailure | undefined>()
    this.#ending = resolve
    const what = request.kind === 'expand' ? 'Unpacking' : 'Reading'
    const timer = setTimeout(() => resolve(failures.timedOut(wallMs, what)), wallMs)
    const size = request.kind === 'expand' ? request.size : Buffer.isBuffer(body) ? body.length : body.bytes
    const cpuAllowed = Math.min(
      wallMs,
      this.#limits.cpuMs + Math.ceil((this.#limits.cpuMsPerMB * size) / 2 ** 20),
    )
    const cpuBefore = this.#cpuMs() ?? 0
    const watch = setInterval(() => {
      if ((this.memory ?? 0) > this.#limits.memoryBytes)
        resolve(failures.outOfMemory(this.#limits.memoryBytes))
      const cpu = (this.#cpuMs() ?? 0) - cpuBefore
      if (cpu > cpuAllowed) resolve(failures.timedOut(cpuAllowed, what))
    }, POLL_MS)
    let over = false
    void this.#listen(onAnswer, () => over).then(
      () => resolve(undefined),
      (error: unknown) => resolve(failures.crashed({ error: String(error).slice(0, 200) })),
    )
    void this.#send(request, body).catch(() =>
      resolve(failures.crashed({ error: 'the reader did not take the file' })),
    )
    const failure = await promise
    over = true
    this.#wake?.()
    clearTimeout(timer)
    clearInterval(watch)
    this.#ending = undefined
    if (failure) this.kill()
    this.hold(false)
    return failure
  }

  async #send(request: Request, body: Buffer | { path: string; bytes: number }): Promise<void> {
    if (this.#gone) throw new Error('gone')
    const stdin = this.#child.stdin as Writable
    const length = Buffer.isBuffer(body) ? body.length : body.bytes
    stdin.write(frameHead(request, length))
    if (Buffer.isBuffer(body)) stdin.write(body)
    else if (length > 0) {
      // Not stream.pipeline: it leaves its listeners on a stream that goes on living.
      for await (const piece of createReadStream(body.path, { end: length - 1 })) {
        await new Promise<void>((resolve) => stdin.write(piece, () => resolve()))
      }
    }
  }

  async #listen(onAnswer: OnAnswer, isOver: () => boolean): Promise<void> {
    const out = this.#child.stdout as Readable
    while (!isOver()) {
      const frame = this.#frames.next()
      if (frame === undefined) {
        if (this.#gone) throw new Error('gone')
        await new Promise<void>((resolve) => (this.#wake = resolve))
        this.#wake = undefined
        continue
      }
      if (!this.#begun) {
        Begun.parse(frame.header)
        this.#begun = true
        continue
      }
      const answer = Answer.parse(frame.header)
      if ('done' in answer && answer.done === 'failed' && answer.retire) this.kill()
      const more = onAnswer(answer, frame.body)
      if (more === true) return
      if (more instanceof Promise) {
        // What the caller stores slowly must not pile up here.
        out.pause()
        const done = await more
        out.resume()
        if (done) return
      }
    }
  }
}
