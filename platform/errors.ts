/** Every code that the API can answer with, and its HTTP status: the one table that maps the two. */
export const errorStatus = {
  'bad-request': 400,
  'validation-failed': 422,
  'not-authenticated': 401,
  'not-allowed': 403,
  'foreign-host': 421,
  'not-found': 404,
  'method-not-allowed': 405,
  'not-acceptable': 406,
  'run-in-progress': 409,
  'request-in-progress': 409,
  'run-ended': 409,
  'file-removed': 409,
  'file-not-removed': 409,
  'nothing-to-run': 409,
  'email-taken': 409,
  'last-admin': 409,
  'link-not-good': 410,
  'body-too-large': 413,
  'too-many-files': 413,
  'unsupported-media-type': 415,
  'idempotency-key-reused': 422,
  'too-many-requests': 429,
  'internal-error': 500,
  'database-unavailable': 503,
  'disk-full': 507,
} as const satisfies Record<string, number>
export type ErrorCode = keyof typeof errorStatus

/** The one error that is meant for people: `message` says the thing, the reason and the remedy. */
export class AppError extends Error {
  override name = 'AppError'
  readonly code: ErrorCode
  readonly details: Record<string, unknown>
  readonly errors: { path: string; message: string }[]

  constructor(
    code: ErrorCode,
    message: string,
    options: {
      details?: Record<string, unknown>
      errors?: { path: string; message: string }[]
      cause?: unknown
    } = {},
  ) {
    super(message, { cause: options.cause })
    this.code = code
    this.details = options.details ?? {}
    this.errors = options.errors ?? []
  }
}

/** Another school's thing is answered exactly as an absent one. */
export const notFound = (what: string): AppError => new AppError('not-found', `There is no such ${what}.`)

const codeOf = (error: unknown): string | undefined =>
  typeof error === 'object' && error !== null && 'code' in error && typeof error.code === 'string'
    ? error.code
    : undefined

/** True when PostgreSQL or its socket was away, so that the same work may succeed later. */
export function isDatabaseAway(error: unknown): boolean {
  const code = codeOf(error)
  if (code && /^(08|57P0[123]|ECONNREFUSED|ECONNRESET|EPIPE)/.test(code)) return true
  return (
    error instanceof Error &&
    /Connection terminated|terminating connection|Client has encountered/.test(error.message)
  )
}

/** PostgreSQL's 53100 or the file system's ENOSPC. */
export const isDiskFull = (error: unknown): boolean =>
  ['53100', 'ENOSPC', 'EDQUOT'].includes(codeOf(error) ?? '')

export const isUniqueViolation = (error: unknown): boolean => codeOf(error) === '23505'
