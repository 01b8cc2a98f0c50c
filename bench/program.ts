// The program as a user has it: its own process on a new folder, its own database with durable settings, HTTP.
import { spawn, type ChildProcess } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import pg from 'pg'
import type { RunView } from '#contracts/results.ts'
import type { CorpusFile } from './corpus.ts'
import { cpuSeconds } from './processes.ts'

const root = fileURLToPath(new URL('..', import.meta.url))

export interface ProgramOptions {
  /** Watches the event loop, for `loop()`. */
  watchLoop?: boolean
  /** Loads pg_stat_statements, for `statements()`; costs the database a little, so only where it is asked for. */
  countStatements?: boolean
}

/** Totals since the database was made; differences of two readings are what something cost. */
export interface Totals {
  cpuSeconds: number
  walBytes: number
}

export interface BatchTimes {
  batchId: string
  /** From the log: first file received to pipeline completed. */
  seconds: number
  /** From the first byte sent to pipeline completed. */
  secondsFromSending: number
  /** How often the bench itself asked for the run; each is one commit. */
  looks: number
}

export class Program {
  readonly folder: string
  readonly #options: ProgramOptions
  #child: ChildProcess | null = null
  /** The end of what it printed, for when it does not start. */
  #said = ''
  #url = ''
  #token = ''
  #besideUrl = ''
  #admin: pg.Client | null = null
  #app: pg.Client | null = null

  private constructor(folder: string, options: ProgramOptions) {
    this.folder = folder
    this.#options = options
  }

  static async start(options: ProgramOptions = {}): Promise<Program> {
    const program = new Program(await mkdtemp(join(tmpdir(), 'assay-bench-')), options)
    try {
      await program.#boot()
      if (options.countStatements) await program.#loadStatements()
    } catch (error) {
      await program.stop()
      throw error
    }
    return program
  }

  get pid(): number {
    return this.#child?.pid ?? 0
  }

  get url(): string {
    return this.#url
  }

  get token(): string {
    return this.#token
  }

  /** The database beside the program's own, on the same server with the same settings, as its superuser. */
  get besideUrl(): string {
    return this.#besideUrl
  }

  get data(): string {
    return join(this.folder, 'data')
  }

  get #loopFile(): string {
    return join(this.folder, 'loop.json')
  }

  async #boot(): Promise<void> {
    const probe = this.#options.watchLoop
      ? ['--import', new URL('./loop-probe.ts', import.meta.url).href]
      : []
    // As `npm start` does.
    const flags = [
      '--max-semi-space-size=8',
      ...(process.env.BENCH_NODE_FLAGS ?? '').split(' ').filter(Boolean),
    ]
    const child = spawn(
      process.execPath,
      [...probe, ...flags, 'apps/cli/main.ts', 'start', '--no-sample', '--data', this.data, '--port', '0'],
      {
        cwd: root,
        stdio: ['ignore', 'ignore', 'pipe'],
        env: { ...process.env, BENCH_LOOP_FILE: this.#loopFile, INIT_CWD: root },
      },
    )
    this.#child = child
    child.stderr!.on('data', (piece: Buffer) => (this.#said = (this.#said + piece.toString()).slice(-4000)))
    const announcement = await this.#announced(child)
    this.#url = `http://127.0.0.1:${announcement.port}`
    this.#token = (await readFile(join(this.data, 'owner-token'), 'utf8')).trim()
    const passwords = JSON.parse(await readFile(join(this.data, 'postgres-passwords.json'), 'utf8')) as {
      postgres: string
    }
    const at = new URL(announcement.database.ownerUrl)
    this.#besideUrl = `postgres://postgres:${passwords.postgres}@127.0.0.1:${at.port}/postgres`
    const connect = async (database: string) => {
      const client = new pg.Client({
        host: '127.0.0.1',
        port: Number(at.port),
        user: 'postgres',
        password: passwords.postgres,
        database,
      })
      client.on('error', () => {})
      await client.connect()
      return client
    }
    // Figures are read from a database of their own, so that reading them is not counted with the program's.
    this.#admin = await connect('postgres')
    this.#app = await connect('assay')
  }

  async #announced(child: ChildProcess): Promise<{ port: number; database: { ownerUrl: string } }> {
    for (let tries = 0; tries < 1200 && child.exitCode === null; tries++) {
      const text = await readFile(join(this.data, 'server.json'), 'utf8').catch(() => null)
      if (text !== null) return JSON.parse(text)
      await sleep(50)
    }
    throw new Error(`the program did not start (exit ${child.exitCode}): ${this.#said}`)
  }

  async #loadStatements(): Promise<void> {
    await this.#admin!.query(`alter system set shared_preload_libraries = 'pg_stat_statements'`)
    await this.#end()
    await this.#boot()
    await this.#admin!.query('create extension if not exists pg_stat_statements')
  }

  async #end(): Promise<void> {
    await Promise.all([this.#admin?.end(), this.#app?.end()])
    const child = this.#child
    this.#child = null
    if (!child || child.exitCode !== null) return
    const ended = new Promise((resolve) => child.once('exit', resolve))
    child.kill('SIGTERM')
    await ended
  }

  async stop(): Promise<void> {
    await this.#end()
    await rm(this.folder, { recursive: true, force: true })
  }

  async totals(): Promise<Totals> {
    const { rows } = await this.#admin!.query<{ wal: string }>(
      `select pg_wal_lsn_diff(pg_current_wal_lsn(), '0/0')::text as wal`,
    )
    return { cpuSeconds: cpuSeconds(this.pid), walBytes: Number(rows[0]!.wal) }
  }

  /**
   * Commits of the program's database, read-only transactions too. Servers report up to 10 s late, so this waits
   * 11 s and takes off what an idle program commits in that time, which it measures over the next 11 s.
   */
  async settledCommits(): Promise<{ commits: number; idlePerSecond: number }> {
    const read = async () => {
      const { rows } = await this.#admin!.query<{ commits: string }>(
        `select xact_commit::text as commits from pg_stat_database where datname = 'assay'`,
      )
      return Number(rows[0]!.commits)
    }
    const wait = 11_000
    await sleep(wait)
    const first = await read()
    await sleep(wait)
    const idle = (await read()) - first
    return { commits: first - idle, idlePerSecond: (idle * 1000) / wait }
  }

  /** Statements by anybody but this bench, those that begin and end transactions too. */
  async statements(): Promise<{ calls: number; text: string }[]> {
    const { rows } = await this.#admin!.query<{ calls: string; text: string }>(`
      select sum(calls)::text as calls, query as text from pg_stat_statements s join pg_database d on d.oid = s.dbid
        join pg_roles r on r.oid = s.userid
      where d.datname = 'assay' and r.rolname <> 'postgres' group by query order by sum(calls) desc`)
    return rows.map((row) => ({ calls: Number(row.calls), text: row.text }))
  }

  /** Delay of the server's event loop since the last call, in milliseconds. */
  async loop(): Promise<{ p50: number; p99: number; max: number }> {
    await rm(this.#loopFile, { force: true })
    process.kill(this.pid, 'SIGUSR2')
    for (let tries = 0; tries < 200; tries++) {
      await sleep(20)
      const text = await readFile(this.#loopFile, 'utf8').catch(() => '')
      if (text) return JSON.parse(text)
    }
    throw new Error('the loop probe did not answer')
  }

  async request<T>(
    method: string,
    path: string,
    body?: string | Buffer<ArrayBuffer>,
    type = 'application/json',
  ): Promise<T> {
    const response = await fetch(`${this.#url}/api/v1/${path}`, {
      method,
      headers: {
        authorization: `Bearer ${this.#token}`,
        ...(body === undefined ? {} : { 'content-type': type }),
      },
      ...(body === undefined ? {} : { body }),
    })
    const text = await response.text()
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`)
    return JSON.parse(text) as T
  }

  /** Rows of the program's database, as its superuser: what a hand-written program would read. */
  async query(text: string, values: unknown[]): Promise<unknown[]> {
    return (await this.#app!.query(text, values)).rows
  }

  /** Waits until no file is being read and every subscription has handled everything. */
  async whenQuiet(): Promise<void> {
    for (;;) {
      await sleep(200)
      const { items } = await this.request<{ items: { counts: { reading: number } }[] }>('GET', 'batches')
      const health = await fetch(`${this.#url}/health`)
      const { subscriptions } = (await health.json()) as { subscriptions: { lag: number }[] }
      if (items.every((batch) => batch.counts.reading === 0) && subscriptions.every((each) => each.lag === 0))
        return
    }
  }

  /** Uploads, asks for a run as soon as the last request is answered, and waits for its end. */
  async runBatch(
    files: readonly CorpusFile[],
    options: { perRequest?: number; lookEveryMs?: number } = {},
  ): Promise<BatchTimes> {
    const { perRequest = 64, lookEveryMs = 100 } = options
    const requests: { body: Buffer<ArrayBuffer>; type: string }[] = []
    for (let i = 0; i < files.length; i += perRequest)
      requests.push(multipart(files.slice(i, i + perRequest)))
    const { batchId } = await this.request<{ batchId: string }>(
      'POST',
      'batches',
      JSON.stringify({ title: 'bench' }),
    )
    const sending = Date.now()
    for (const { body, type } of requests) await this.request('POST', `batches/${batchId}/files`, body, type)
    const { runId } = await this.request<{ runId: string }>('POST', `batches/${batchId}/pipeline-runs`, '{}')
    for (let looks = 1; ; looks++) {
      await sleep(lookEveryMs)
      const run = await this.request<RunView>('GET', `pipeline-runs/${runId}`)
      if (run.outcome === null) continue
      if (run.outcome !== 'succeeded') throw new Error(`the run ended ${run.outcome}`)
      const checked = run.phases.map((phase) => phase.succeeded)
      if (checked.some((count) => count !== files.length))
        throw new Error(`${checked.join(', ')} of ${files.length} were checked`)
      const { received, completed } = await this.#times(batchId)
      return {
        batchId,
        looks,
        seconds: (completed - received) / 1000,
        secondsFromSending: (completed - sending) / 1000,
      }
    }
  }

  async #times(batchId: string): Promise<{ received: number; completed: number }> {
    const { rows } = await this.#app!.query<{ received: string; completed: string }>(
      `select min(payload ->> 'occurredAt') filter (where type = 'files.file-received') as received,
         max(payload ->> 'occurredAt') filter (where type = 'batches.pipeline-completed') as completed
       from bus.events where key = $1`,
      [batchId],
    )
    return { received: Date.parse(rows[0]!.received), completed: Date.parse(rows[0]!.completed) }
  }
}

const boundary = 'assay-bench-7d1f2c'

function multipart(files: readonly CorpusFile[]): { body: Buffer<ArrayBuffer>; type: string } {
  const parts = files.flatMap(({ fileName, bytes }) => [
    Buffer.from(
      `--${boundary}\r\ncontent-disposition: form-data; name="file"; filename="${fileName.replace(/[^\x20-\x7e]/g, '_')}"\r\ncontent-type: application/octet-stream\r\n\r\n`,
    ),
    bytes,
    Buffer.from('\r\n'),
  ])
  return {
    body: Buffer.concat([...parts, Buffer.from(`--${boundary}--\r\n`)]),
    type: `multipart/form-data; boundary=${boundary}`,
  }
}
