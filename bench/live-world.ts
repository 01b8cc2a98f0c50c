// What the families of live delivery have in common: a database with people who are told, and processes of their own.
import { fork, type ChildProcess } from 'node:child_process'
import type pg from 'pg'
import { v7 } from 'uuid'
import { WebSocket } from 'ws'
import { pipelineCompleted } from '#contracts/batches.ts'
import type { BatchId, RunId, SchoolId } from '#contracts/common.ts'
import { subprotocol } from '#contracts/realtime.ts'
import { newEvent } from '#platform/bus/bus.ts'
import type { PostgresBus } from '#platform/bus/postgres-bus.ts'
import type { Database } from '#platform/database/database.ts'
import { programCause } from '#platform/http/http.ts'
import type { ClientOrder, ClientReport } from './live-clients.ts'
import type { Order, Report } from './live-server.ts'

export interface World {
  database: Database
  bus: PostgresBus
  owner: pg.Pool
  schoolId: SchoolId
  users: string[]
  /** Heard of by the first user alone, and by all of them. */
  ofOne: BatchId
  ofAll: BatchId
  appUrl: string
}

/** One event for each of these batches, in one transaction. */
export const publish = (
  world: World,
  batchIds: readonly BatchId[],
  bus = world.bus,
  reason: string | null = null,
): Promise<void> =>
  world.database.transaction(world.schoolId, (tx) =>
    bus.publish(
      tx,
      batchIds.map((batchId) =>
        newEvent({
          schoolId: world.schoolId,
          key: batchId,
          event: pipelineCompleted,
          cause: programCause(),
          data: { batchId, runId: v7() as RunId, outcome: 'succeeded', reason },
        }),
      ),
    ),
  )

export async function openSocket(url: string, token?: string): Promise<WebSocket> {
  const socket = new WebSocket(url, token === undefined ? [] : subprotocol, {
    perMessageDeflate: false,
    ...(token === undefined ? {} : { headers: { authorization: `Bearer ${token}` } }),
  })
  await new Promise((resolve, reject) => socket.once('open', resolve).once('error', reject))
  if (token === undefined) return socket
  socket.send(JSON.stringify({ type: 'subscribe', epoch: null, seq: null }))
  await new Promise((resolve) => socket.once('message', resolve))
  return socket
}

const path = (file: string): string => new URL(file, import.meta.url).pathname

export async function startServerProcess(world: World, pollMs: number) {
  const child = fork(path('./live-server.ts'), [world.appUrl, world.schoolId, String(pollMs)], {
    // As `npm start` does; the first is for counting memory alone.
    execArgv: ['--expose-gc', '--max-semi-space-size=8'],
  })
  const ready = await reportOf<Extract<Report, { report: 'ready' }>>(child, 'ready')
  // Its arrival is heard of by then, and the log read to its end.
  await new Promise((resolve) => setTimeout(resolve, 1500))
  return {
    ...ready,
    send: (order: Order) => child.send(order),
    next: <N extends Report['report']>(name: N) => reportOf<Extract<Report, { report: N }>>(child, name),
    memory() {
      const report = reportOf<Extract<Report, { report: 'memory' }>>(child, 'memory')
      child.send({ order: 'memory' } satisfies Order)
      return report
    },
    async stop() {
      const ended = new Promise((resolve) => child.once('exit', resolve))
      child.send({ order: 'stop' } satisfies Order)
      await ended
    },
  }
}

export function startClients() {
  const child = fork(path('./live-clients.ts'))
  return {
    send: (order: ClientOrder) => child.send(order),
    next: (name: ClientReport['report']) => reportOf<ClientReport>(child, name),
    stop: () => child.send({ order: 'end' } satisfies ClientOrder),
  }
}

function reportOf<R extends { report: string }>(child: ChildProcess, name: string): Promise<R> {
  return new Promise((resolve, reject) => {
    const hear = (report: R): void => {
      if (report.report !== name) return
      child.off('message', hear)
      child.off('exit', left)
      resolve(report)
    }
    const left = (code: number | null): void => reject(new Error(`a process of the bench ended with ${code}`))
    child.on('message', hear)
    child.once('exit', left)
  })
}
