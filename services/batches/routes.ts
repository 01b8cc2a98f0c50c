import type { FastifyInstance } from 'fastify'
import type { ZodTypeProvider } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { BatchPage, BatchView, CreateBatch, RetryEssay, RunPage, StartRun } from '#contracts/batches.ts'
import { BatchId, EssayId, RunId } from '#contracts/common.ts'
import { RunView } from '#contracts/results.ts'
import { decodeCursor, encodeCursor } from '#platform/http/cursor.ts'
import { causeOf, principalOf } from '#platform/http/http.ts'
import { live } from '#platform/http/live.ts'
import type { Idempotency } from '#platform/http/idempotency.ts'
import * as actions from './actions.ts'

const byBatch = z.object({ batchId: BatchId })
const byRun = z.object({ runId: RunId })
const Started = z.object({ runId: RunId })
const listOrder = 'createdAt desc'
const runOrder = 'runs newest first'

export const batchesRoutes =
  (deps: actions.BatchesDeps, idempotency: Idempotency) =>
  (instance: FastifyInstance): void => {
    const app = instance.withTypeProvider<ZodTypeProvider>()

    app.post(
      '/batches',
      {
        schema: {
          summary: 'Make a batch',
          tags: ['batches'],
          body: CreateBatch,
          response: { 201: BatchView },
        },
      },
      async (request, reply) => {
        const answer = await idempotency.once(request, async ({ remember, earlier }) => {
          const first = await earlier(request.bodyHash)
          if (first) return first
          const body = await actions.createBatch(
            deps,
            principalOf(request).schoolId,
            principalOf(request).userId,
            request.body,
            causeOf(request),
            (tx, batch) => remember(tx, { status: 201, body: batch }),
          )
          return { status: 201, body }
        })
        return reply.status(201).send(answer.body as BatchView)
      },
    )

    app.get(
      '/batches',
      {
        config: { live: ['files', 'batches'] },
        schema: {
          summary: 'The batches, newest first',
          tags: ['batches'],
          querystring: z.object({
            cursor: z.string().max(2000).optional(),
            limit: z.coerce.number().int().min(1).max(200).default(50),
          }),
          response: { 200: live(BatchPage) },
        },
      },
      async (request) => {
        const { cursor, limit } = request.query
        const before = cursor === undefined ? null : decodeCursor(cursor, listOrder).id
        const { schoolId, userId } = principalOf(request)
        const of = request.whose === 'school' ? null : userId
        const { items, last } = await actions.listBatches(deps, schoolId, of, before, limit)
        return { items, nextCursor: last ? encodeCursor({ value: '', id: last }, listOrder) : null }
      },
    )

    app.get(
      '/batches/:batchId',
      {
        config: { live: ['files', 'batches'] },
        schema: {
          summary: 'One batch with its counts',
          tags: ['batches'],
          params: byBatch,
          response: { 200: live(BatchView) },
        },
      },
      (request) => actions.getBatch(deps, principalOf(request).schoolId, request.params.batchId),
    )

    app.post(
      '/batches/:batchId/pipeline-runs',
      {
        schema: {
          summary: 'Run the phases over every file received so far',
          tags: ['pipeline runs'],
          params: byBatch,
          body: StartRun.nullish(),
          response: { 202: Started },
        },
      },
      async (request, reply) => {
        const { schoolId } = principalOf(request)
        const answer = await idempotency.once(request, async ({ remember, earlier }) => {
          const first = await earlier(request.bodyHash)
          if (first) return first
          const runId = await actions.startRun(
            deps,
            schoolId,
            request.params.batchId,
            request.body ?? {},
            causeOf(request),
            (tx, id) => remember(tx, { status: 202, body: { runId: id } }),
          )
          return { status: 202, body: { runId } }
        })
        return reply.status(202).send(answer.body as z.infer<typeof Started>)
      },
    )

    app.get(
      '/batches/:batchId/pipeline-runs',
      {
        schema: {
          summary: 'The runs of a batch, newest first',
          tags: ['pipeline runs'],
          params: byBatch,
          querystring: z.object({
            cursor: z.string().max(2000).optional(),
            limit: z.coerce.number().int().min(1).max(200).default(10),
          }),
          response: { 200: RunPage },
        },
      },
      async (request) => {
        const { cursor, limit } = request.query
        const before = cursor === undefined ? null : RunId.parse(decodeCursor(cursor, runOrder).id)
        const { batchId } = request.params
        const { items, last } = await actions.listRuns(
          deps,
          principalOf(request).schoolId,
          batchId,
          before,
          limit,
        )
        return { items, nextCursor: last ? encodeCursor({ value: '', id: last }, runOrder) : null }
      },
    )

    app.get(
      '/pipeline-runs/:runId',
      {
        config: { live: ['batches'] },
        schema: {
          summary: 'One run with its phases',
          tags: ['pipeline runs'],
          params: byRun,
          response: { 200: live(RunView) },
        },
      },
      (request) => actions.getRun(deps, principalOf(request).schoolId, request.params.runId),
    )

    for (const [verb, act] of [
      ['pause', actions.pauseRun],
      ['resume', actions.resumeRun],
      ['cancel', actions.cancelRun],
    ] as const)
      app.post(
        `/pipeline-runs/:runId/${verb}`,
        {
          schema: {
            summary: `${verb[0]?.toUpperCase()}${verb.slice(1)} a run`,
            tags: ['pipeline runs'],
            params: byRun,
            response: { 200: RunView },
          },
        },
        async (request) => {
          const answer = await idempotency.once(request, async ({ remember, earlier }) => {
            const first = await earlier(request.bodyHash)
            if (first) return first
            const body = await act(
              deps,
              principalOf(request).schoolId,
              request.params.runId,
              causeOf(request),
              (tx, run) => remember(tx, { status: 200, body: run }),
            )
            return { status: 200, body }
          })
          return answer.body as RunView
        },
      )

    app.post(
      '/essays/:essayId/retry',
      {
        schema: {
          summary: 'Run one phase of one essay again, and what depends on it',
          tags: ['pipeline runs'],
          params: z.object({ essayId: EssayId }),
          body: RetryEssay,
          response: { 202: Started },
        },
      },
      async (request, reply) => {
        const { schoolId } = principalOf(request)
        const answer = await idempotency.once(request, async ({ remember, earlier }) => {
          const first = await earlier(request.bodyHash)
          if (first) return first
          const runId = await actions.retryEssay(
            deps,
            schoolId,
            request.params.essayId,
            request.body.phase,
            causeOf(request),
            (tx, id) => remember(tx, { status: 202, body: { runId: id } }),
          )
          return { status: 202, body: { runId } }
        })
        return reply.status(202).send(answer.body as z.infer<typeof Started>)
      },
    )
  }
