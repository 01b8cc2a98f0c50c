import pg from 'pg'
import { describeError } from '#platform/bus/errors.ts'
import type { Logger } from '#platform/bus/logger.ts'

export interface HintsOptions {
  /** A direct connection: `LISTEN` belongs to its session. */
  connectionString: string
  applicationName: string
  channel: string
  /** How often is looked whether another process listens, and a lost connection is made again. */
  pollMs: number
  logger: Logger
  onWord: (word: string) => void
}

/**
 * Words between the processes that listen on one channel. A word only hastens what a poll would find: it may be
 * lost, and of equal words that wait one is sent. Outside any transaction, at most one is under way, and none while
 * nobody else listens.
 */
export function createHints(options: HintsOptions) {
  const { channel, logger } = options
  // The locks of this key count the listeners: one process holds it shared.
  const presence = `hashtextextended('assay hints ' || $1, 0)`
  let client: pg.Client | null = null
  let running = false
  let others = true
  let timer: NodeJS.Timeout | undefined
  let keeping: Promise<void> = Promise.resolve()
  let telling: Promise<void> | null = null
  let troubled = false
  const toTell = new Set<string>()

  function lose(lost: pg.Client): void {
    if (client !== lost) return
    client = null
    others = true
    keepIn(100)
  }

  async function connect(): Promise<pg.Client> {
    const fresh = new pg.Client({
      connectionString: options.connectionString,
      application_name: options.applicationName,
      keepAlive: true,
      connectionTimeoutMillis: 5000,
      query_timeout: 10_000,
    })
    fresh.on('error', () => lose(fresh))
    fresh.on('end', () => lose(fresh))
    fresh.on('notification', (message) => {
      if (message.processId === (fresh as unknown as { processID: number }).processID) return
      others = true
      if (message.payload) options.onWord(message.payload)
    })
    try {
      await fresh.connect()
      await fresh.query(`listen ${channel}`)
      await fresh.query(`select pg_advisory_lock_shared(${presence})`, [channel])
    } catch (error) {
      void fresh.end().catch(() => {})
      throw error
    }
    client = fresh
    // An empty word says only that somebody listens now.
    await fresh.query('select pg_notify($1, $2)', [channel, ''])
    return fresh
  }

  async function keep(): Promise<void> {
    try {
      const session = client ?? (await connect())
      const { rows } = await session.query<{ listeners: string }>(
        `select count(*) as listeners from pg_locks, lateral (select ${presence} as lock) as l
         where locktype = 'advisory' and granted and objsubid = 1
           and database = (select oid from pg_database where datname = current_database())
           and classid::bigint = (lock >> 32) & 4294967295 and objid::bigint = lock & 4294967295`,
        [channel],
      )
      others = Number(rows[0]?.listeners ?? 2) > 1
      troubled = false
      keepIn(options.pollMs)
    } catch (error) {
      if (!troubled) logger.warn({ error: describeError(error) }, 'hints between processes are away')
      troubled = true
      const broken = client
      client = null
      void broken?.end().catch(() => {})
      keepIn(Math.max(500, options.pollMs))
    }
  }

  function keepIn(ms: number): void {
    if (!running) return
    clearTimeout(timer)
    timer = setTimeout(() => (keeping = keep()), ms)
  }

  async function sendAll(): Promise<void> {
    try {
      while (toTell.size > 0 && client) {
        const [next] = toTell
        toTell.delete(next as string)
        await client.query('select pg_notify($1, $2)', [channel, next])
      }
    } catch {
      // The others find out at their next poll.
      toTell.clear()
    } finally {
      telling = null
    }
  }

  return {
    async start(): Promise<void> {
      running = true
      keeping = keep()
      await keeping
    },
    async stop(): Promise<void> {
      running = false
      clearTimeout(timer)
      await keeping
      await telling
      const last = client
      client = null
      await last?.end().catch(() => {})
    },
    tell(word: string): void {
      if (!others || !client) return
      toTell.add(word)
      telling ??= sendAll()
    },
  }
}
