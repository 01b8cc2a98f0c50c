import { reachability } from './reachability.ts'

/** One value of a form that the server would not take: `path` as in the request, such as `body.title`. */
export interface FieldError {
  path: string
  message: string
}

/** What the server, or the way to it, said no to: RFC 9457 as an error. Status 0: no answer came. */
export class Problem extends Error {
  override name = 'Problem'
  readonly status: number
  readonly code: string
  /** What to do about it, where the answer says so apart from the reason. */
  readonly remedy: string | null
  readonly correlationId: string | null
  readonly errors: readonly FieldError[]
  /** Members of the answer that only some codes have, such as `runId` of `run-in-progress`. */
  readonly details: Readonly<Record<string, unknown>>

  constructor(status: number, body: Record<string, unknown>) {
    super(typeof body.detail === 'string' ? body.detail : `The server answered ${status}.`)
    this.status = status
    this.code = typeof body.code === 'string' ? body.code : 'unknown'
    this.remedy = typeof body.remedy === 'string' ? body.remedy : null
    this.correlationId = typeof body.correlationId === 'string' ? body.correlationId : null
    this.errors = Array.isArray(body.errors) ? (body.errors as FieldError[]) : []
    this.details = body
  }

  /** The message at a field: `at('title')` finds `body.title`. */
  at(field: string): string | undefined {
    return this.errors.find(({ path }) => path === field || path === `body.${field}`)?.message
  }
}

export const unreachable = (): Problem => new Problem(0, { code: 'unreachable', detail: '' })

export interface Wish {
  /** Sent as JSON; a FormData as multipart. */
  body?: unknown
  /** Idempotency-Key: the same key sent again has the effect once. */
  key?: string
  signal?: AbortSignal
  headers?: Record<string, string>
}

let answered: (answer: unknown) => void = () => {}
/** Given each answer of a question: live ones carry the stamp from which the stream goes on. */
export const whenAnswered = (hear: (answer: unknown) => void): void => void (answered = hear)

/** Answers that carried an ETag, so that asking again costs a 304; the oldest go first. */
const known = new Map<string, { etag: string; answer: unknown }>()
const keep = 20

/**
 * Asks the API. `path` is under `/api/v1/` unless it begins with `/`. Resolves to the parsed JSON, or `null` where
 * the answer has no body. Throws `Problem`.
 */
export async function api<T>(method: string, path: string, wish: Wish = {}): Promise<T> {
  const url = path.startsWith('/') ? path : `/api/v1/${path}`
  const headers = new Headers(wish.headers)
  const isForm = wish.body instanceof FormData
  if (wish.body !== undefined && !isForm) headers.set('content-type', 'application/json')
  if (wish.key) headers.set('idempotency-key', wish.key)
  const before = method === 'GET' ? known.get(url) : undefined
  if (before) headers.set('if-none-match', before.etag)
  let response: Response
  try {
    response = await fetch(url, {
      method,
      headers,
      credentials: 'same-origin',
      ...(wish.body === undefined
        ? {}
        : { body: isForm ? (wish.body as FormData) : JSON.stringify(wish.body) }),
      ...(wish.signal ? { signal: wish.signal } : {}),
    })
  } catch (error) {
    if (wish.signal?.aborted) throw error
    reachability.lost()
    throw unreachable()
  }
  reachability.reached()
  if (response.status === 304 && before) return before.answer as T
  const text = await response.text()
  if (!response.ok) {
    const wait = Number(response.headers.get('retry-after'))
    throw new Problem(response.status, { ...(wait > 0 ? { retryAfterSeconds: wait } : {}), ...parse(text) })
  }
  const answer: unknown = text === '' ? null : JSON.parse(text)
  if (method === 'GET') answered(answer)
  const etag = response.headers.get('etag')
  if (method === 'GET' && etag) {
    known.delete(url)
    known.set(url, { etag, answer })
    const oldest = known.keys().next().value
    if (known.size > keep && oldest !== undefined) known.delete(oldest)
  }
  return answer as T
}

function parse(text: string): Record<string, unknown> | null {
  try {
    return JSON.parse(text) as Record<string, unknown>
  } catch {
    return null
  }
}

/** A page of a list. */
export interface PageOf<T> {
  items: T[]
  nextCursor: string | null
}

/** Every item of a list, page by page. `path` may have a query. */
export async function* pages<T>(path: string, signal?: AbortSignal): AsyncGenerator<T[]> {
  let cursor: string | null = null
  do {
    const url: string = `${path}${path.includes('?') ? '&' : '?'}limit=200${cursor ? `&cursor=${encodeURIComponent(cursor)}` : ''}`
    const page: PageOf<T> = await api('GET', url, signal ? { signal } : {})
    yield page.items
    cursor = page.nextCursor
  } while (cursor !== null)
}

export const asProblem = (error: unknown): Problem =>
  error instanceof Problem ? error : new Problem(-1, { code: 'unexpected', detail: String(error) })
