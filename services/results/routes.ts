import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { ZodTypeProvider } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { BatchId, EssayId, FileUploadId } from '#contracts/common.ts'
import { BatchResults, ClassView, EssayResult, RowPage } from '#contracts/results.ts'
import { AppError } from '#platform/errors.ts'
import { decodeCursor, encodeCursor } from '#platform/http/cursor.ts'
import { principalOf } from '#platform/http/http.ts'
import { live } from '#platform/http/live.ts'
import { Answers, withStamp, type View } from './actions/answers.ts'
import { assemble, assembleEssay, type ResultsDeps } from './actions/assemble.ts'
import { exporters, exportFormats } from './exports/formats.ts'
import { listRows } from './actions/list-rows.ts'

const byBatch = z.object({ batchId: BatchId })
/** What these answers lag behind: a file's slot is the word of `files`, a run's that of `batches`. */
const behind = { live: ['results', 'files', 'batches'] }
const mostRows = 200
const rowOrder = 'rows'
const RowQuery = z.object({
  cursor: z.string().max(2000).optional(),
  limit: z.coerce.number().int().min(1).max(mostRows).default(mostRows),
  /** Only these files, named by a frame of progress; comma-separated. */
  ids: z.string().max(10_000).optional(),
})

export const resultsRoutes =
  (deps: ResultsDeps) =>
  (instance: FastifyInstance): void => {
    const app = instance.withTypeProvider<ZodTypeProvider>()

    const answers = new Answers(deps)

    /** Kept by this reader alone, and asked for again each time: a 304 costs its version. */
    async function answer(
      request: FastifyRequest,
      reply: FastifyReply,
      batchId: BatchId,
      view: View,
    ): Promise<void> {
      const { schoolId } = principalOf(request)
      const version = await answers.findVersion(schoolId, batchId)
      const etag = `W/"${batchId}-${version}-${view}"`
      const same = request.headers['if-none-match'] === etag
      const { body } = same ? { body: null } : await answers.read(schoolId, batchId, view, version)
      reply.header('etag', etag).header('cache-control', 'private, no-cache')
      await (same
        ? reply.status(304).send()
        : reply.type('application/json; charset=utf-8').send(body && withStamp(body, request.stamp ?? {})))
    }

    app.get(
      '/batches/:batchId/results',
      {
        config: behind,
        schema: {
          summary: 'The results of a batch, as results.json',
          tags: ['results'],
          params: byBatch,
          querystring: z.object({ view: z.enum(['full', 'summary']).default('full') }),
          response: { 200: live(BatchResults) },
        },
      },
      (request, reply) => answer(request, reply, request.params.batchId, request.query.view),
    )

    app.get(
      '/batches/:batchId/class',
      {
        config: behind,
        schema: {
          summary:
            'The class as a whole: figures of each essay, their spread, what is common, what it is made of',
          tags: ['results'],
          params: byBatch,
          response: { 200: live(ClassView) },
        },
      },
      (request, reply) => answer(request, reply, request.params.batchId, 'class'),
    )

    app.get(
      '/batches/:batchId/rows',
      {
        config: behind,
        schema: {
          summary: 'The files of a batch with the state of their phases, in order of receipt',
          tags: ['results'],
          params: byBatch,
          querystring: RowQuery,
          response: { 200: live(RowPage) },
        },
      },
      async (request) => {
        const { schoolId } = principalOf(request)
        const { batchId } = request.params
        const { cursor, limit, ids } = request.query
        const after = cursor === undefined ? undefined : FileUploadId.parse(decodeCursor(cursor, rowOrder).id)
        if (ids !== undefined)
          return {
            items: await listRows(deps, schoolId, batchId, { ids: parseIds(ids), limit: mostRows }),
            nextCursor: null,
          }
        const items = await listRows(deps, schoolId, batchId, {
          ...(after ? { after } : {}),
          limit: limit + 1,
        })
        const last = items.length > limit ? items[limit - 1] : undefined
        return {
          items: items.slice(0, limit),
          nextCursor: last ? encodeCursor({ value: '', id: last.fileUploadId }, rowOrder) : null,
        }
      },
    )

    app.get(
      '/essays/:essayId',
      {
        config: behind,
        schema: {
          summary: 'One essay with its text and findings',
          tags: ['results'],
          params: z.object({ essayId: EssayId }),
          response: { 200: live(EssayResult) },
        },
      },
      (request) => assembleEssay(deps, principalOf(request).schoolId, request.params.essayId),
    )

    app.get(
      '/batches/:batchId/export',
      {
        schema: {
          summary: 'The results as a download',
          tags: ['results'],
          params: byBatch,
          querystring: z.object({ format: z.enum(exportFormats) }),
        },
      },
      async (request, reply) => {
        const everything = { texts: true, findings: true }
        const { schoolId } = principalOf(request)
        const results = await assemble(deps, schoolId, request.params.batchId, everything)
        const { mime, extension, render } = exporters[request.query.format]
        return reply
          .header('content-type', mime)
          .header(
            'content-security-policy',
            "default-src 'none'; style-src 'unsafe-inline'; img-src data:; sandbox",
          )
          .header('content-disposition', `attachment; filename="results.${extension}"`)
          .send(await render(results))
      },
    )
  }

function parseIds(text: string): FileUploadId[] {
  const ids = z.array(FileUploadId).max(mostRows).safeParse(text.split(',').filter(Boolean))
  if (ids.success) return ids.data
  throw new AppError(
    'validation-failed',
    `Name at most ${mostRows} files by their ids, separated by commas.`,
    {
      errors: [{ path: 'querystring.ids', message: 'is not a list of file upload ids' }],
    },
  )
}
