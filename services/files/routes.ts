import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { ZodTypeProvider } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { BatchId, FileUploadId } from '#contracts/common.ts'
import { FileListQuery, FilePage, UploadAnswer, UploadItem } from '#contracts/files.ts'
import { FileState } from '#contracts/results.ts'
import { AppError, notFound } from '#platform/errors.ts'
import { decodeCursor, encodeCursor } from '#platform/http/cursor.ts'
import { causeOf, principalOf } from '#platform/http/http.ts'
import { live } from '#platform/http/live.ts'
import type { Idempotency } from '#platform/http/idempotency.ts'
import { sha256 } from '#platform/ids.ts'
import { refuseName, removeFile, restoreFile, stagePart, type Arrival, type FilesDeps } from './actions.ts'
import { watchPartNames } from './dropped-parts.ts'
import { receiveFiles } from './receiving.ts'
import * as store from './store.ts'

const byBatch = z.object({ batchId: BatchId })
const byFile = z.object({ fileUploadId: FileUploadId })
const int4 = z.coerce.number().int().min(-1).max(2_147_483_647)
const cursorValues: Partial<Record<FileListQuery['sort'], z.ZodType>> = {
  receivedAt: z.uuid(),
  slot: int4,
  words: int4,
}

export const filesRoutes =
  (deps: FilesDeps, idempotency: Idempotency) =>
  (instance: FastifyInstance): void => {
    const app = instance.withTypeProvider<ZodTypeProvider>()

    app.post(
      '/batches/:batchId/files',
      {
        schema: {
          summary: 'Upload files: any number of parts named "file"; a zip is opened',
          tags: ['files'],
          params: byBatch,
          consumes: ['multipart/form-data'],
          response: { 202: UploadAnswer },
        },
      },
      async (request, reply) => {
        const { schoolId } = principalOf(request)
        const { batchId } = request.params
        const answer = await idempotency.once(request, async ({ remember, earlier }) => {
          return withArrivals(deps, request, async (arrivals, bodyHash) => {
            const first = await earlier(bodyHash)
            if (first) return first
            const upload = { schoolId, batchId, arrivals, replaces: null, cause: causeOf(request) }
            return receiveFiles(deps, upload, remember, (items) => ({ status: 202, body: { items } }))
          })
        })
        return reply.status(202).send(answer.body as z.infer<typeof UploadAnswer>)
      },
    )

    app.post(
      '/files/:fileUploadId/replace',
      {
        schema: {
          summary: 'Replace a file: it keeps its slot until the new one has been read',
          tags: ['files'],
          params: byFile,
          consumes: ['multipart/form-data'],
          response: { 202: UploadItem },
        },
      },
      async (request, reply) => {
        const { schoolId } = principalOf(request)
        const old = await deps.database.transaction(schoolId, (tx) =>
          store.findView(tx, request.params.fileUploadId),
        )
        if (!old) throw notFound('file')
        const answer = await idempotency.once(request, async ({ remember, earlier }) => {
          return withArrivals(deps, request, async (arrivals, bodyHash) => {
            // A retry is answered first: the replacement that it repeats has removed the old file meanwhile.
            const first = await earlier(bodyHash)
            if (first) return first
            if (old.state === 'removed')
              throw new AppError(
                'file-removed',
                'This file is removed. Restore it first, or add the new one as a file of its own.',
              )
            if (arrivals.length !== 1)
              throw new AppError(
                'validation-failed',
                'One file replaces one file. Send exactly one part named "file", and no archive of several.',
              )
            const upload = {
              schoolId,
              batchId: old.batchId,
              arrivals,
              replaces: old.fileUploadId,
              cause: causeOf(request),
            }
            return receiveFiles(deps, upload, remember, (items) => ({ status: 202, body: items[0] }))
          })
        })
        return reply.status(202).send(answer.body as UploadItem)
      },
    )

    app.get(
      '/batches/:batchId/files',
      {
        config: { live: ['files'] },
        schema: {
          summary: 'The files of a batch, a page at a time',
          tags: ['files'],
          params: byBatch,
          querystring: FileListQuery,
          response: { 200: live(FilePage) },
        },
      },
      async (request) => {
        const { schoolId } = principalOf(request)
        const { query } = request
        const states = query.state === undefined ? null : z.array(FileState).safeParse(query.state.split(','))
        if (states && !states.success)
          throw new AppError(
            'validation-failed',
            `There is no such file state. The states are ${FileState.options.join(', ')}.`,
            {
              errors: [{ path: 'querystring.state', message: 'is not a list of file states' }],
            },
          )
        const after =
          query.cursor === undefined
            ? null
            : decodeCursor(query.cursor, `${query.sort} ${query.order}`, cursorValues[query.sort])
        const page = await deps.database.transaction(schoolId, (tx) =>
          store.listPage(tx, request.params.batchId, query, states ? states.data : null, after),
        )
        return {
          items: page.items,
          nextCursor: page.last ? encodeCursor(page.last, `${query.sort} ${query.order}`) : null,
        }
      },
    )

    app.delete(
      '/files/:fileUploadId',
      {
        schema: { summary: 'Remove a file; ten seconds of undo', tags: ['files'], params: byFile },
      },
      async (request, reply) => {
        await removeFile(deps, principalOf(request).schoolId, request.params.fileUploadId, causeOf(request))
        return reply.status(204).send()
      },
    )

    app.post(
      '/files/:fileUploadId/restore',
      {
        schema: {
          summary: 'Take a removal back',
          tags: ['files'],
          params: byFile,
          response: { 200: z.object({ fileUploadId: FileUploadId, state: FileState }) },
        },
      },
      async (request) => {
        const { schoolId } = principalOf(request)
        const { fileUploadId } = request.params
        const answer = await idempotency.once(request, async ({ remember, earlier }) => {
          const first = await earlier(request.bodyHash)
          if (first) return first
          let answer: { status: number; body: unknown } = { status: 200, body: null }
          await restoreFile(deps, schoolId, fileUploadId, causeOf(request), (tx, state) => {
            answer = { status: 200, body: { fileUploadId, state } }
            return remember(tx, answer)
          })
          return answer
        })
        return answer.body as { fileUploadId: FileUploadId; state: FileState }
      },
    )

    app.get(
      '/files/:fileUploadId/original',
      {
        schema: { summary: 'The bytes as they arrived, as an attachment', tags: ['files'], params: byFile },
      },
      async (request, reply) => {
        const { schoolId } = principalOf(request)
        const file = await deps.database.transaction(schoolId, (tx) =>
          store.findView(tx, request.params.fileUploadId),
        )
        if (!file?.sha256 || file.error?.code === 'too-large') throw notFound('original')
        const safe = file.fileName.replace(/[^\x20-\x7e]|["\\%/]/g, '_')
        return reply
          .header('content-type', 'application/octet-stream')
          .header('content-length', file.sizeBytes)
          .header('content-security-policy', "default-src 'none'; sandbox")
          .header(
            'content-disposition',
            `attachment; filename="${safe}"; filename*=UTF-8''${encodeName(file.fileName)}`,
          )
          .send(deps.blobs.open(schoolId, file.sha256))
      },
    )
  }

const encodeName = (name: string): string =>
  encodeURIComponent(name.toWellFormed()).replace(
    /['()*]/g,
    (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`,
  )

/** What is staged and not kept in the end, whatever the reason, goes at once. */
async function withArrivals<T>(
  deps: FilesDeps,
  request: FastifyRequest,
  work: (arrivals: Arrival[], bodyHash: string) => Promise<T>,
): Promise<T> {
  const { arrivals, bodyHash } = await stageRequest(deps, request)
  try {
    return await work(arrivals, bodyHash)
  } finally {
    await deps.blobs.discard(arrivals.flatMap((arrival) => arrival.staged ?? []))
  }
}

/** Streams every part named `file` to the blob store; the body's hash is over names and bytes, in order. */
async function stageRequest(
  deps: FilesDeps,
  request: FastifyRequest,
): Promise<{ arrivals: Arrival[]; bodyHash: string }> {
  if (!request.isMultipart())
    throw new AppError(
      'unsupported-media-type',
      'Files are sent as multipart/form-data in parts named "file".',
    )
  let arrivals: Arrival[] = []
  const parts: Arrival[][] = []
  const names: string[] = []
  const dropped = watchPartNames(request.raw, request.headers['content-type'] ?? '')
  try {
    for await (const part of request.parts()) {
      if (part.type !== 'file' || part.fieldname !== 'file')
        throw new AppError(
          'validation-failed',
          `Files are sent in parts named "file"; "${part.fieldname.slice(0, 100)}" is not one.`,
          {
            errors: [{ path: 'body', message: 'has a part that is not a file' }],
          },
        )
      const staged = await stagePart(deps, part.filename, part.file)
      if (arrivals.length + staged.length > deps.config.maxFilesPerRequest)
        throw new AppError(
          'too-many-files',
          `One request may hold ${deps.config.maxFilesPerRequest} files. Send them in several.`,
        )
      arrivals.push(...staged)
      parts.push(staged)
      names.push(
        JSON.stringify([
          part.fieldname,
          part.filename,
          staged.map((arrival) => arrival.staged?.sha256 ?? arrival.fileName),
        ]),
      )
    }
  } catch (error) {
    await deps.blobs.discard(arrivals.flatMap((arrival) => arrival.staged ?? []))
    throw error
  }
  if (dropped.some((name) => name !== null)) {
    arrivals = dropped.flatMap((name) => (name === null ? (parts.shift() ?? []) : [refuseName(name)]))
    arrivals.push(...parts.flat())
    names.push(JSON.stringify(dropped))
  }
  if (arrivals.length === 0 && names.length === 0)
    throw new AppError(
      'validation-failed',
      'The request holds no file. Send at least one part named "file" with a file name.',
      {
        errors: [{ path: 'body', message: 'has no file' }],
      },
    )
  return { arrivals, bodyHash: sha256(names.join('\n')) }
}
