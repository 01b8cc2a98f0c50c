import type { BatchView } from '#contracts/batches.ts'
import type { FilePage, UploadItem } from '#contracts/files.ts'
import type { BatchResults, FileView, RunView } from '#contracts/results.ts'

export interface Sent {
  name: string
  bytes: Uint8Array
}

export interface RequestOptions {
  body?: unknown
  headers?: Record<string, string>
  signal?: AbortSignal
}

/** Headers that say who asks. */
export type Credential = Record<string, string>
export const bearer = (token: string): Credential => ({ authorization: `Bearer ${token}` })

/** Speaks to a running program over HTTP as anybody would, with the owner's token or another credential. */
export function createClient(urlOf: () => string, token: string | Credential) {
  const credential = typeof token === 'string' ? bearer(token) : token

  function request(method: string, path: string, options: RequestOptions = {}): Promise<Response> {
    const multipart = options.body instanceof FormData
    return fetch(`${urlOf()}${path.startsWith('/') ? path : `/api/v1/${path}`}`, {
      method,
      redirect: 'manual',
      ...(options.signal ? { signal: options.signal } : {}),
      headers: {
        ...credential,
        ...(options.body === undefined || multipart ? {} : { 'content-type': 'application/json' }),
        ...options.headers,
      },
      ...(options.body === undefined
        ? {}
        : { body: multipart ? (options.body as FormData) : JSON.stringify(options.body) }),
    })
  }

  async function json<T>(
    method: string,
    path: string,
    body?: unknown,
    headers?: Record<string, string>,
  ): Promise<T> {
    const response = await request(method, path, { body, ...(headers ? { headers } : {}) })
    const text = await response.text()
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`)
    return JSON.parse(text) as T
  }

  async function upload(
    batchId: string,
    files: readonly Sent[],
    headers?: Record<string, string>,
  ): Promise<UploadItem[]> {
    const answer = await json<{ items: UploadItem[] }>(
      'POST',
      `batches/${batchId}/files`,
      formOf(files),
      headers,
    )
    return answer.items
  }

  return {
    request,
    json,
    upload,
    createBatch: (options: object = {}) =>
      json<BatchView>('POST', 'batches', { title: 'A class', ...options }),
    batch: (batchId: string) => json<BatchView>('GET', `batches/${batchId}`),
    /** Every file of a batch, by pages. */
    async files(batchId: string, query = ''): Promise<FileView[]> {
      const files: FileView[] = []
      for (let cursor = ''; ;) {
        const page: FilePage = await json('GET', `batches/${batchId}/files?limit=200${query}${cursor}`)
        files.push(...page.items)
        if (page.nextCursor === null) return files
        cursor = `&cursor=${page.nextCursor}`
      }
    },
    startRun: async (batchId: string, wish: object = {}) =>
      (await json<{ runId: string }>('POST', `batches/${batchId}/pipeline-runs`, wish)).runId,
    getRun: (runId: string) => json<RunView>('GET', `pipeline-runs/${runId}`),
    getResults: (batchId: string) => json<BatchResults>('GET', `batches/${batchId}/results`),
  }
}

export type Client = ReturnType<typeof createClient>

export function formOf(files: readonly Sent[]): FormData {
  const form = new FormData()
  for (const file of files) form.append('file', new Blob([file.bytes as Uint8Array<ArrayBuffer>]), file.name)
  return form
}

export const textFile = (name: string, text: string): Sent => ({ name, bytes: Buffer.from(text) })
