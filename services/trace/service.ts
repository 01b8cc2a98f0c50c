import type { FastifyInstance } from 'fastify'
import type { ZodTypeProvider } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { FileUploadId, type SchoolId } from '#contracts/common.ts'
import type { FilesApi } from '#contracts/files.ts'
import { FileTrace, Hop } from '#contracts/trace.ts'
import type { Subscription } from '#platform/bus/bus.ts'
import type { Database } from '#platform/database/database.ts'
import { notFound } from '#platform/errors.ts'
import { principalOf } from '#platform/http/http.ts'
import type { Service } from '#platform/service.ts'
import { settleExpectations } from './expectations.ts'
import * as store from './store.ts'

export interface TraceDeps {
  database: Database
  files: FilesApi
}

const serviceOf = (event: string): string => event.split('.')[0] ?? event

const toHop = (row: store.HopRow): Hop => ({
  at: row.at.toISOString(),
  service: serviceOf(row.type),
  event: row.type,
  durationMs: row.durationMs,
  eventId: row.eventId,
  causationId: row.causationId,
})

const traceSubscription = (): Subscription => ({
  name: 'trace',
  from: 'beginning',
  handlers: [],
  everything: async (tx, events) => {
    const { schoolId } = events[0]!
    await store.insertHops(tx, schoolId, events)
    await store.replaceExpectations(tx, schoolId, settleExpectations(events))
  },
})

async function traceFile(deps: TraceDeps, schoolId: SchoolId, id: FileUploadId): Promise<FileTrace> {
  const file = await deps.files.findFile(schoolId, id)
  if (!file) throw notFound('file')
  const [hops, expected] = await deps.database.snapshot(
    schoolId,
    async (tx) => [await store.listHopsOfFile(tx, id), await store.findExpectation(tx, id)] as const,
  )
  return {
    fileUploadId: id,
    batchId: file.batchId,
    state: file.state,
    hops: hops.map(toHop),
    expects: expected && {
      event: expected.event,
      service: serviceOf(expected.event),
      dueAt: expected.dueAt.toISOString(),
      overdue: expected.dueAt.getTime() < Date.now(),
    },
  }
}

const traceRoutes =
  (deps: TraceDeps) =>
  (instance: FastifyInstance): void => {
    const app = instance.withTypeProvider<ZodTypeProvider>()
    app.get(
      '/files/:fileUploadId/trace',
      {
        schema: {
          summary: 'Every hop of one file, and what is expected next',
          tags: ['trace'],
          params: z.object({ fileUploadId: FileUploadId }),
          response: { 200: FileTrace },
        },
      },
      (request) => traceFile(deps, principalOf(request).schoolId, request.params.fileUploadId),
    )
    app.get(
      '/traces/:correlationId',
      {
        schema: {
          summary: 'Everything one request set off',
          tags: ['trace'],
          params: z.object({ correlationId: z.string().min(1).max(128) }),
          response: {
            200: z.object({
              correlationId: z.string(),
              hops: z.array(Hop.extend({ fileUploadId: FileUploadId.nullable() })),
            }),
          },
        },
      },
      async (request) => {
        const { correlationId } = request.params
        const hops = await deps.database.transaction(principalOf(request).schoolId, (tx) =>
          store.listHopsOfCorrelation(tx, correlationId, 10_000),
        )
        if (hops.length === 0) throw notFound('trace')
        return { correlationId, hops: hops.map((row) => ({ ...toHop(row), fileUploadId: row.fileUploadId })) }
      },
    )
  }

export const createTraceService = (deps: TraceDeps): Service => ({
  name: 'trace',
  routes: traceRoutes(deps),
  subscriptions: [traceSubscription()],
})

/** Counts for the metrics and the status page. */
export const countChains = (database: Database, schoolId: SchoolId) =>
  database.transaction(schoolId, store.countChains)
