import type { WebSocket } from 'ws'
import { ClientFrame, closeCodes } from '#contracts/realtime.ts'
import { AppError } from '#platform/errors.ts'
import type { Principal } from '#platform/http/http.ts'
import type { Missed } from './store.ts'

/** More than this in the buffer of one socket, and it is closed rather than waited for. */
const mostBuffered = 256 * 1024
const mostFrames = 100
const framesWithinMs = 10_000
const mostErrors = 10
const authenticateWithinMs = 5000
/** A replay that the client does not take off our hands. */
const stalledAfterMs = 30_000

/** What a socket asks of those around it. */
export interface Surroundings {
  authenticate: (token: string) => Promise<Principal>
  /** The health page as this person may see it. */
  readHealth: (principal: Principal) => Promise<object>
  heartbeatSeconds: number
  /** Has an identity from now on. */
  onKnown: (connection: Connection) => void
  /** The close code when a credential looked at from `since` on belongs to what has been revoked meanwhile. */
  revokedSince: (principal: Principal, since: number) => number | null
  /** The highest number of its person that this process has seen being given in this epoch. */
  newestOf: (principal: Principal, epoch: string) => number
  /** Waits for what it missed; answered by `giveMissed` with the same ticket. */
  onBehind: (connection: Connection) => void
  onGone: (connection: Connection) => void
}

type Wish = { epoch: string; seq: number } | 'from now'

/**
 * One socket. `sent` is the number of the last notification that was handed to it: only the next one, or a replay
 * from there, ever follows, so there is no gap and no repeat whichever way a notification comes.
 */
export class Connection {
  readonly #socket: WebSocket
  readonly #around: Surroundings
  readonly openedAt = Date.now()
  principal: Principal | null
  /** `listening`: gets notifications as they come. `behind`: waits for a replay. */
  #stage: 'silent' | 'behind' | 'listening' | 'closed' = 'silent'
  #wish: Wish | null = null
  #epoch: string | null = null
  #sent = 0
  #behindSince = 0
  /** Counts how often it asked for what it missed: an answer to an older question is no answer. */
  #ticket = 0
  /** A token is being looked at: what comes meanwhile waits, in order. */
  #busy = false
  #queue: Buffer[] = []
  #errors = 0
  #frameTimes: number[] = []
  #answersPing = true

  /** `principal` is who the upgrade showed, looked at from `since` on. */
  constructor(socket: WebSocket, principal: Principal | null, since: number, around: Surroundings) {
    this.#socket = socket
    this.#around = around
    this.principal = principal
    socket.on('message', (data, isBinary) => this.#receive(data as Buffer, isBinary))
    socket.on('pong', () => (this.#answersPing = true))
    socket.on('close', () => this.#end())
    if (!principal) return
    around.onKnown(this)
    const revoked = around.revokedSince(principal, since)
    if (revoked !== null) this.close(revoked, 'signed out')
  }

  get ticket(): number {
    return this.#ticket
  }
  /** Where it stands, for the statement that reads what it missed. */
  get standing(): { epoch: string | null; after: number | null } {
    if (this.#wish === 'from now') return { epoch: null, after: null }
    if (this.#wish) return { epoch: this.#wish.epoch, after: this.#wish.seq }
    return { epoch: this.#epoch, after: this.#sent }
  }
  get subscribed(): boolean {
    return this.#stage === 'behind' || this.#stage === 'listening'
  }
  get closed(): boolean {
    return this.#stage === 'closed'
  }

  /** Numbered notifications `from` … `to` of its person, already one frame. What it cannot continue with, it asks for. */
  giveLive(epoch: string, from: number, to: number, frame: Buffer): void {
    if (this.#stage !== 'listening') return
    if (epoch !== this.#epoch) return this.resync('The stream has begun anew.')
    if (to <= this.#sent) return
    if (from !== this.#sent + 1) return this.#fallBehind()
    this.#sent = to
    this.send(frame)
  }

  /** There is something above `to` that this process did not see being numbered. */
  nudge(to: number, epoch: string): void {
    if (this.#stage !== 'listening') return
    if (epoch !== this.#epoch) this.resync('The stream has begun anew.')
    else if (to > this.#sent) this.#fallBehind()
  }

  /** The answer to `onBehind`; `replay` holds the missed notifications up to `last`, null when there are none. */
  giveMissed(
    ticket: number,
    { epoch, lastSeq, keptFrom }: Pick<Missed, 'epoch' | 'lastSeq' | 'keptFrom'>,
    replay: { last: number; frame: Buffer } | null,
  ): void {
    if (this.#stage !== 'behind' || ticket !== this.#ticket) return
    if (this.#wish) {
      const wish = this.#wish
      this.#wish = null
      const recovered =
        wish === 'from now' || (wish.epoch === epoch && wish.seq <= lastSeq && wish.seq >= keptFrom - 1)
      this.#epoch = epoch
      this.#sent = recovered && wish !== 'from now' ? wish.seq : lastSeq
      const { heartbeatSeconds } = this.#around
      this.sendJson({ type: 'welcome', epoch, seq: lastSeq, recovered, heartbeatSeconds })
    } else if (epoch !== this.#epoch || this.#sent < keptFrom - 1)
      return this.resync('What you missed is no longer kept.')
    if (replay === null || replay.last <= this.#sent) return this.#settle(ticket, lastSeq)
    this.#sent = replay.last
    if (this.closed) return
    // The next page is read when this one has left: a slow client is given no more than it takes.
    this.#socket.send(replay.frame, { binary: false }, () => this.#settle(ticket, lastSeq))
  }

  /** Listens from here on, unless there is more already. */
  #settle(ticket: number, lastSeq: number): void {
    if (this.#stage !== 'behind' || ticket !== this.#ticket || !this.principal || this.#epoch === null) return
    this.#stage = 'listening'
    const newest = this.#around.newestOf(this.principal, this.#epoch)
    if (this.#sent < Math.max(lastSeq, newest)) this.#fallBehind()
  }

  #fallBehind(): void {
    this.#stage = 'behind'
    this.#ticket += 1
    this.#behindSince = Date.now()
    this.#around.onBehind(this)
  }

  send(frame: Buffer): void {
    if (this.#stage === 'closed') return
    if (this.#socket.bufferedAmount > mostBuffered)
      return this.resync('This client reads more slowly than it is told.')
    this.#socket.send(frame, { binary: false })
  }

  sendJson(frame: object): void {
    this.send(Buffer.from(JSON.stringify(frame)))
  }

  /** The client is to come back from its last number. */
  resync(reason: string): void {
    if (this.#stage === 'closed') return
    this.#socket.send(JSON.stringify({ type: 'resync', reason }))
    this.close(closeCodes.tooSlow, 'resync')
  }

  close(code: number, reason: string): void {
    if (this.#stage === 'closed') return
    this.#end()
    this.#socket.close(code, reason)
  }

  terminate(): void {
    this.#end()
    this.#socket.terminate()
  }

  #end(): void {
    if (this.#stage === 'closed') return
    this.#stage = 'closed'
    this.#queue = []
    this.#around.onGone(this)
  }

  /** Once a second: what lasts too long ends. */
  check(now: number): void {
    const { principal } = this
    if (!principal) {
      if (now - this.openedAt >= authenticateWithinMs)
        this.close(closeCodes.notAuthenticated, 'nobody said who this is')
    } else if (principal.expiresAt !== null && principal.expiresAt <= now)
      this.close(closeCodes.notAuthenticated, 'the token has expired')
    else if (this.#stage === 'behind' && now - this.#behindSince > stalledAfterMs)
      this.resync('This client does not take what it missed.')
  }

  /** Pings; who has not answered the last one is gone. */
  beat(): void {
    if (!this.#answersPing) return this.terminate()
    this.#answersPing = false
    this.#socket.ping()
  }

  #receive(data: Buffer, isBinary: boolean): void {
    if (this.#stage === 'closed') return
    this.#answersPing = true
    if (this.#isTooMany(Date.now()))
      return this.close(closeCodes.tooManyFrames, 'more than 100 frames in 10 s')
    // No text can begin with this byte: it stands for what is not a text.
    const frame = isBinary ? Buffer.from([0xff]) : data
    if (this.#busy) this.#queue.push(frame)
    else this.#handle(frame)
  }

  #isTooMany(now: number): boolean {
    const times = this.#frameTimes
    times.push(now)
    while (times.length > 0 && (times[0] as number) <= now - framesWithinMs) times.shift()
    return times.length > mostFrames
  }

  #handle(data: Buffer): void {
    const frame = parseFrame(data)
    if (!this.principal) {
      // Nothing is said to somebody unknown, not even what is wrong.
      if (frame?.type !== 'authenticate')
        return this.close(closeCodes.notAuthenticated, 'the first frame must authenticate')
      void this.#identify(frame.token)
    } else if (!frame) this.#refuse('bad-frame', 'This is not a frame of assay.v1. See docs/live-updates.md.')
    else if (frame.type === 'authenticate') void this.#identify(frame.token)
    else if (frame.type === 'subscribe') this.#subscribe(frame)
    else if (frame.type === 'ping') this.sendJson({ type: 'pong' })
    else
      void this.#around.readHealth(this.principal).then(
        (health) => this.sendJson({ type: 'health', ...health }),
        () => this.#refuse('health-unavailable', 'The state of the server cannot be read at the moment.'),
      )
  }

  #subscribe({ epoch, seq }: { epoch: string | null; seq: number | null }): void {
    if ((epoch === null) !== (seq === null))
      return this.#refuse('bad-subscribe', 'Send both epoch and seq, or null for both.')
    this.#wish = epoch === null || seq === null ? 'from now' : { epoch, seq }
    this.#fallBehind()
  }

  async #identify(token: string): Promise<void> {
    this.#busy = true
    const since = Date.now()
    try {
      const found = await this.#around.authenticate(token)
      const before = this.principal
      if (this.closed) return
      if (before && (before.userId !== found.userId || before.schoolId !== found.schoolId))
        return this.close(closeCodes.notAuthenticated, 'this token is of another person')
      const revoked = this.#around.revokedSince(found, since)
      if (revoked !== null) return this.close(revoked, 'signed out')
      this.principal = found
      if (!before) this.#around.onKnown(this)
    } catch (error) {
      if (error instanceof AppError && error.code === 'not-authenticated')
        this.close(closeCodes.notAuthenticated, 'this token is not good')
      // Not the client's fault: it comes back as after a restart.
      else this.close(closeCodes.goingAway, 'try again')
    } finally {
      this.#busy = false
    }
    while (!this.#busy && this.#queue.length > 0 && !this.closed) this.#handle(this.#queue.shift() as Buffer)
  }

  #refuse(code: string, message: string): void {
    this.sendJson({ type: 'error', code, message })
    this.#errors += 1
    if (this.#errors >= mostErrors) this.close(closeCodes.badFrames, 'ten bad frames')
  }
}

function parseFrame(data: Buffer): ClientFrame | null {
  try {
    const parsed = ClientFrame.safeParse(JSON.parse(data.toString()))
    return parsed.success ? parsed.data : null
  } catch {
    return null
  }
}
