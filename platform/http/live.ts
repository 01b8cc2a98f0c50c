import type { FastifyInstance } from 'fastify'
import type { z } from 'zod'
import { Stamp } from '#contracts/realtime.ts'
import { principalOf, type Principal } from './http.ts'

declare module 'fastify' {
  interface FastifyContextConfig {
    /** The subscriptions that an answer's data may lag behind: the answer says where the caller's stream stands. */
    live?: readonly string[]
  }
  interface FastifyRequest {
    /** Where the caller's stream stood before the data were read; null where the route is not live. */
    stamp: Stamp | null
  }
}

export type ReadStamp = (of: Principal, behind: readonly string[]) => Promise<Stamp>

/** The schema of a live answer. */
export const live = <S extends z.ZodObject>(schema: S) => schema.extend(Stamp.shape)

/**
 * Gives the answers of routes with `config.live` their stamp. It is read before the handler reads its data:
 * what the handler sees is at least what the stamp says, so a stream that continues from there misses nothing.
 * See docs/decisions/0009.
 */
export function stampLiveAnswers(app: FastifyInstance, readStamp: ReadStamp): void {
  app.decorateRequest('stamp', null)
  app.addHook('preHandler', async (request) => {
    const behind = request.routeOptions.config.live
    if (behind) request.stamp = await readStamp(principalOf(request), behind)
  })
  app.addHook('preSerialization', async (request, reply, payload) =>
    request.stamp && reply.statusCode === 200 && typeof payload === 'object' && payload !== null
      ? { ...payload, ...request.stamp }
      : payload,
  )
}
