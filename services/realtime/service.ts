import type { SchoolId } from '#contracts/common.ts'
import type { FilesApi } from '#contracts/files.ts'
import type { Health } from '#contracts/health.ts'
import type { UserId } from '#contracts/identity.ts'
import { closeCodes, type RealtimeApi } from '#contracts/realtime.ts'
import { createHints } from '#platform/bus/hints.ts'
import type { Config } from '#platform/config/config.ts'
import type { Database } from '#platform/database/database.ts'
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
  authenticateToken: (token: string) => Promise<Principal>
  /** What was read of sessions is not to be believed any more. */
  forgetSessions: () => void
  readHealth: () => Promise<Health>
}

/** Between processes with sockets: something was numbered, or `revoked <user> <session, or nothing for all> <close code>`. */
const numberedWord = 'numbered'
const revokedWord = 'revoked'

/** The sockets of this process with what feeds them; made when the first of its parts is asked for. */
function createLive(deps: RealtimeDeps) {
  const { database, config, log } = deps
  const streams = createStreamStore(database)
  const hub = new Hub({
    streams,
    log,
    authenticate: deps.authenticateToken,
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
      const [name, user, session, code] = word.split(' ')
      if (name === numberedWord) void hub.poll()
      else if (name === revokedWord) revoke(user as UserId, session || null, Number(code))
    },
  })
  function revoke(userId: UserId, sessionId: string | null, code: number): void {
    deps.forgetSessions()
    hub.revoke(userId, sessionId, code)
  }
  return { hub, board, hints, revoke }
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
        onRevoked({ userId, sessionId, reason }) {
          // Who may do something else now is still signed in, and comes back with the new rights.
          const code = reason === 'roles-changed' ? closeCodes.goingAway : closeCodes.revoked
          live().revoke(userId, sessionId, code)
          live().hints.tell(`${revokedWord} ${userId} ${sessionId ?? ''} ${code}`)
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
