import type { FastifyInstance } from 'fastify'
import type { ZodTypeProvider } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { batchErased } from '#contracts/batches.ts'
import { FileUploadId, Timestamp, type SchoolId } from '#contracts/common.ts'
import type { FilesApi } from '#contracts/files.ts'
import { BrokenChainPage, BrokenChainQuery, FileTrace, Hop, type BrokenChain } from '#contracts/trace.ts'
import type { Subscription } from '#platform/bus/bus.ts'
import type { Database } from '#platform/database/database.ts'
import { notFound } from '#platform/errors.ts'
import { decodeCursor, encodeCursor } from '#platform/http/cursor.ts'
import { principalOf } from '#platform/http/http.ts'
import { live } from '#platform/http/live.ts'
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
  restMs: 100,
  handlers: [],
  everything: async (tx, events) => {
    const { schoolId } = events[0]!
    await store.insertHops(tx, schoolId, events)
    await store.replaceExpectations(tx, schoolId, settleExpectations(events))
    const erased = events.filter((event) => event.type === batchErased.type)
    if (erased.length > 0)
      await store.deleteBatches(
        tx,
        erased.map((event) => batchErased.data.parse(event.data).batchId),
      )
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
    fileName: file.fileName,
    state: file.state,
    hops: hops.map(toHop),
    expects: expected && {
      event: expected.event,
      service: serviceOf(expected.event),
      since: expected.since.toISOString(),
      dueAt: expected.dueAt.toISOString(),
      overdue: expected.dueAt.getTime() < Date.now(),
    },
  }
}

const chainOrder = 'broken-chains'
/** The time a chain became overdue and the event that is missing. */
const ChainPlace = z.string().refine((value) => {
  const [dueAt, event, ...more] = value.split(' ')
  return Timestamp.safeParse(dueAt).success && event !== undefined && more.length === 0
})

/** A page of the school's broken chains, the longest overdue first. */
export async function listBrokenChains(
  deps: TraceDeps,
  schoolId: SchoolId,
  query: { cursor?: string | undefined; limit: number },
): Promise<{ items: BrokenChain[]; nextCursor: string | null }> {
  const after = query.cursor === undefined ? null : decodeCursor(query.cursor, chainOrder, ChainPlace)
  const [dueAt, event] = after?.value.split(' ') ?? []
  const rows = await deps.database.transaction(schoolId, (tx) =>
    store.listBrokenChains(
      tx,
      after && { dueAt: dueAt as string, event: event as string, id: after.id },
      query.limit + 1,
    ),
  )
  const page = rows.slice(0, query.limit)
  const names = await deps.files.findNames(
    schoolId,
    page.map((row) => row.fileUploadId),
  )
  const last = rows.length > query.limit ? page.at(-1) : undefined
  return {
    items: page.map((row) => ({
      ...row,
      fileName: names.get(row.fileUploadId) ?? '',
      service: serviceOf(row.event),
      since: row.since.toISOString(),
      dueAt: row.dueAt.toISOString(),
    })),
    nextCursor: last
      ? encodeCursor(
          { value: `${last.dueAt.toISOString()} ${last.event}`, id: last.fileUploadId },
          chainOrder,
        )
      : null,
  }
}

const traceRoutes =
  (deps: TraceDeps) =>
  (instance: FastifyInstance): void => {
    const app = instance.withTypeProvider<ZodTypeProvider>()
    app.get(
      '/files/:fileUploadId/trace',
      {
        config: { live: ['trace', 'files'] },
        schema: {
          summary: 'Every hop of one file, and what is expected next',
          tags: ['trace'],
          params: z.object({ fileUploadId: FileUploadId }),
          response: { 200: live(FileTrace) },
        },
      },
      (request) => traceFile(deps, principalOf(request).schoolId, request.params.fileUploadId),
    )
    app.get(
      '/broken-chains',
      {
        schema: {
          summary: 'Files that wait for something overdue, the longest first',
          tags: ['trace'],
          querystring: BrokenChainQuery,
          response: { 200: BrokenChainPage },
        },
      },
      (request) => listBrokenChains(deps, principalOf(request).schoolId, request.query),
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
