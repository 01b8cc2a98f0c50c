import type { SchoolId } from '#contracts/common.ts'
import type { FilesApi } from '#contracts/files.ts'
import type { Health } from '#contracts/health.ts'
import type { RealtimeApi } from '#contracts/realtime.ts'
import { createHints } from '#platform/bus/hints.ts'
import type { Config } from '#platform/config/config.ts'
import type { Database } from '#platform/database/database.ts'
import { AppError } from '#platform/errors.ts'
import type { Authenticate, Principal } from '#platform/http/http.ts'
import type { Log } from '#platform/observability/log.ts'
import type { Service } from '#platform/service.ts'
import { pruneStreams } from './actions.ts'
import { realtimeSubscription } from './handlers.ts'
import { Hub } from './hub.ts'
import { ProgressBoard } from './progress.ts'
import { openSocketDoor } from './routes.ts'
import { createStreamStore } from './store.ts'

export { rebuildStreams } from './actions.ts'

/** `realtime` as other parts of the same process ask it. */
export const createRealtimeApi = (
  database: Database,
): RealtimeApi & {
  /** Compares whose data these are with the folder that serves them; another one begins a new epoch. */
  keepInstallation(installationId: string): Promise<void>
} => {
  const streams = createStreamStore(database)
  return {
    readStamp: ({ userId, schoolId }, behind) => streams.readStamp(userId, schoolId, behind),
    keepInstallation: (installationId) => streams.keepInstallation(installationId),
  }
}

export interface RealtimeDeps {
  database: Database
  files: FilesApi
  config: Pick<Config, 'pollMs' | 'heartbeatSeconds' | 'connectionsPerUser'>
  log: Log
  schools: () => Promise<SchoolId[]>
  authenticate: Authenticate
  readHealth: () => Promise<Health>
}

/** Between processes with sockets: something was numbered. */
const numberedWord = 'numbered'

/** The sockets of this process with what feeds them; made when the first of its parts is asked for. */
function createLive(deps: RealtimeDeps) {
  const { database, config, log } = deps
  const streams = createStreamStore(database)
  const hub = new Hub({
    streams,
    log,
    authenticate: async (token) => {
      const principal = await deps.authenticate({ authorization: `Bearer ${token}` })
      if (!principal) throw new AppError('not-authenticated', 'This token is not good.')
      return principal
    },
    readHealth: async (principal) => healthFor(principal, await deps.readHealth()),
    ...config,
  })
  const board = new ProgressBoard({
    readAudience: (batchIds) => streams.readAudience(batchIds),
    tell: (schoolId, people, progress) => hub.tellProgress(schoolId, people, progress),
  })
  const hints = createHints({
    connectionString: database.connectionString,
    applicationName: 'assay realtime',
    channel: 'assay_realtime',
    pollMs: config.pollMs,
    logger: log,
    onWord(word) {
      if (word === numberedWord) void hub.poll()
    },
  })
  return { hub, board, hints }
}

/** What is wrong with a dependency may name addresses: that is for administrators. */
const healthFor = (principal: Principal, health: Health): Health =>
  principal.roles.includes('admin')
    ? health
    : { ...health, dependencies: health.dependencies.map(({ error: _, ...rest }) => rest) }

export function createRealtimeService(deps: RealtimeDeps): Service {
  let made: ReturnType<typeof createLive> | null = null
  const live = () => (made ??= createLive(deps))
  return {
    name: 'realtime',
    sockets: (app) => openSocketDoor(app, live().hub, deps.authenticate),
    subscriptions: [
      realtimeSubscription({
        files: deps.files,
        onNumbered(schoolId, numbered, told) {
          live().hub.deliver(schoolId, numbered, told)
          live().hints.tell(numberedWord)
        },
        onHandled(events) {
          const { hub, board } = live()
          const { schoolId } = events[0]!
          if (hub.hears(schoolId)) board.note(events)
        },
      }),
    ],
    jobs: {
      'realtime.prune': async () => {
        for (const schoolId of await deps.schools()) await pruneStreams(deps.database, schoolId)
      },
    },
    schedule: { 'realtime.prune': '17 * * * *' },
    async start() {
      live().hub.start()
      await live().hints.start()
    },
    async close() {
      live().board.stop()
      await live().hints.stop()
    },
  }
}
