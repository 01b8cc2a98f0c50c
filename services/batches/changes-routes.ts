import type { FastifyInstance } from 'fastify'
import type { ZodTypeProvider } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { BatchPeople, BatchView, ChangeBatch } from '#contracts/batches.ts'
import { BatchId } from '#contracts/common.ts'
import { UserId } from '#contracts/identity.ts'
import { causeOf, principalOf } from '#platform/http/http.ts'
import type { Idempotency } from '#platform/http/idempotency.ts'
import type { BatchesDeps } from './actions.ts'
import { changeBatch, removeBatch, restoreBatch } from './changes.ts'
import { listPeople, shareBatch, unshareBatch } from './people.ts'

const byBatch = z.object({ batchId: BatchId })
const byPerson = z.object({ batchId: BatchId, userId: UserId })

export const changesRoutes =
  (deps: BatchesDeps, idempotency: Idempotency) =>
  (instance: FastifyInstance): void => {
    const app = instance.withTypeProvider<ZodTypeProvider>()

    app.patch(
      '/batches/:batchId',
      {
        schema: {
          summary: 'Change a batch; a capacity only grows',
          tags: ['batches'],
          params: byBatch,
          body: ChangeBatch,
          response: { 200: BatchView },
        },
      },
      (request) =>
        changeBatch(
          deps,
          principalOf(request).schoolId,
          request.params.batchId,
          request.body,
          causeOf(request),
        ),
    )

    app.delete(
      '/batches/:batchId',
      { schema: { summary: 'Remove a batch; it is erased later', tags: ['batches'], params: byBatch } },
      async (request, reply) => {
        await removeBatch(deps, principalOf(request).schoolId, request.params.batchId, causeOf(request))
        return reply.status(204).send()
      },
    )

    app.post(
      '/batches/:batchId/restore',
      {
        schema: {
          summary: 'Take the removal of a batch back, until it is erased',
          tags: ['batches'],
          params: byBatch,
          response: { 200: BatchView },
        },
        config: { removedToo: true },
      },
      async (request) => {
        const { batchId } = request.params
        const answer = await idempotency.once(request, async ({ remember, earlier }) => {
          const first = await earlier(request.bodyHash)
          if (first) return first
          const body = await restoreBatch(
            deps,
            principalOf(request).schoolId,
            batchId,
            causeOf(request),
            (tx, view) => remember(tx, { status: 200, body: view }),
          )
          return { status: 200, body }
        })
        return answer.body as BatchView
      },
    )

    app.get(
      '/batches/:batchId/people',
      {
        schema: {
          summary: 'Who may see and work on a batch',
          tags: ['batches'],
          params: byBatch,
          response: { 200: BatchPeople },
        },
      },
      (request) => listPeople(deps, principalOf(request).schoolId, request.params.batchId),
    )

    app.put(
      '/batches/:batchId/people/:userId',
      { schema: { summary: 'Share a batch with a colleague', tags: ['batches'], params: byPerson } },
      async (request, reply) => {
        const { batchId, userId } = request.params
        await shareBatch(deps, principalOf(request).schoolId, batchId, userId, causeOf(request))
        return reply.status(204).send()
      },
    )

    app.delete(
      '/batches/:batchId/people/:userId',
      { schema: { summary: 'End the sharing of a batch', tags: ['batches'], params: byPerson } },
      async (request, reply) => {
        const { batchId, userId } = request.params
        await unshareBatch(deps, principalOf(request).schoolId, batchId, userId, causeOf(request))
        return reply.status(204).send()
      },
    )
  }
