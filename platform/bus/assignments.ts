import { randomUUID } from 'node:crypto'
import pg from 'pg'
import { describeError } from '#platform/bus/errors.ts'
import type { Logger } from '#platform/bus/logger.ts'
import { channel, notice, sessionStore } from '#platform/bus/store.ts'
import { types, type Rider } from '#platform/database/database.ts'

export interface AssignmentOptions {
  connectionString: string
  applicationName: string
  pollMs: number
  logger: Logger
  /** Subscriptions of this process with the positions it knows, and those among them that it has not got. */
  standing: () => ReadonlyMap<string, number>
  wanted: () => string[]
  onAssigned: (name: string) => void
  /** The session has ended, and with it every lock. */
  onLost: () => void
  /** The row stands before what this process knew: a replay elsewhere whose word was not heard. */
  onMovedBack: (name: string) => void
  onWord: (word: string) => void
}

/** Words between processes. Each only hastens what the next poll would find. */
export const words = {
  grown: 'grown',
  released: 'released',
  restarted: 'restarted',
  joined: 'joined',
} as const

/**
 * The direct connection: its session's locks are this process's subscriptions, it listens for other processes
 * and tells them. At most one `NOTIFY` is under way; what asks meanwhile is told by one more. Inside the
 * business transaction a `NOTIFY` would halve the commit rate: its commit takes a lock of the whole server.
 */
export function createAssignments(options: AssignmentOptions) {
  const { logger } = options
  let client: pg.Client | null = null
  let running = false
  let others = true
  let troubles = 0
  let timer: NodeJS.Timeout | undefined
  let keeping: Promise<void> | null = null
  let keepAgain = false
  let telling: Promise<void> | null = null
  const toTell = new Set<string>()
  /** Words carry who says them: one that rides behind a commit does not come from the session that listens. */
  const me = randomUUID()
  let notifications = 0

  function lose(lost: pg.Client): void {
    if (client !== lost) return
    client = null
    others = true
    if (running) options.onLost()
    keepIn(100)
  }

  async function connect(): Promise<pg.Client> {
    const fresh = new pg.Client({
      connectionString: options.connectionString,
      application_name: options.applicationName,
      keepAlive: true,
      pipeline: true,
      types,
      connectionTimeoutMillis: 5000,
      query_timeout: 10_000,
    })
    fresh.on('error', () => lose(fresh))
    fresh.on('end', () => lose(fresh))
    fresh.on('notification', (message) => {
      const [word = '', speaker] = (message.payload ?? '').split(' ')
      if (message.channel !== channel || speaker === me) return
      others = true
      if (word === words.released || word === words.joined) keepIn(0)
      options.onWord(word)
    })
    try {
      await fresh.connect()
      await sessionStore.join(fresh)
    } catch (error) {
      void fresh.end().catch(() => {})
      throw error
    }
    client = fresh
    troubles = 0
    tell(words.joined)
    return fresh
  }

  async function keep(): Promise<void> {
    const session = client ?? (await connect())
    const standing = options.standing()
    const kept = await sessionStore.keep(session, [...standing.keys()], options.wanted())
    if (client !== session) return
    others = kept.others > 0
    for (const { name, held, position } of kept.subscriptions) {
      if (held && running) options.onAssigned(name)
      if (position < (standing.get(name) ?? 0)) options.onMovedBack(name)
    }
  }

  function keepIn(ms: number): void {
    if (!running) return
    clearTimeout(timer)
    timer = setTimeout(() => void keepNow(), ms)
  }

  function keepNow(): Promise<void> {
    if (keeping) {
      keepAgain = true
      return keeping
    }
    keeping = (async () => {
      try {
        do {
          keepAgain = false
          await keep()
        } while (keepAgain && running)
        keepIn(options.pollMs)
      } catch (error) {
        troubles += 1
        if (troubles === 1 || troubles % 20 === 0)
          logger.warn({ error: describeError(error) }, 'the direct connection failed; it will be made again')
        const broken = client
        if (broken) {
          lose(broken)
          void broken.end().catch(() => {})
        }
        keepIn(Math.min(100 * 2 ** Math.min(troubles, 6), 3000) * (0.5 + Math.random() / 2))
      } finally {
        keeping = null
      }
    })()
    return keeping
  }

  /** Whatever is to be told by the time that `first` has gone out. */
  async function tellAll(first: Promise<unknown> | null): Promise<void> {
    try {
      await first
      while (toTell.size > 0 && client) {
        const [next] = toTell
        toTell.delete(next as string)
        notifications += 1
        await sessionStore.notify(client, `${next} ${me}`)
      }
    } catch {
      // Others find out at their next poll.
      toTell.clear()
    } finally {
      telling = null
    }
  }

  function tell(word: string): void {
    toTell.add(word)
    if (!telling && client) telling = tellAll(null)
  }

  return {
    async start(): Promise<void> {
      running = true
      await keepNow()
    },
    /** Assigns no more, lets go of what it has, ends the session with its locks, and tells the others. */
    async stop(letGo: () => Promise<unknown>): Promise<void> {
      running = false
      clearTimeout(timer)
      await keeping
      await letGo()
      await telling
      const last = client
      client = null
      if (!last) return
      try {
        if (others) {
          await sessionStore.release(last)
          await sessionStore.notify(last, `${words.released} ${me}`)
        }
      } catch {
        // The end of the session releases as well.
      }
      await last.end().catch(() => {})
    },
    /** Cheap when this process is alone: then there is nobody to tell. */
    tell(word: string): void {
      if (others) tell(word)
    },
    /**
     * That the log has grown, to be sent right behind the commit that makes it grow. Null when there is nobody to tell,
     * or another word is under way: then `tell` after the commit.
     */
    ride(onSent: () => unknown): Rider | null {
      if (!others || !client || telling) return null
      notifications += 1
      return {
        statement: notice(`${words.grown} ${me}`),
        onSent(answer) {
          onSent()
          telling = tellAll(answer)
        },
      }
    },
    keepSoon: () => keepIn(0),
    session: () => client,
    connected: () => client !== null,
    notifications: () => notifications,
  }
}
