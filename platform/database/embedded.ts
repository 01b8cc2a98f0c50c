import { createServer } from 'node:net'
import { realpath } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import { type Binaries, embeddedBinaries } from './binaries.ts'
import { ensureCluster, type Passwords, readPasswords, type Role, writeSettings } from './cluster.ts'
import { boundLog, findPostmaster, isAlive, startPostmaster, stopPostmaster, until } from './postmaster.ts'
import { ensureRolesAndDatabase } from './roles.ts'
import { makeFolderDurably } from './durable.ts'
import { codeOf, messageOf } from './trouble.ts'
import { chooseRunner, type Runner } from './unprivileged.ts'

export interface EmbeddedOptions {
  /** A fixed port; without one any that is free. */
  port?: number
  binaries?: Binaries
  /** More lines for postgresql.conf: for tests. */
  settings?: string
  /** Told of starts, deaths and failed restarts. */
  onEvent?: (event: EmbeddedEvent) => void
  /** False leaves a postmaster that dies dead: for tests. */
  supervise?: boolean
  /** How PostgreSQL is kept from being root: for tests. */
  unprivileged?: { userNamespaces?: boolean; home?: string }
}

export type EmbeddedEvent =
  | { type: 'started' | 'adopted' | 'restarted'; pid: number; port: number; milliseconds: number }
  | { type: 'died'; pid: number }
  | { type: 'restart-failed'; error: string; nextTryInMilliseconds: number }

export interface EmbeddedDatabase {
  readonly port: number
  /** Of the postmaster; null while it is down. */
  readonly pid: number | null
  /** Whether it outlived the program that had started it. */
  readonly adopted: boolean
  /** The address for migrations, as assay_owner. */
  readonly ownerUrl: string
  /** The address for everything else, as assay_app. */
  readonly appUrl: string
  url(role: Role, database?: string): string
  /** Ends every session, writes a checkpoint, and returns when the last process is gone. */
  stop(): Promise<void>
}

const backOff = [0, 100, 250, 500, 1000, 2000, 5000]

/**
 * Starts the database in `<data>/postgres`, or adopts the one that already serves that folder, and keeps it up:
 * a postmaster that dies is started again on the same port. When the program is killed the postmaster lives on
 * and the next start adopts it. The caller holds the data folder: two programs never do this at once.
 */
export async function startEmbedded(data: string, options: EmbeddedOptions = {}): Promise<EmbeddedDatabase> {
  const folder = resolve(data)
  await makeFolderDurably(folder)
  const cluster = join(await realpath(folder), 'postgres')
  const binaries = options.binaries ?? (await embeddedBinaries())
  const runner = await chooseRunner(binaries, cluster, options.unprivileged)
  await ensureCluster(cluster, runner)
  await writeSettings(cluster, runner, options.settings)
  const passwords = await readPasswords(cluster)
  const server = new Server(cluster, runner, passwords, options)
  await server.begin()
  await ensureRolesAndDatabase(server.url('postgres', 'postgres'), passwords)
  return server
}

async function freePort(): Promise<number> {
  const probe = createServer()
  await new Promise<void>((done, fail) => probe.once('error', fail).listen(0, '127.0.0.1', done))
  const { port } = probe.address() as { port: number }
  await new Promise((done) => probe.close(done))
  return port
}

class Server implements EmbeddedDatabase {
  port = 0
  pid: number | null = null
  adopted = false
  #stopping = false
  #cluster: string
  #runner: Runner
  #passwords: Passwords
  #options: EmbeddedOptions
  #restarting: Promise<void> = Promise.resolve()
  #watch: NodeJS.Timeout | null = null
  #abandon = new AbortController()

  constructor(cluster: string, runner: Runner, passwords: Passwords, options: EmbeddedOptions) {
    this.#cluster = cluster
    this.#runner = runner
    this.#passwords = passwords
    this.#options = options
  }

  get ownerUrl(): string {
    return this.url('assay_owner')
  }

  get appUrl(): string {
    return this.url('assay_app')
  }

  url(role: Role, database = 'assay'): string {
    return `postgres://${role}:${this.#passwords[role]}@127.0.0.1:${this.port}/${database}`
  }

  async begin(): Promise<void> {
    const from = performance.now()
    await boundLog(`${this.#cluster}.log`)
    const event = (await this.#adopt()) ? 'adopted' : 'started'
    if (event === 'started') await this.#startOnSomePort()
    this.#tell(event, from)
    this.#watchEvery(200)
  }

  async stop(): Promise<void> {
    this.#stopping = true
    this.#abandon.abort()
    if (this.#watch) clearInterval(this.#watch)
    await this.#restarting
    const running = await findPostmaster(await realpath(this.#cluster))
    if (running) await stopPostmaster(this.#cluster, running.pid)
    this.pid = null
  }

  #tell(type: 'started' | 'adopted' | 'restarted', from: number): void {
    const milliseconds = Math.round(performance.now() - from)
    this.#options.onEvent?.({ type, pid: this.pid as number, port: this.port, milliseconds })
  }

  /** Takes over a postmaster that answers; one that does not, or runs another build, is stopped first. */
  async #adopt(): Promise<boolean> {
    const real = await realpath(this.#cluster)
    const found = await findPostmaster(real)
    if (!found) return false
    const asked = this.#options.port
    const suits = found.program === this.#runner.binaries.postgres && (!asked || asked === found.port)
    this.port = found.port
    if (suits && found.port > 0 && (await this.#answers(10_000))) {
      this.pid = found.pid
      this.adopted = true
      return true
    }
    await stopPostmaster(this.#cluster, found.pid)
    return false
  }

  async #answers(patience: number): Promise<boolean> {
    return until(async () => {
      const client = new pg.Client({
        connectionString: this.url('postgres', 'postgres'),
        connectionTimeoutMillis: 2000,
        query_timeout: 2000,
      })
      client.on('error', () => {})
      try {
        await client.connect()
        await client.query('select 1')
        return true
      } catch {
        return false
      } finally {
        await client.end().catch(() => {})
      }
    }, patience)
  }

  async #startOnSomePort(): Promise<void> {
    for (let tries = 1; ; tries++) {
      this.port = this.#options.port ?? (await freePort())
      try {
        await this.#start()
        return
      } catch (error) {
        // Another program took the port between our look and the start.
        const taken = codeOf((error as Error).cause) === 'EADDRINUSE'
        if (!taken || this.#options.port || tries === 5) throw error
      }
    }
  }

  async #start(): Promise<void> {
    const { child, ended } = await startPostmaster(this.#cluster, this.port, this.#runner)
    const pid = child.pid as number
    this.pid = pid
    this.adopted = false
    void ended.then(() => this.#died(pid))
  }

  /**
   * An adopted postmaster is nobody's child that could tell us of its end, so it is looked at. One that someone
   * has asked to end (SIGTERM) waits for our pools, which never leave, and takes nobody new: it is hurried.
   */
  #watchEvery(milliseconds: number): void {
    let looks = 0
    let looking = false
    const look = async () => {
      const pid = this.pid
      if (++looks % 300 === 0) await boundLog(`${this.#cluster}.log`)
      if (pid === null || this.#stopping) return
      const real = await realpath(this.#cluster)
      if (this.adopted && !(await isAlive(pid, real))) this.#died(pid)
      else if ((await findPostmaster(real))?.status === 'stopping') process.kill(pid, 'SIGINT')
    }
    this.#watch = setInterval(() => {
      if (looking) return
      looking = true
      void look()
        .catch(() => {})
        .finally(() => (looking = false))
    }, milliseconds)
    this.#watch.unref()
  }

  #died(pid: number): void {
    if (this.pid !== pid || this.#stopping) return
    this.pid = null
    this.#options.onEvent?.({ type: 'died', pid })
    if (this.#options.supervise ?? true) this.#restarting = this.#restart()
  }

  async #restart(): Promise<void> {
    const from = performance.now()
    for (let tries = 0; !this.#stopping; tries++) {
      try {
        // Someone may have started it by hand, and a server process may have outlived its postmaster.
        const found = await findPostmaster(await realpath(this.#cluster))
        if (found) await stopPostmaster(this.#cluster, found.pid)
        if (this.#stopping) return
        await this.#start()
        this.#tell('restarted', from)
        return
      } catch (error) {
        const wait = backOff[Math.min(tries, backOff.length - 1)] as number
        this.#options.onEvent?.({
          type: 'restart-failed',
          error: messageOf(error),
          nextTryInMilliseconds: wait,
        })
        await sleep(wait, undefined, { signal: this.#abandon.signal }).catch(() => {})
      }
    }
  }
}
