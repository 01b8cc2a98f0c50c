import { randomBytes, randomUUID } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { Readable } from 'node:stream'
import type { BatchView } from '#contracts/batches.ts'
import type { UploadItem } from '#contracts/files.ts'
import type { BatchResults, FileView, RunView } from '#contracts/results.ts'
import type { FileTrace, Hop } from '#contracts/trace.ts'
import type { Health } from '#contracts/health.ts'

/** What the server said no to, in its own words. */
export class RequestFailed extends Error {
  override name = 'RequestFailed'
  readonly status: number
  readonly code: string
  readonly details: Record<string, unknown>

  constructor(status: number, problem: { code?: string; detail?: string }) {
    super(problem.detail ?? `The server answered ${status}.`)
    this.status = status
    this.code = problem.code ?? 'unknown'
    this.details = problem as Record<string, unknown>
  }
}

/** A file to send: its name for the server, and where its bytes are. A path may be bytes that are not UTF-8. */
export interface Outgoing {
  name: string
  path: string | Buffer
}

/** The API as the CLI uses it. */
export class Client {
  readonly url: string
  readonly #token: string

  constructor(url: string, token: string) {
    this.url = url
    this.#token = token
  }

  async #send(
    method: string,
    path: string,
    body?: RequestInit['body'],
    headers: Record<string, string> = {},
  ): Promise<Response> {
    const init: RequestInit & { duplex?: 'half' } = {
      method,
      headers: { authorization: `Bearer ${this.#token}`, ...headers },
      ...(body === undefined ? {} : { body, duplex: 'half' as const }),
    }
    const response = await fetch(`${this.url}${path}`, init)
    if (response.ok || path.startsWith('/health')) return response
    const text = await response.text()
    let problem: object = {}
    try {
      problem = JSON.parse(text) as object
    } catch {
      problem = { detail: text.slice(0, 300) }
    }
    throw new RequestFailed(response.status, problem)
  }

  async #json<T>(
    method: string,
    path: string,
    body?: unknown,
    headers: Record<string, string> = {},
  ): Promise<T> {
    const response = await this.#send(
      method,
      path,
      body === undefined ? undefined : JSON.stringify(body),
      body === undefined ? headers : { 'content-type': 'application/json', ...headers },
    )
    return (await response.json()) as T
  }

  createBatch(
    batch: {
      title: string
      capacity?: number | null
      phases?: string[]
      prompt?: string | null
      locale?: string
      example?: boolean
    },
    key?: string,
  ): Promise<BatchView> {
    return this.#json('POST', '/api/v1/batches', batch, key ? { 'idempotency-key': key } : {})
  }

  getBatch = (batchId: string): Promise<BatchView> => this.#json('GET', `/api/v1/batches/${batchId}`)
  getRun = (runId: string): Promise<RunView> => this.#json('GET', `/api/v1/pipeline-runs/${runId}`)
  getTrace = (fileUploadId: string): Promise<FileTrace> =>
    this.#json('GET', `/api/v1/files/${fileUploadId}/trace`)
  getHealth = (): Promise<Health> => this.#json('GET', '/health')
  getCorrelation = (id: string): Promise<{ hops: (Hop & { fileUploadId: string | null })[] }> =>
    this.#json('GET', `/api/v1/traces/${encodeURIComponent(id)}`)
  getResults = (batchId: string, view: 'full' | 'summary' = 'full'): Promise<BatchResults> =>
    this.#json('GET', `/api/v1/batches/${batchId}/results?view=${view}`)
  async getExport(batchId: string, format: string): Promise<Buffer> {
    const response = await this.#send('GET', `/api/v1/batches/${batchId}/export?format=${format}`)
    return Buffer.from(await response.arrayBuffer())
  }

  startRun = (
    batchId: string,
    wish: { phases?: string[]; essays?: string[] } = {},
  ): Promise<{ runId: string }> => this.#json('POST', `/api/v1/batches/${batchId}/pipeline-runs`, wish)
  async removeFile(fileUploadId: string): Promise<void> {
    await this.#send('DELETE', `/api/v1/files/${fileUploadId}`)
  }

  /** Every item of a list, page by page. */
  async *#pages<T>(path: string): AsyncGenerator<T> {
    let cursor: string | null = null
    do {
      const joint = path.includes('?') ? '&' : '?'
      const page: { items: T[]; nextCursor: string | null } = await this.#json(
        'GET',
        `${path}${joint}limit=200${cursor ? `&cursor=${cursor}` : ''}`,
      )
      yield* page.items
      cursor = page.nextCursor
    } while (cursor !== null)
  }

  listBatches = (): AsyncGenerator<BatchView> => this.#pages('/api/v1/batches')
  listFiles = (batchId: string, query = ''): AsyncGenerator<FileView> =>
    this.#pages(`/api/v1/batches/${batchId}/files${query ? `?q=${encodeURIComponent(query)}` : ''}`)

  /** Sends files in one request; sent again after a cut connection, the key makes it the same request. */
  upload(batchId: string, files: readonly Outgoing[]): Promise<{ items: UploadItem[] }> {
    return this.#sendFiles(`/api/v1/batches/${batchId}/files`, files)
  }

  async replace(fileUploadId: string, file: Outgoing): Promise<UploadItem> {
    return this.#sendFiles(`/api/v1/files/${fileUploadId}/replace`, [file])
  }

  async #sendFiles<T>(path: string, files: readonly Outgoing[]): Promise<T> {
    const key = randomUUID()
    for (let tries = 1; ; tries++) {
      const boundary = `assay-${randomBytes(16).toString('hex')}`
      try {
        const body = Readable.toWeb(Readable.from(multipart(files, boundary))) as never
        const response = await this.#send('POST', path, body, {
          'content-type': `multipart/form-data; boundary=${boundary}`,
          'idempotency-key': key,
        })
        return (await response.json()) as T
      } catch (error) {
        if (error instanceof RequestFailed || tries === 3) throw error
      }
    }
  }
}

/** Names go in the extended form of RFC 5987, which carries every character exactly. */
async function* multipart(files: readonly Outgoing[], boundary: string): AsyncGenerator<Buffer> {
  for (const { name, path } of files) {
    const encoded = encodeURIComponent(name.toWellFormed()).replace(
      /['()*]/g,
      (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`,
    )
    yield Buffer.from(
      `--${boundary}\r\ncontent-disposition: form-data; name="file"; filename*=UTF-8''${encoded}\r\ncontent-type: application/octet-stream\r\n\r\n`,
    )
    for await (const chunk of createReadStream(path)) yield chunk as Buffer
    yield Buffer.from('\r\n')
  }
  yield Buffer.from(`--${boundary}--\r\n`)
}
