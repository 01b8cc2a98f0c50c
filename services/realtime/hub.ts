import type { WebSocket } from 'ws'
import type { SchoolId } from '#contracts/common.ts'
import type { UserId } from '#contracts/identity.ts'
import { closeCodes, type Progress } from '#contracts/realtime.ts'
import type { Principal } from '#platform/http/http.ts'
import type { Log } from '#platform/observability/log.ts'
import { Connection, type Surroundings } from './connection.ts'
import { joinFrames, spliceFrame } from './frames.ts'
import type { Missed, NewNotification, Numbered, StreamStore, Waiting } from './store.ts'

/** So many sockets catch up in one statement, each with at most so many notifications. */
const socketsPerRead = 100
const notificationsPerRead = 250
/** Statements under way at once: the rest of the pool is for answers. */
const readsAbreast = 2
const readAgainMs = 500
/** A credential that was being looked at while it was revoked is found within this time. */
const revocationsKeptMs = 60_000

export interface HubOptions {
  streams: StreamStore
  log: Log
  authenticate: Surroundings['authenticate']
  readHealth: Surroundings['readHealth']
  heartbeatSeconds: number
  connectionsPerUser: number
  /** The floor under hints: how often is looked for what nobody told this process of. */
  pollMs: number
}

/** The sockets of one person in one school. */
interface Person {
  userId: UserId
  schoolId: SchoolId
  connections: Set<Connection>
  /** The highest number that this process has seen being given, and in which epoch. */
  newest: number
  epoch: string
}

interface Revocation {
  userId: UserId
  sessionId: string | null
  code: number
  at: number
}

/** Every socket of this process: hands out what was numbered, and lets those that are behind catch up together. */
export class Hub {
  readonly #options: HubOptions
  readonly #around: Surroundings
  readonly #connections = new Set<Connection>()
  readonly #people = new Map<string, Person>()
  readonly #behind = new Set<Connection>()
  #revocations: Revocation[] = []
  #reads = 0
  #timers: NodeJS.Timeout[] = []
  #polling = false

  constructor(options: HubOptions) {
    this.#options = options
    this.#around = {
      authenticate: options.authenticate,
      readHealth: options.readHealth,
      heartbeatSeconds: options.heartbeatSeconds,
      onKnown: (connection) => this.#welcome(connection),
      revokedSince: ({ userId, sessionId }, since) =>
        this.#revocations.find((each) => each.at >= since && isOf(each, userId, sessionId))?.code ?? null,
      newestOf: ({ userId, schoolId }, epoch) => {
        const person = this.#people.get(keyOf(userId, schoolId))
        return person?.epoch === epoch ? person.newest : 0
      },
      onBehind: (connection) => {
        this.#behind.add(connection)
        this.#catchUp()
      },
      onGone: (connection) => this.#forget(connection),
    }
  }

  start(): void {
    const { heartbeatSeconds, pollMs } = this.#options
    this.#timers = [
      setInterval(() => {
        const now = Date.now()
        for (const connection of this.#connections) connection.check(now)
      }, 1000),
      setInterval(() => {
        for (const connection of this.#connections) connection.beat()
      }, heartbeatSeconds * 1000),
      setInterval(() => void this.poll(), pollMs),
    ]
  }

  /** Sends everybody away with "come back at once". */
  stop(): void {
    for (const timer of this.#timers) clearInterval(timer)
    for (const connection of this.#connections) connection.close(closeCodes.goingAway, 'going away')
  }

  add(socket: WebSocket, principal: Principal | null, since: number): void {
    const connection = new Connection(socket, principal, since, this.#around)
    if (!connection.closed) this.#connections.add(connection)
  }

  get size(): number {
    return this.#connections.size
  }

  /** Whether anybody of this school would hear of anything. */
  hears(schoolId: SchoolId): boolean {
    for (const person of this.#people.values()) if (person.schoolId === schoolId) return true
    return false
  }

  /** What was just numbered and committed, straight from memory; each notification is serialised once. */
  deliver(schoolId: SchoolId, numbered: readonly Numbered[], told: readonly NewNotification[]): void {
    for (let from = 0; from < numbered.length;) {
      const first = numbered[from] as Numbered
      let to = from + 1
      while (to < numbered.length && numbered[to]?.userId === first.userId) to += 1
      const person = this.#people.get(keyOf(first.userId, schoolId))
      if (person) {
        const mine = numbered.slice(from, to)
        const last = (mine.at(-1) as Numbered).seq
        person.newest = person.epoch === first.epoch ? Math.max(person.newest, last) : last
        person.epoch = first.epoch
        const frame = Buffer.from(
          joinFrames(
            mine.map(({ place, epoch, seq }) => spliceFrame(told[place] as NewNotification, epoch, seq)),
          ),
        )
        for (const connection of person.connections) connection.giveLive(first.epoch, first.seq, last, frame)
      }
      from = to
    }
  }

  /** Another process has numbered something, or the poll wants to know: asks once for all people of this process. */
  async poll(): Promise<void> {
    if (this.#polling || this.#people.size === 0) return
    this.#polling = true
    try {
      const people = [...this.#people.values()]
      const standings = await this.#options.streams.readMissed(
        people.map(({ userId, schoolId }) => ({ userId, schoolId, epoch: null, after: null })),
        0,
      )
      for (const [at, { epoch, lastSeq }] of standings.entries())
        for (const connection of (people[at] as Person).connections) connection.nudge(lastSeq, epoch)
    } catch {
      // The database is away: the next poll, or the next hint, finds out.
    } finally {
      this.#polling = false
    }
  }

  /** Ends what a session, or all of a person's, has opened; and what it is just about to open. */
  revoke(userId: UserId, sessionId: string | null, code: number): void {
    const now = Date.now()
    const revocation = { userId, sessionId, code, at: now }
    this.#revocations = [...this.#revocations.filter((each) => each.at > now - revocationsKeptMs), revocation]
    for (const connection of this.#connections) {
      const { principal } = connection
      if (principal && isOf(revocation, principal.userId, principal.sessionId))
        connection.close(code, 'signed out')
    }
  }

  /** To whoever may see the batch: `people`, and the school's administrators. */
  tellProgress(schoolId: SchoolId, people: ReadonlySet<UserId>, progress: Progress): void {
    let frame: Buffer | null = null
    for (const connection of this.#connections) {
      const { principal, subscribed } = connection
      if (!subscribed || principal?.schoolId !== schoolId) continue
      if (!people.has(principal.userId) && !principal.roles.includes('admin')) continue
      frame ??= Buffer.from(JSON.stringify(progress))
      connection.send(frame)
    }
  }

  #welcome(connection: Connection): void {
    const { userId, schoolId } = connection.principal as Principal
    const key = keyOf(userId, schoolId)
    const person = this.#people.get(key) ?? { userId, schoolId, connections: new Set(), newest: 0, epoch: '' }
    this.#people.set(key, person)
    person.connections.add(connection)
    if (person.connections.size <= this.#options.connectionsPerUser) return
    const [oldest] = person.connections
    oldest?.close(closeCodes.replaced, 'replaced by a newer connection')
  }

  #forget(connection: Connection): void {
    this.#connections.delete(connection)
    this.#behind.delete(connection)
    if (!connection.principal) return
    const key = keyOf(connection.principal.userId, connection.principal.schoolId)
    const person = this.#people.get(key)
    person?.connections.delete(connection)
    if (person?.connections.size === 0) this.#people.delete(key)
  }

  #catchUp(): void {
    while (this.#reads < readsAbreast && this.#behind.size > 0) {
      const waiting: Connection[] = []
      for (const connection of this.#behind) {
        if (waiting.length === socketsPerRead) break
        waiting.push(connection)
        this.#behind.delete(connection)
      }
      this.#reads += 1
      void this.#readMissed(waiting).finally(() => {
        this.#reads -= 1
        this.#catchUp()
      })
    }
  }

  async #readMissed(waiting: readonly Connection[]): Promise<void> {
    // Sockets of one person that stand at the same place are given the same bytes.
    const groups = new Map<string, Group>()
    for (const connection of waiting) {
      const { userId, schoolId } = connection.principal as Principal
      const asked = { userId, schoolId, ...connection.standing }
      const key = JSON.stringify(asked)
      const group = groups.get(key) ?? { asked, waiting: [] }
      group.waiting.push({ connection, ticket: connection.ticket })
      groups.set(key, group)
    }
    const asked = [...groups.values()]
    try {
      const missed = await this.#options.streams.readMissed(
        asked.map((group) => group.asked),
        notificationsPerRead,
      )
      for (const [at, group] of asked.entries()) this.#giveMissed(group, missed[at] as Missed)
    } catch (error) {
      this.#options.log.warn(
        { err: error },
        'what sockets have missed cannot be read; it will be tried again',
      )
      setTimeout(() => {
        for (const connection of waiting) if (!connection.closed) this.#behind.add(connection)
        this.#catchUp()
      }, readAgainMs).unref()
    }
  }

  #giveMissed({ asked, waiting }: Group, missed: Missed): void {
    const { epoch, keptFrom, notifications } = missed
    const last = notifications.at(-1)?.seq
    // What lies before the oldest that is kept is gone: then nothing is replayed, and the client is told so.
    const whole = asked.after !== null && asked.epoch === epoch && asked.after >= keptFrom - 1
    const replay =
      last === undefined || !whole
        ? null
        : {
            last,
            frame: Buffer.from(
              `[${notifications.map((each) => spliceFrame(each, epoch, each.seq)).join(',')}]`,
            ),
          }
    for (const { connection, ticket } of waiting) connection.giveMissed(ticket, missed, replay)
  }
}

/** Sockets of one person that stand at one place. */
interface Group {
  asked: Waiting
  waiting: { connection: Connection; ticket: number }[]
}

const isOf = (revocation: Revocation, userId: UserId, sessionId: string | null): boolean =>
  revocation.userId === userId && (revocation.sessionId === null || revocation.sessionId === sessionId)

const keyOf = (userId: UserId, schoolId: SchoolId): string => `${userId} ${schoolId}`
