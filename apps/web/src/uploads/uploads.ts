import type { UploadItem } from '#contracts/files.ts'
import { Problem } from '../shared/api.ts'
import { reachability } from '../shared/reachability.ts'
import { createStore, type Store } from '../shared/store.ts'
import type { Chosen } from './chosen.ts'
import { isPassing, isReadable, sendFile, waitMs, type Sending } from './send.ts'
import { forgetUnsent, keyOfUnsent, rememberUnsent } from './unsent.ts'

/**
 * A file on its way to the server. `queued`, `sending`, `waiting` for the next try after a cut; `refused`: the
 * server, or the file, said no for good. What was answered is in the batch and no upload any more.
 */
export interface Upload {
  key: string
  batchId: string
  name: string
  sizeBytes: number
  sentBytes: number
  state: 'queued' | 'sending' | 'waiting' | 'refused'
  problem: Problem | null
}

interface Job extends Upload {
  file: File
  tries: number
  sending: Sending | null
}

/** Of everything since the queue was last empty. */
export interface Progress {
  files: number
  answered: number
  bytes: number
  sentBytes: number
}

/**
 * Browsers open six connections to one server; one of them stays free for everything else on the page, or a
 * remove would wait behind a class of uploads.
 */
const abreast = 5
/** How often the figures on screen are renewed while bytes go out. */
const tellMs = 120

type Answered = (batchId: string, items: readonly UploadItem[]) => void

class Queue {
  readonly uploads: Store<readonly Upload[]> = createStore<readonly Upload[]>([])
  readonly progress: Store<Progress> = createStore({ files: 0, answered: 0, bytes: 0, sentBytes: 0 })
  readonly #jobs = new Map<string, Job>()
  readonly #listeners = new Set<Answered>()
  #answered = { files: 0, bytes: 0 }
  #sending = 0
  #timer: ReturnType<typeof setTimeout> | undefined

  /** Hears the items of each answer. */
  onAnswered(listener: Answered): () => void {
    this.#listeners.add(listener)
    return () => void this.#listeners.delete(listener)
  }

  /** Each file becomes one request with a key of its own; one that was cut in an earlier visit keeps its key. */
  add(batchId: string, chosen: readonly Chosen[]): void {
    for (const { name, file } of chosen) {
      const before = keyOfUnsent(batchId, name, file.size)
      const key = before === undefined || this.#jobs.has(before) ? crypto.randomUUID() : before
      this.#jobs.set(key, {
        key,
        batchId,
        name,
        file,
        sizeBytes: file.size,
        sentBytes: 0,
        state: 'queued',
        problem: null,
        tries: 0,
        sending: null,
      })
    }
    this.#remember(batchId)
    this.#tell()
    this.#next()
  }

  /** Sends a refused or waiting file again, now. */
  retry(key: string): void {
    const job = this.#jobs.get(key)
    if (!job || job.state === 'sending' || job.state === 'queued') return
    Object.assign(job, { state: 'queued', problem: null, tries: 0 })
    this.#tell()
    this.#next()
  }

  /** Gives up a file that the server has not answered. */
  drop(key: string): void {
    const job = this.#jobs.get(key)
    if (!job) return
    this.#jobs.delete(key)
    job.sending?.abort()
    this.#remember(job.batchId)
    this.#tell()
  }

  #next(): void {
    for (const job of this.#jobs.values()) {
      if (this.#sending >= abreast) return
      if (job.state === 'queued') void this.#send(job)
    }
  }

  async #send(job: Job): Promise<void> {
    this.#sending += 1
    job.state = 'sending'
    job.tries += 1
    job.sending = sendFile(`/api/v1/batches/${job.batchId}/files`, job.file, job.name, job.key, (bytes) => {
      job.sentBytes = Math.min(bytes, job.sizeBytes)
      this.#tellSoon()
    })
    try {
      const { items } = (await job.sending.answer) as { items: UploadItem[] }
      this.#take(job, items)
    } catch (error) {
      await this.#fail(job, error as Problem)
    } finally {
      job.sending = null
      this.#sending -= 1
      this.#tellSoon()
      this.#next()
    }
  }

  #take(job: Job, items: readonly UploadItem[]): void {
    if (!this.#jobs.delete(job.key)) return
    this.#answered.files += 1
    this.#answered.bytes += job.sizeBytes
    forgetUnsent(job.batchId, job.key)
    for (const listener of this.#listeners) listener(job.batchId, items)
  }

  async #fail(job: Job, problem: Problem): Promise<void> {
    job.sentBytes = 0
    if (!this.#jobs.has(job.key)) return
    if (problem.status === 0 && !(await isReadable(job.file))) {
      Object.assign(job, { state: 'refused', problem: new Problem(-1, { code: 'file-gone' }) })
      return
    }
    if (problem.code === 'idempotency-key-reused') {
      // The file was changed since an earlier visit sent it: it is another one now.
      this.#jobs.delete(job.key)
      forgetUnsent(job.batchId, job.key)
      this.add(job.batchId, [{ name: job.name, file: job.file }])
      return
    }
    if (problem.status === 0) reachability.lost()
    job.problem = problem
    // Who is signed out is asked to sign in by the rest of the page; the file goes on after that.
    if (!isPassing(problem) && problem.status !== 401) {
      job.state = 'refused'
      return
    }
    job.state = 'waiting'
    setTimeout(
      () => {
        if (job.state !== 'waiting') return
        job.state = 'queued'
        this.#next()
      },
      waitMs(problem, job.tries),
    )
  }

  #remember(batchId: string): void {
    rememberUnsent(
      batchId,
      [...this.#jobs.values()].filter((job) => job.batchId === batchId),
    )
  }

  #tellSoon(): void {
    this.#timer ??= setTimeout(() => this.#tell(), tellMs)
  }

  #tell(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
    const jobs = [...this.#jobs.values()]
    const open = jobs.filter((job) => job.state !== 'refused')
    this.uploads.set(() =>
      jobs.map(({ key, batchId, name, sizeBytes, sentBytes, state, problem }) => ({
        key,
        batchId,
        name,
        sizeBytes,
        sentBytes,
        state,
        problem,
      })),
    )
    const sum = (figure: (job: Job) => number): number => open.reduce((total, job) => total + figure(job), 0)
    this.progress.set(() => ({
      files: open.length + this.#answered.files,
      answered: this.#answered.files,
      bytes: sum((job) => job.sizeBytes) + this.#answered.bytes,
      sentBytes: sum((job) => job.sentBytes) + this.#answered.bytes,
    }))
    if (open.length === 0) this.#answered = { files: 0, bytes: 0 }
  }
}

/** The page's one queue: it outlives every screen, so that one may leave while files go out. */
export const uploads = new Queue()
