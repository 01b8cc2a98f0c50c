import { randomUUID } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { binariesIn } from '#platform/database/binaries.ts'
import { type EmbeddedDatabase, startEmbedded } from '#platform/database/embedded.ts'
import { migrate } from '#platform/database/migrate.ts'
import { createDatabase, withClient } from '#platform/database/roles.ts'

/** A PostgreSQL server of a test's own, that it may stop, kill and start again on the same port. */
export interface TestServer {
  readonly port: number
  /** Of the postmaster; null while it is down. */
  readonly pid: number | null
  /** As assay_owner. */
  ownerUrl(database: string): string
  /** As assay_app. */
  appUrl(database: string): string
  /** As the superuser. */
  adminUrl(database: string): string
  /** Makes a migrated database and returns its name. */
  createDatabase(): Promise<string>
  dropDatabase(name: string): Promise<void>
  /** Fast shutdown; the data stay. */
  stop(): Promise<void>
  /** Starts it again after `stop`, or after the test has killed `pid`. */
  start(): Promise<void>
  /** Stops it and removes its folder. */
  remove(): Promise<void>
}

const debian15 = '/usr/lib/postgresql/15'

/** Debian's PostgreSQL 15, the oldest that is supported; not installed everywhere. */
export const debian15Available = (): boolean => existsSync(`${debian15}/bin/postgres`)

/** What a test folder's name begins with; then comes the pid of the process it belongs to. */
export const testFolderPrefix = join(tmpdir(), 'assay-test-')

/** More connections than one program needs; and nothing survives a power cut, which no test waits for. */
const settings = 'max_connections = 200\nautovacuum_naptime = 20s\nmax_prepared_transactions = 10\n'
const fast = 'fsync = off\nfull_page_writes = off\n'
const template = 'assay_template'

export async function startTestServer(
  options: { version?: '18-embedded' | '15-debian'; durable?: boolean; folder?: string } = {},
): Promise<TestServer> {
  const folder = options.folder ?? (await mkdtemp(`${testFolderPrefix}${process.pid}-`))
  const start = (port?: number): Promise<EmbeddedDatabase> =>
    startEmbedded(folder, {
      ...(port ? { port } : {}),
      ...(options.version === '15-debian' ? { binaries: binariesIn(debian15, 15) } : {}),
      settings: options.durable ? settings : settings + fast,
      supervise: false,
    })
  let server = await start()
  let ready: Promise<void> | null = null

  const onServer = <T>(work: Parameters<typeof withClient<T>>[1]) =>
    withClient(server.url('postgres', 'postgres'), work)

  async function makeTemplate(): Promise<void> {
    await onServer((client) => createDatabase(client, template))
    await migrate(server.url('assay_owner', template))
  }

  return {
    get port() {
      return server.port
    },
    get pid() {
      return server.pid
    },
    ownerUrl: (database) => server.url('assay_owner', database),
    appUrl: (database) => server.url('assay_app', database),
    adminUrl: (database) => server.url('postgres', database),
    async createDatabase() {
      ready ??= makeTemplate()
      await ready
      const name = `test_${randomUUID().replaceAll('-', '')}`
      await onServer((client) => createDatabase(client, name, template))
      return name
    },
    dropDatabase: (name) =>
      onServer(async (client) => {
        await client.query(`drop database if exists ${client.escapeIdentifier(name)} with (force)`)
      }),
    stop: () => server.stop(),
    async start() {
      server = await start(server.port)
    },
    async remove() {
      await server.stop()
      await rm(folder, { recursive: true, force: true })
    },
  }
}
