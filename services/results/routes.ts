import type { FastifyInstance } from 'fastify'
import type { ZodTypeProvider } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { BatchId, EssayId } from '#contracts/common.ts'
import { EssayResult } from '#contracts/results.ts'
import { principalOf } from '#platform/http/http.ts'
import { summarise, type ResultsReader } from './actions.ts'
import { exporters, exportFormats } from './exports/formats.ts'

const byBatch = z.object({ batchId: BatchId })

export const resultsRoutes =
  (reader: ResultsReader) =>
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
