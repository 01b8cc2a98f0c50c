import { join } from 'node:path'
import { stat } from 'node:fs/promises'
import type { SchoolId } from '#contracts/common.ts'
import { createPostgresBus, type PostgresBus } from '#platform/bus/postgres-bus.ts'
import type { Config, ServiceName } from '#platform/config/config.ts'
import { openDatabase, type Database } from '#platform/database/database.ts'
import { createForeground } from '#platform/foreground.ts'
import { HealthCheck } from '#platform/health/health.ts'
import type { Route } from '#platform/http/doors.ts'
import { createHttp } from '#platform/http/http.ts'
import { stampLiveAnswers } from '#platform/http/live.ts'
import { Idempotency } from '#platform/http/idempotency.ts'
import { startJobs } from '#platform/jobs/jobs.ts'
import type { Log } from '#platform/observability/log.ts'
import { startTracing, traced } from '#platform/observability/tracing.ts'
import { createBatchesApi } from '#services/batches/service.ts'
import { createFilesApi } from '#services/files/service.ts'
import { createIdentity } from '#services/identity/service.ts'
import { createRealtimeApi } from '#services/realtime/service.ts'
import { countChains, listBrokenChains } from '#services/trace/service.ts'
import { access } from './access.ts'
import { limitsOf } from './limits.ts'
import { createMetrics } from './metrics.ts'
import { addHealth, statusRoutes } from './operations.ts'
import { createHeavyParts } from './parts.ts'
import { explainListening } from './port.ts'
import { createReach } from './reach.ts'
import { createServices } from './services.ts'
import { addWeb } from './web.ts'

export interface ServerOptions {
  config: Config
  /** As assay_app, migrated. */
  connectionString: string
  /** Good on a laptop only. */
  ownerToken: string
  /** Signs cookies and encrypts the keys of JWTs. */
  secret: string
  /** Of the data folder, where this process serves one: tells a restored database from the one it was. */
  installationId?: string
  log: Log
}

export interface Server {
  port: number
  url: string
  database: Database
  bus: PostgresBus
  /** What it answers to. */
  routes: readonly Route[]
  /** Refuses new requests, lets what is under way commit, and ends within ten seconds. */
  stop(): Promise<void>
}

/** The program's own events, such as the sentinel of the health check, belong to no school that exists. */
const noSchool = '00000000-0000-7000-8000-000000000000' as SchoolId

/** The one place where everything is put together: services, their clients, the log, jobs and HTTP. */
export async function startServer(options: ServerOptions): Promise<Server> {
  const { config, log } = options
  const tracing = config.tracesTo ? await startTracing(config.tracesTo, 'assay') : null
  const database = openDatabase(options.connectionString, { max: 8 })
  const foreground = createForeground()
  const bus = createPostgresBus({
    database,
    logger: log,
    pollMs: config.pollMs,
    applicationName: 'assay',
    standBack: foreground.standBack,
  })
  const runs = (name: ServiceName): boolean => config.services.includes(name)
  let port = config.port
  const identity = createIdentity({
    database,
    bus,
    config,
    log,
    port: () => port,
    secret: options.secret,
    ownerToken: options.ownerToken,
  })
  if (config.mode === 'laptop') await identity.ensureLocalOwner()
  const realtime = createRealtimeApi(database)
  if (options.installationId !== undefined) await realtime.keepInstallation(options.installationId)
  const heavy = await createHeavyParts({ config, log, database, runs })
  const schools = () => identity.listSchools()
  const files = createFilesApi(database)
  const batches = createBatchesApi(database)
  const originals = {
    name: 'originals',
    required: true,
    probe: async () => void (await stat(join(config.data, 'originals'))),
  }
  const health = new HealthCheck({
    database,
    bus,
    services: config.services,
    schoolId: noSchool,
    listLongTransactions: () => bus.listLongTransactions(),
    dependencies: [
      { name: 'database', required: true, probe: async () => void (await database.pool.query('select 1')) },
      ...(runs('files') ? [originals] : []),
    ],
  })
  // Assigned, not spread: what is heavy is made when a service of this process takes it.
  const services = createServices(
    Object.assign(heavy, {
      database,
      bus,
      foreground,
      config,
      log,
      schools,
      keepDaysOf: (schoolId: SchoolId) => identity.keepDaysOf(schoolId),
      identity,
      people: identity,
      files,
      batches,
      idempotency: new Idempotency(database),
      authenticate: identity.authenticate,
      authenticateToken: identity.authenticateToken,
      forgetSessions: () => identity.actions.forget(),
      readHealth: () => health.read(),
    }),
    config.services,
  )
  for (const subscription of [
    ...services.flatMap((service) => service.subscriptions ?? []),
    health.subscription,
  ])
    bus.subscribe(traced(subscription))

  const metrics = createMetrics({
    bus,
    countChains: async () => {
      const sum = { broken: 0, open: 0, files: 0 }
      for (const school of await schools()) {
        const { broken, open, files } = await countChains(database, school)
        sum.broken += broken
        sum.open += open
        sum.files += files
      }
      return sum
    },
  })
  const app = await createHttp({
    log,
    addresses: {
      port: () => port,
      mode: config.mode,
      publicUrl: config.publicUrl,
      origins: config.origins,
    },
    access,
    authenticate: identity.authenticate,
    trustProxy: config.trustProxy,
    mayReach: createReach(batches, files),
    limits: limitsOf(config.mode),
    onAnswer: metrics.onAnswer,
  })
  stampLiveAnswers(app, (principal, behind) => realtime.readStamp(principal, behind))
  for (const service of services) await service.sockets?.(app)
  await app.register(
    async (api) => {
      for (const service of services) service.routes?.(api)
      if (!runs('identity')) return
      statusRoutes({
        database,
        bus,
        health,
        config,
        countChains: (school) => countChains(database, school),
        listBrokenChains: (school, query) => listBrokenChains({ database, files }, school, query),
      })(api)
    },
    { prefix: '/api/v1' },
  )
  for (const service of services) service.rootRoutes?.(app)
  addHealth(app, health, metrics.registry)
  // The pages begin with signing in.
  if (runs('identity')) await addWeb(app)

  await bus.start()
  for (const service of services) await service.start?.()
  const jobs = await startJobs({
    database,
    log,
    // Most of them wait for the readers, and are settled together.
    concurrency: 8 * config.readers,
    handlers: Object.assign({}, ...services.map((service) => service.jobs ?? {})),
    schedule: Object.assign({}, ...services.map((service) => service.schedule ?? {})),
  })
  async function stop(): Promise<void> {
    await app.close()
    await jobs.stop()
    await bus.stop()
    await Promise.all(services.map((service) => service.close?.()))
    await heavy.close()
    await identity.close()
    await database.close()
    await tracing?.stop()
  }
  try {
    await app.listen({ host: '127.0.0.1', port: config.port })
  } catch (error) {
    // What has been started would keep a process alive that serves nobody.
    await stop()
    throw await explainListening(error, config.port)
  }
  const address = app.server.address()
  if (address && typeof address === 'object') port = address.port
  // On a server somebody signs in soon; a laptop may never need it.
  if (config.mode === 'server') await identity.auth()

  return { port, url: `http://localhost:${port}`, database, bus, routes: app.listRoutes(), stop }
}
