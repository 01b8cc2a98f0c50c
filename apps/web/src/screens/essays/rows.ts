import type { UploadItem } from '#contracts/files.ts'
import type { Notification, Progress } from '#contracts/realtime.ts'
import type { BatchRow } from '#contracts/results.ts'
import { api, pages, type PageOf } from '../../shared/api.ts'
import { connection } from '../../shared/live.ts'
import { createStore, type Store } from '../../shared/store.ts'

export interface Rows {
  /** In order of receipt. Replaced as a whole at each change; a row that did not change stays the same object. */
  items: readonly BatchRow[]
  /** False until the whole batch has been read once. */
  complete: boolean
  /** Why the last question failed; null when it was answered. */
  error: unknown
}

/** Most ids in one question. */
const most = 200
/** With more to ask than this the whole list costs less. */
const wholeFrom = 3000
/** How long changes are gathered before they are asked for, and how often what came is shown. */
const gatherMs = 250
const showMs = 120
const pollMs = 5000

/**
 * The rows of one batch, kept right: read page by page once, then those rows that a notification or a frame of
 * progress names. Without a socket the whole list is read again, five seconds after the last reading ended.
 */
export class RowStore {
  readonly store: Store<Rows> = createStore<Rows>({ items: [], complete: false, error: null })
  readonly #batchId: string
  #rows = new Map<string, BatchRow>()
  readonly #dirty = new Set<string>()
  readonly #expected = new Map<string, Partial<BatchRow>>()
  #whole = true
  #busy = false
  #complete = false
  #error: unknown = null
  #ended = new AbortController()
  #asking: ReturnType<typeof setTimeout> | undefined
  #showing: ReturnType<typeof setTimeout> | undefined
  #polling: ReturnType<typeof setTimeout> | undefined

  constructor(batchId: string) {
    this.#batchId = batchId
  }

  /** Begins, or begins again after `stop`. */
  start(): void {
    this.#ended = new AbortController()
    this.reload()
  }

  stop(): void {
    this.#ended.abort()
    for (const timer of [this.#asking, this.#showing, this.#polling]) clearTimeout(timer)
    this.#asking = this.#showing = this.#polling = undefined
    this.#busy = false
  }

  reload(): void {
    this.#whole = true
    this.#askSoon(0)
  }

  /** These rows changed. */
  renew(ids: Iterable<string>): void {
    for (const id of ids) this.#dirty.add(id)
    if (this.#dirty.size > 0) this.#askSoon(gatherMs)
  }

  hear({ fileUploadId, type }: Notification): void {
    if (fileUploadId) this.renew([fileUploadId])
    // Where a run begins or ends, every row waits for it or does so no more.
    else if (type === 'batch_processing_started' || type === 'pipeline_completed') {
      this.#whole = true
      this.#askSoon(gatherMs)
    }
  }

  hearProgress({ files, more, phases }: Progress): void {
    if (more) this.#whole = true
    const byEssay = new Map<string, BatchRow>()
    if (phases.length > 0)
      for (const row of this.#rows.values()) if (row.essayId) byEssay.set(row.essayId, row)
    for (const { essayId, phase, status } of phases) {
      const row = byEssay.get(essayId)
      if (!row) continue
      const next = { ...(this.#rows.get(row.fileUploadId) ?? row) }
      next.phases = { ...next.phases, [phase]: status }
      this.#rows.set(row.fileUploadId, next)
      // Its findings, its error and its time are more than the frame says.
      if (status === 'succeeded' || status === 'failed') this.#dirty.add(row.fileUploadId)
    }
    if (phases.length > 0) this.#showSoon()
    this.renew(files)
    if (this.#whole || this.#dirty.size > 0) this.#askSoon(gatherMs)
  }

  /** What was just answered to an upload stands at once, before anybody tells of it. */
  take(items: readonly UploadItem[]): void {
    for (const { sizeBytes: _, sha256, ...item } of items) {
      if (this.#rows.has(item.fileUploadId)) continue
      this.#rows.set(item.fileUploadId, {
        ...item,
        slot: null,
        essayId: null,
        words: null,
        remarks: item.remarks ?? [],
        ...(sha256 ? { sha256 } : {}),
        receivedAt: new Date().toISOString(),
        phases: {},
        findings: null,
        durationMs: null,
      } as BatchRow)
    }
    this.#showSoon()
    this.renew(items.map(({ fileUploadId }) => fileUploadId))
  }

  /** What the teacher just did shows at once, and stays until the server has answered: then `settle`. */
  expect(id: string, change: Partial<BatchRow>): void {
    const row = this.#rows.get(id)
    this.#expected.set(id, change)
    if (row) this.#put(row)
    this.#showSoon()
  }

  /** From here on the row is what the server says. */
  settle(id: string): void {
    this.#expected.delete(id)
    this.renew([id])
  }

  get(id: string): BatchRow | undefined {
    return this.#rows.get(id)
  }

  #askSoon(ms: number): void {
    if (this.#busy || this.#ended.signal.aborted) return
    this.#asking ??= setTimeout(() => void this.#ask(), ms)
  }

  async #ask(): Promise<void> {
    this.#asking = undefined
    this.#busy = true
    const { signal } = this.#ended
    try {
      if (this.#whole || this.#dirty.size > wholeFrom) await this.#readAll(signal)
      else await this.#readSome(signal)
      this.#error = null
    } catch (error) {
      if (signal.aborted) return
      this.#error = error
      this.#show()
    }
    this.#busy = false
    // What was named meanwhile is asked for next; what failed is tried again with the next poll.
    if (this.#error === null && (this.#whole || this.#dirty.size > 0)) this.#askSoon(gatherMs)
    clearTimeout(this.#polling)
    this.#polling = setTimeout(() => this.#poll(), pollMs)
  }

  #poll(): void {
    if (this.#error !== null || connection.get().state !== 'live') this.reload()
  }

  async #readAll(signal: AbortSignal): Promise<void> {
    this.#whole = false
    this.#dirty.clear()
    const seen = new Set<string>()
    const before = new Set(this.#rows.keys())
    try {
      for await (const items of pages<BatchRow>(`batches/${this.#batchId}/rows`, signal)) {
        for (const row of items) {
          seen.add(row.fileUploadId)
          this.#put(row)
        }
        this.#showSoon()
      }
    } catch (error) {
      this.#whole = true
      throw error
    }
    // What was there before and is not any more; what came meanwhile may not be in what was read.
    for (const id of before) if (!seen.has(id)) this.#rows.delete(id)
    this.#complete = true
    this.#show()
  }

  async #readSome(signal: AbortSignal): Promise<void> {
    while (this.#dirty.size > 0 && !this.#whole) {
      const ids = [...this.#dirty].slice(0, most)
      for (const id of ids) this.#dirty.delete(id)
      try {
        const path = `batches/${this.#batchId}/rows?limit=${most}&ids=${ids.join(',')}`
        const { items } = await api<PageOf<BatchRow>>('GET', path, { signal })
        for (const row of items) this.#put(row)
      } catch (error) {
        for (const id of ids) this.#dirty.add(id)
        throw error
      }
      this.#showSoon()
    }
  }

  /** A row that says the same stays the same object, so that nothing is drawn again for it. */
  #put(told: BatchRow): void {
    const id = told.fileUploadId
    const expected = this.#expected.get(id)
    const row = expected ? { ...told, ...expected } : told
    const before = this.#rows.get(id)
    if (before && JSON.stringify(before) === JSON.stringify(row)) return
    this.#rows.set(id, row)
  }

  #showSoon(): void {
    this.#showing ??= setTimeout(() => this.#show(), showMs)
  }

  #show(): void {
    clearTimeout(this.#showing)
    this.#showing = undefined
    // Ids are UUIDv7: their order is the order of receipt.
    const items = [...this.#rows.values()].sort((a, b) =>
      a.fileUploadId < b.fileUploadId ? -1 : a.fileUploadId > b.fileUploadId ? 1 : 0,
    )
    this.store.set(() => ({ items, complete: this.#complete, error: this.#error }))
  }
}
