import { join } from 'node:path'
import { stat } from 'node:fs/promises'
import type { FastifyInstance } from 'fastify'
import { Health } from '#contracts/health.ts'
import { UserId } from '#contracts/identity.ts'
import { openFileBlobs } from '#platform/blobs/blobs.ts'
import { createPostgresBus, type PostgresBus } from '#platform/bus/postgres-bus.ts'
import { createComputePool } from '#platform/compute/pool.ts'
import type { Config } from '#platform/config/config.ts'
import { openDatabase, type Database } from '#platform/database/database.ts'
import { HealthCheck } from '#platform/health/health.ts'
import { createHttp, ownerTokenIdentity } from '#platform/http/http.ts'
import { Idempotency } from '#platform/http/idempotency.ts'
import { startJobs } from '#platform/jobs/jobs.ts'
import type { Log } from '#platform/observability/log.ts'
import { startTracing, traced } from '#platform/observability/tracing.ts'
import { createBatchesApi } from '#services/batches/service.ts'
import { createFilesApi, createReaderPool } from '#services/files/service.ts'
import { createIdentityApi } from '#services/identity/service.ts'
import { createLanguageApi } from '#services/language/service.ts'
import { createSpellingApi, loadLexicon } from '#services/spelling/service.ts'
import { countChains } from '#services/trace/service.ts'
import { access } from './access.ts'
import { createMetrics } from './metrics.ts'
import { explainListening } from './port.ts'
import { createServices } from './services.ts'
import { addWeb } from './web.ts'

export interface ServerOptions {
  config: Config
  /** As assay_app, migrated. */
  connectionString: string
  ownerToken: string
  log: Log
}

export interface Server {
  port: number
  url: string
  database: Database
  bus: PostgresBus
  /** Refuses new requests, lets what is under way commit, and ends within ten seconds. */
  stop(): Promise<void>
}

/** The owner of a laptop, until identity knows persons. */
const localOwner = UserId.parse('00000000-0000-7000-8000-000000000001')

/** The one place where everything is put together: services, their clients, the log, jobs and HTTP. */
export async function startServer(options: ServerOptions): Promise<Server> {
  const { config, log } = options
  const tracing = config.tracesTo ? await startTracing(config.tracesTo, 'assay') : null
  const database = openDatabase(options.connectionString, { max: 8 })
  const bus = createPostgresBus({ database, logger: log, applicationName: 'assay' })
  const identity = createIdentityApi(database)
  const schoolId = await identity.ensureLocalSchool()
  const blobs = await openFileBlobs(join(config.data, 'originals'))
  const lexicon = loadLexicon()
  // Apart, because the grammar checker takes 250 MB in each thread that loads it.
  const spellingPool = createComputePool({ threads: config.spellingThreads, shared: { lexicon } })
  const languagePool = createComputePool({ threads: config.languageThreads, shared: {} })
  const readers = createReaderPool({
    size: config.readers,
    logger: log,
    limits: { fileBytes: config.maxFileBytes, archiveBytes: config.maxArchiveBytes },
  })

  const files = createFilesApi(database)
  const batches = createBatchesApi(database)
  const spelling = createSpellingApi(database, lexicon)
  const language = createLanguageApi(database)
  const idempotency = new Idempotency(database)
  const schools = () => identity.listSchools()
  const common = { database, bus, config, log, files, batches, spellingPool, languagePool, schools }

  const services = createServices({
    ...common,
    blobs,
    readers,
    idempotency,
    spelling,
    language,
    engineVersions: { spelling: spelling.engineVersion, language: language.engineVersion },
  })
  const health = new HealthCheck({
    database,
    bus,
    schoolId,
    listLongTransactions: () => bus.listLongTransactions(),
    dependencies: [
      { name: 'database', required: true, probe: async () => void (await database.pool.query('select 1')) },
      {
        name: 'originals',
        required: true,
        probe: async () => void (await stat(join(config.data, 'originals'))),
      },
    ],
  })
  for (const subscription of [
    ...services.flatMap((service) => service.subscriptions ?? []),
    health.subscription,
  ])
    bus.subscribe(traced(subscription))

  const metrics = createMetrics({ bus, countChains: () => countChains(database, schoolId) })
  let port = config.port
  const app = await createHttp({
    log,
    port: () => port,
    access,
    authenticate: ownerTokenIdentity(options.ownerToken, { userId: localOwner, schoolId }),
    onAnswer: metrics.onAnswer,
  })
  await app.register(
    async (api) => {
      for (const service of services) service.routes?.(api)
    },
    { prefix: '/api/v1' },
  )
  addOperations(app, health, metrics.registry)
  await addWeb(app)

  await bus.start()
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
    await Promise.all([spellingPool.close(), languagePool.close()])
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

  return { port, url: `http://localhost:${port}`, database, bus, stop }
}

/** What an operator and a load balancer ask: health and metrics, outside `/api/v1`. */
function addOperations(
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
  // The server listens on loopback only, so whoever asks is on this computer.
  app.get('/health', { schema: { tags: ['operations'], response: { 200: Health } } }, () => health.read())
  app.get('/metrics', plain, async (_request, reply) =>
    reply.type(registry.contentType).send(await registry.metrics()),
  )
}
