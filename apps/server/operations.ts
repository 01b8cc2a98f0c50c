import type { FastifyInstance } from 'fastify'
import type { ZodTypeProvider } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { Health } from '#contracts/health.ts'
import { ReplayAll, ReplayResult, SystemStatus } from '#contracts/status.ts'
import type { HealthCheck } from '#platform/health/health.ts'
import { notFound } from '#platform/errors.ts'
import { principalOf } from '#platform/http/http.ts'
import type { createMetrics } from './metrics.ts'
import { readStatus, replay, type StatusParts } from './status.ts'

/** What an operator and a load balancer ask: health and metrics, outside `/api/v1`. */
export function addHealth(
  app: FastifyInstance,
  health: HealthCheck,
  registry: ReturnType<typeof createMetrics>['registry'],
): void {
  const plain = { schema: { tags: ['operations'] } } as const
  app.get('/health/live', plain, async () => ({ status: 'live' }))
  app.get('/health/ready', plain, async (_request, reply) => {
    const { status } = await health.read()
    return reply.status(status === 'unready' ? 503 : 200).send({ status })
  })
  app.get('/health', { schema: { tags: ['operations'], response: { 200: Health } } }, () => health.read())
  app.get('/metrics', plain, async (_request, reply) =>
    reply.type(registry.contentType).send(await registry.metrics()),
  )
}

/** What the status page asks, below `/api/v1`. */
export const statusRoutes =
  (parts: StatusParts) =>
  (instance: FastifyInstance): void => {
    const app = instance.withTypeProvider<ZodTypeProvider>()
    app.get(
      '/status',
      {
        schema: {
          summary: 'Everything an administrator can act on, in one answer',
          tags: ['operations'],
          response: { 200: SystemStatus },
        },
      },
      (request) => readStatus(parts, principalOf(request).schoolId),
    )
    app.post(
      '/dead-letters/:subscription/:seq/replay',
      {
        schema: {
          summary: 'Hands one dead letter to its subscription again',
          tags: ['operations'],
          params: z.object({
            subscription: z.string().min(1).max(200),
            seq: z.coerce.number().int().min(1).max(Number.MAX_SAFE_INTEGER),
          }),
          response: { 200: ReplayResult },
        },
      },
      async (request) => {
        const result = await replay(parts, principalOf(request).schoolId, request.params)
        if (!result) throw notFound('dead letter')
        return result
      },
    )
    app.post(
      '/dead-letters/replay',
      {
        schema: {
          summary: 'Hands all dead letters of a subscription to it again',
          tags: ['operations'],
          body: ReplayAll,
          response: { 200: ReplayResult },
        },
      },
      async (request) => {
        const { schoolId } = principalOf(request)
        const { subscription } = request.body
        return (await replay(parts, schoolId, { subscription })) ?? { replayed: 0, failed: [], left: 0 }
      },
    )
  }
