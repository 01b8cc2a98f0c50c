import { randomBytes } from 'node:crypto'
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startServer, type Server } from '#apps/server/server.ts'
import type { BatchView } from '#contracts/batches.ts'
import type { BatchResults, RunView } from '#contracts/results.ts'
import { readConfig } from '#platform/config/config.ts'
import { createLog } from '#platform/observability/log.ts'
import { testDatabase, type TestDatabase } from '#platform/testing/databases.ts'
import { findViolations, type Acknowledged } from '#platform/testing/invariants.ts'
import { createClient, type Client } from './client.ts'

/** A whole program on a database of its own, and a client that speaks to it over HTTP as anybody would. */
export interface System extends Client {
  server: Server
  testDatabase: TestDatabase
  data: string
  /** The owner token; good on a laptop only. */
  token: string
  /** Signs cookies and encrypts the keys of JWTs. */
  secret: string
  /** Starts a run of the batch and waits for its end. */
  run(batchId: string, wish?: object): Promise<RunView>
  /** The run when it has ended. */
  ended(runId: string): Promise<RunView>
  /** The batch when no file of it is being read. */
  settled(batchId: string): Promise<BatchView>
  results(batchId: string): Promise<BatchResults>
  /** What is wrong with the invariants once nothing is under way. */
  violations(acknowledged?: readonly Acknowledged[]): Promise<string[]>
  /** Stops the program and starts it again on the same database and folder; on the same port when it is given. */
  restart(options?: { port?: number; meanwhile?: () => Promise<unknown> }): Promise<void>
  stop(): Promise<void>
}

export async function startSystem(flags: Parameters<typeof readConfig>[0] = {}): Promise<System> {
  const testing = await testDatabase({ max: 4 })
  const data = await mkdtemp(join(tmpdir(), 'assay-e2e-'))
  const token = randomBytes(32).toString('base64url')
  const secret = randomBytes(48).toString('base64url')
  const config = readConfig({ data, port: 0, ...flags }, {})
  const log = createLog({ level: process.env.ASSAY_TEST_LOG ?? 'error' })
  const boot = (port = config.port) =>
    startServer({
      config: { ...config, port },
      connectionString: testing.connectionString,
      ownerToken: token,
      secret,
      log,
    })

  const system: System = {
    ...createClient(() => system.server.url, token),
    server: await boot(),
    testDatabase: testing,
    data,
    token,
    secret,
    run: async (batchId, wish = {}) => system.ended(await system.startRun(batchId, wish)),
    ended: (runId) =>
      until(
        () => system.getRun(runId),
        (run) => run.outcome !== null,
        60_000,
      ),
    settled: (batchId) =>
      until(
        () => system.batch(batchId),
        ({ counts }) => counts.received > 0 && counts.reading === 0,
      ),
    async results(batchId) {
      await system.server.bus.whenQuiet(90_000)
      return system.json('GET', `batches/${batchId}/results`)
    },
    async violations(acknowledged) {
      await system.server.bus.whenQuiet(90_000)
      return findViolations({
        owner: testing.ownerPool,
        quiet: true,
        originals: join(data, 'originals'),
        countsOf: async (batchId) => (await system.batch(batchId)).counts,
        ...(acknowledged ? { acknowledged } : {}),
      })
    },
    async restart({ port, meanwhile } = {}) {
      await system.server.stop()
      await meanwhile?.()
      system.server = await boot(port)
    },
    async stop() {
      await system.server.stop()
      await testing.drop()
      await rm(data, { recursive: true, force: true })
    },
  }
  return system
}

/** Asks again and again until the answer is as wanted; the last answer is named when time runs out. */
export async function until<T>(
  ask: () => Promise<T>,
  wanted: (answer: T) => boolean,
  timeoutMs = 90_000,
): Promise<T> {
  const end = performance.now() + timeoutMs
  for (;;) {
    const answer = await ask()
    if (wanted(answer)) return answer
    if (performance.now() > end)
      throw new Error(`not within ${timeoutMs} ms: ${JSON.stringify(answer).slice(0, 2000)}`)
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}

/** The files of the sample class, by name. */
export async function sampleClass(): Promise<{ name: string; bytes: Buffer }[]> {
  const folder = new URL('../samples/class/', import.meta.url)
  const names = (await readdir(folder)).sort()
  return Promise.all(
    names.map(async (name) => ({ name, bytes: await readFile(new URL(encodeURIComponent(name), folder)) })),
  )
}
