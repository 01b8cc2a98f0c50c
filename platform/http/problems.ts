import { STATUS_CODES } from 'node:http'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { hasZodFastifySchemaValidationErrors } from 'fastify-type-provider-zod'
import { v7 } from 'uuid'
import { AppError, errorStatus, isDatabaseAway, isDiskFull, type ErrorCode } from '#platform/errors.ts'

/** Answers every error as `application/problem+json` (RFC 9457) and logs once what nobody expected. */
export function answerProblems(app: FastifyInstance): void {
  app.setErrorHandler((error, request, reply) => {
    const problem = translate(error, request)
    if (problem.code === 'internal-error')
      request.log.error(
        { err: error, correlationId: request.correlationId, route: request.routeOptions.url },
        'a request failed',
      )
    return send(reply, request, problem)
  })
  app.setNotFoundHandler({ preHandler: [] }, (request, reply) =>
    send(
      reply,
      request,
      new AppError(
        'not-found',
        `There is nothing at ${request.method} ${request.url.split('?')[0]?.slice(0, 200)}.`,
      ),
    ),
  )
}

/** An address that no route can be looked up for is refused before any hook: this is all that is said of it. */
export function answerBadAddress(_error: Error, request: FastifyRequest, reply: FastifyReply): void {
  request.correlationId = v7()
  reply.headers({
    'x-correlation-id': request.correlationId,
    'x-content-type-options': 'nosniff',
    'cache-control': 'no-store',
    'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  })
  void send(
    reply,
    request,
    new AppError('bad-request', 'This address is not one: a part of it is too long or wrongly encoded.'),
  )
}

function send(reply: FastifyReply, request: FastifyRequest, error: AppError): FastifyReply {
  const status = errorStatus[error.code]
  if (typeof error.details.retryAfterSeconds === 'number')
    reply.header('retry-after', error.details.retryAfterSeconds)
  return reply
    .status(status)
    .type('application/problem+json')
    .serializer((body: unknown) => JSON.stringify(body))
    .send({
      type: `urn:assay:problem:${error.code}`,
      title: STATUS_CODES[status] ?? 'Error',
      status,
      code: error.code,
      detail: error.message,
      correlationId: request.correlationId,
      ...error.details,
      ...(error.errors.length > 0 ? { errors: error.errors } : {}),
    })
}

const fastifyCodes: Record<string, [ErrorCode, string]> = {
  FST_ERR_CTP_INVALID_MEDIA_TYPE: [
    'unsupported-media-type',
    'This route does not take that content type. See /api/docs.',
  ],
  FST_INVALID_MULTIPART_CONTENT_TYPE: [
    'unsupported-media-type',
    'Files are sent as multipart/form-data in parts named "file".',
  ],
  FST_ERR_CTP_BODY_TOO_LARGE: ['body-too-large', 'The body is too large for this route.'],
  FST_ERR_CTP_INVALID_JSON_BODY: ['bad-request', 'The body is not JSON.'],
  FST_ERR_CTP_EMPTY_JSON_BODY: ['bad-request', 'The body is empty; this route wants JSON.'],
  FST_FILES_LIMIT: ['too-many-files', 'There are too many files in one request. Send them in several.'],
  FST_PARTS_LIMIT: ['too-many-files', 'There are too many parts in one request. Send the files in several.'],
}

function translate(error: unknown, request: FastifyRequest): AppError {
  if (error instanceof AppError) return error
  if (hasZodFastifySchemaValidationErrors(error))
    return new AppError('validation-failed', 'Some values are not as this route needs them.', {
      errors: error.validation.map((issue) => ({
        path: `${error.validationContext ?? 'body'}${issue.instancePath.replaceAll('/', '.')}`,
        message: issue.message ?? 'is not valid',
      })),
    })
  if (isDiskFull(error))
    return new AppError(
      'disk-full',
      'The disk is full, so nothing of this request was kept. Free some space and send it again.',
      { cause: error },
    )
  if (isDatabaseAway(error))
    return new AppError(
      'database-unavailable',
      'The database does not answer at the moment. Nothing was lost; try again in a few seconds.',
      { cause: error },
    )
  const code = (error as { code?: string } | null)?.code ?? ''
  const known = fastifyCodes[code]
  if (known) return new AppError(known[0], known[1], { cause: error })
  // The form's parser says it in words only, and differently for a part and for the whole.
  if (error instanceof Error && /^(Part terminated early|Unexpected end of)/.test(error.message))
    return new AppError('bad-request', 'The form ends before its last boundary. Send it again.', {
      cause: error,
    })
  const status = (error as { statusCode?: number } | null)?.statusCode
  if (status !== undefined && status >= 400 && status < 500)
    return new AppError('bad-request', 'The request is not one this server understands. See /api/docs.', {
      cause: error,
    })
  return new AppError(
    'internal-error',
    `Something failed inside Assay. Nothing that was acknowledged is lost. Name ${request.correlationId} when you report it.`,
    { cause: error },
  )
}
