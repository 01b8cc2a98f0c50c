// The service with its sockets in a process of its own, and beside it bare sockets to measure it against.
// Everything is what the program runs, save who asks: a token is a person's id.
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import fastify from 'fastify'
import { WebSocketServer } from 'ws'
import type { SchoolId } from '#contracts/common.ts'
import { UserId } from '#contracts/identity.ts'
import { createPostgresBus, type PostgresBus } from '#platform/bus/postgres-bus.ts'
import { afterCommit, openDatabase, type Database } from '#platform/database/database.ts'
import type { Principal } from '#platform/http/http.ts'
import { createLog } from '#platform/observability/log.ts'
import { createFilesApi } from '#services/files/service.ts'
import { createRealtimeService } from '#services/realtime/service.ts'

/** What the child is told, and answers with. Times are of the monotonic clock that all processes share. */
export type Order =
  | { order: 'broadcast'; text: string }
  | { order: 'memory' }
  | { order: 'stop' }
  | { order: 'close-all' }
export type Report =
  | { report: 'ready'; url: string; bareUrl: string }
  | { report: 'committed'; at: number }
  | { report: 'broadcast'; at: number }
  | { report: 'memory'; bytes: number; sockets: number }

export const now = (): number => Number(process.hrtime.bigint()) / 1e6

/** Starts the service on this process's bus; `onCommitted` hears when a batch of notifications is committed. */
export async function startLive(options: {
  database: Database
  bus: PostgresBus
  schoolId: SchoolId
  pollMs: number
  onCommitted?: (at: number) => void
}) {
  const { database, bus, schoolId } = options
  const principalOf = (token: string): Principal => ({
    userId: UserId.parse(token),
    schoolId,
    roles: ['teacher'],
    credential: 'jwt',
    sessionId: null,
    expiresAt: null,
  })
  const service = createRealtimeService({
    database,
    files: createFilesApi(database),
    config: { pollMs: options.pollMs, heartbeatSeconds: 60, connectionsPerUser: 20 },
    log: createLog({ level: 'warn' }),
    schools: async () => [schoolId],
    authenticate: async (headers) => principalOf((headers.authorization ?? '').slice('Bearer '.length)),
    authenticateToken: async (token) => principalOf(token),
    forgetSessions: () => {},
    readHealth: () => Promise.reject(new Error('not measured')),
  })
  for (const subscription of service.subscriptions ?? [])
    bus.subscribe({
      ...subscription,
      everything: async (tx, events, prepared) => {
        afterCommit(tx, () => options.onCommitted?.(now()))
        await subscription.everything?.(tx, events, prepared)
      },
    })
  const app = fastify()
  app.decorateRequest('principal', null)
  await service.sockets?.(app)
  await bus.start()
  await service.start?.()
  await app.listen({ host: '127.0.0.1', port: 0 })

  const http = createServer()
  const bare = new WebSocketServer({ server: http, perMessageDeflate: false })
  bare.on('connection', (socket) => socket.on('message', (data) => socket.send(data, { binary: false })))
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve))
  return {
    url: `ws://127.0.0.1:${(app.server.address() as AddressInfo).port}/realtime`,
    bareUrl: `ws://127.0.0.1:${(http.address() as AddressInfo).port}`,
    sockets: app.websocketServer.clients,
    bare,
    async stop() {
      await app.close()
      bare.close()
      http.close()
      await bus.stop()
      await service.close?.()
    },
  }
}

if (process.send && import.meta.main) {
  const tell = (report: Report): void => void process.send?.(report)
  const database = openDatabase(process.argv[2]!, { max: 8 })
  const pollMs = Number(process.argv[4])
  const bus = createPostgresBus({ database, pollMs })
  const live = await startLive({
    database,
    bus,
    schoolId: process.argv[3] as SchoolId,
    pollMs,
    onCommitted: (at) => tell({ report: 'committed', at }),
  })
  process.on('message', (order: Order) => {
    if (order.order === 'broadcast') {
      tell({ report: 'broadcast', at: now() })
      for (const socket of live.sockets) socket.send(order.text)
    } else if (order.order === 'memory') {
      for (let i = 0; i < 3; i += 1) globalThis.gc?.()
      tell({ report: 'memory', bytes: process.memoryUsage().rss, sockets: live.sockets.size })
    } else if (order.order === 'close-all') {
      for (const socket of [...live.sockets, ...live.bare.clients]) socket.close(1001)
    } else void live.stop().then(() => database.close().then(() => process.exit(0)))
  })
  tell({ report: 'ready', url: live.url, bareUrl: live.bareUrl })
}
