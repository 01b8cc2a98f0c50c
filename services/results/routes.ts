import type { FastifyInstance } from 'fastify'
import type { ZodTypeProvider } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { BatchId, EssayId, FileUploadId } from '#contracts/common.ts'
import { EssayResult, RowPage } from '#contracts/results.ts'
import { AppError } from '#platform/errors.ts'
import { decodeCursor, encodeCursor } from '#platform/http/cursor.ts'
import { principalOf } from '#platform/http/http.ts'
import { summarise, type ResultsDeps, type ResultsReader } from './actions.ts'
import { exporters, exportFormats } from './exports/formats.ts'
import { listRows } from './rows.ts'

const byBatch = z.object({ batchId: BatchId })
const mostRows = 200
const rowOrder = 'rows'
const RowQuery = z.object({
  cursor: z.string().max(2000).optional(),
  limit: z.coerce.number().int().min(1).max(mostRows).default(mostRows),
  /** Only these files, named by a frame of progress; comma-separated. */
  ids: z.string().max(10_000).optional(),
})

export const resultsRoutes =
  (deps: ResultsDeps, reader: ResultsReader) =>
  (instance: FastifyInstance): void => {
    const app = instance.withTypeProvider<ZodTypeProvider>()

    app.get(
      '/batches/:batchId/results',
      {
        schema: {
          summary: 'The results of a batch, as results.json',
          tags: ['results'],
          params: byBatch,
          querystring: z.object({ view: z.enum(['full', 'summary']).default('full') }),
        },
      },
      async (request, reply) => {
        const { schoolId } = principalOf(request)
        const { batchId } = request.params
        const { view } = request.query
        const { version, results } = await reader.getResults(schoolId, batchId)
        const etag = `W/"${batchId}-${version}-${view}"`
        // Kept by this reader alone, and asked for again each time: a 304 costs one row.
        reply.header('etag', etag).header('cache-control', 'private, no-cache')
        if (request.headers['if-none-match'] === etag) return reply.status(304).send()
        return reply.send(view === 'summary' ? summarise(results) : results)
      },
    )

    app.get(
      '/batches/:batchId/rows',
      {
        schema: {
          summary: 'The files of a batch with the state of their phases, in order of receipt',
          tags: ['results'],
          params: byBatch,
          querystring: RowQuery,
          response: { 200: RowPage },
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
        schema: {
          summary: 'One essay with its text and findings',
          tags: ['results'],
          params: z.object({ essayId: EssayId }),
          response: { 200: EssayResult },
        },
      },
      (request) => reader.getEssay(principalOf(request).schoolId, request.params.essayId),
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
        const { results } = await reader.getResults(principalOf(request).schoolId, request.params.batchId)
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
