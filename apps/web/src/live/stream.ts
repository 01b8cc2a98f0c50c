import type { z } from 'zod'
import { closeCodes, subprotocol } from '../../../../contracts/realtime-codes.ts'
import type { FrameError, Notification, Progress, Stamp, Welcome } from '../../../../contracts/realtime.ts'

/**
 * `connecting`: at the start, and for the first seconds without a socket. `live`: everything is told as it
 * happens. `polling`: the socket has been away for a while, and `poll` keeps the pages fresh. `offline`: the
 * server does not answer `poll` either. `signed-out`: the identity is no longer good; nothing is tried again.
 */
export type LiveState = 'connecting' | 'live' | 'polling' | 'offline' | 'signed-out'

export interface LiveStreamOptions {
  /** `ws://…/realtime` or `wss://…/realtime`. */
  url: string
  /**
   * A fresh token for a client without a cookie, and until when it is good (milliseconds since 1970, null for
   * ever). Asked for at each connection, and again a minute before the token ends.
   */
  token?: () => Promise<{ token: string; expiresAt: number | null }>
  /** What the server could not give again is lost to this stream: fetch every page again and `follow` its stamp. */
  onResync: () => void
  /** Fetches what is shown, while there is no socket. Rejects when the server does not answer. */
  poll?: () => Promise<void>
  onProgress?: (progress: Progress) => void
  onState?: (state: LiveState) => void
  /** For programs: a mistake of this client, as the server words it. */
  onError?: (error: z.infer<typeof FrameError>) => void
  /** Milliseconds without a socket before `poll` begins (5,000), and between two polls (5,000). */
  pollAfterMs?: number
  pollEveryMs?: number
}

/** One per page or program: every screen shares it. */
export interface LiveStream {
  /**
   * Says that a snapshot with this stamp is shown. The first one begins the stream. Answers with the
   * notifications that the stream has already given out and this snapshot may lack, in order: apply them to it.
   * Null: more than the stream remembers; fetch the snapshot again. Applying one twice is harmless.
   */
  follow(stamp: Stamp): readonly Notification[] | null
  /** Hears every notification once, in order, gapless from the first `follow`. Returns how to stop. */
  listen(hear: (notification: Notification) => void): () => void
  state(): LiveState
  /** The number of the last notification given out; null before the first welcome. */
  position(): Stamp | null
  /** Something has changed for the better (the network, the tab, a sign-in): tries again at once. */
  wake(): void
  /** Ends it for good. */
  stop(): void
}

/** So many notifications are remembered for snapshots that come late. */
const remembered = 2000
const firstBackOffMs = 250
/** After an outage nobody waits longer than this for the next try. */
const longestBackOffMs = 3000
/** Of a connection that neither opens nor fails. */
const openWithinMs = 10_000
const refreshBeforeMs = 60_000
const longestTimerMs = 2 ** 31 - 1

/** Wait before try `tries` (from 0), with jitter so that a thousand clients do not come back in one instant. */
export const backOffMs = (tries: number, random: number): number =>
  Math.min(longestBackOffMs, firstBackOffMs * 2 ** tries) * (0.5 + random / 2)

/**
 * Keeps one socket, and gives out each notification once, in order, whatever happens to the connection: it
 * subscribes from where it stands, so the server sends what was missed. Browsers and Node have its `WebSocket`.
 */
export function createLiveStream(options: LiveStreamOptions): LiveStream {
  const { pollAfterMs = 5000, pollEveryMs = 5000 } = options
  const listeners = new Set<(notification: Notification) => void>()
  let position: Stamp | null = null
  /** The server has been told where we stand. */
  let subscribed = false
  /** The newest, without a gap, up to `position`. */
  let recent: Notification[] = []
  let state: LiveState = 'connecting'
  let socket: WebSocket | null = null
  let stopped = false
  let tries = 0
  /** A snapshot came from another epoch than ours: whatever the server says, fetch again. */
  let doubtful = false
  /** Refused once with a token of its own; a second time in a row is a sign-out. */
  let refused = false
  let heartbeatMs = 30_000
  let heardAt = 0
  let retryTimer: ReturnType<typeof setTimeout> | undefined
  let pollTimer: ReturnType<typeof setTimeout> | undefined
  let refreshTimer: ReturnType<typeof setTimeout> | undefined
  let heartbeatTimer: ReturnType<typeof setInterval> | undefined

  function become(next: LiveState): void {
    if (state === next) return
    state = next
    options.onState?.(next)
  }

  function pollIn(ms: number): void {
    if (!options.poll || pollTimer !== undefined) return
    pollTimer = setTimeout(() => void pollNow(), ms)
  }

  async function pollNow(): Promise<void> {
    let answered = true
    try {
      await options.poll?.()
    } catch {
      answered = false
    }
    pollTimer = undefined
    if (stopped || state === 'live' || state === 'signed-out') return
    become(answered ? 'polling' : 'offline')
    pollIn(pollEveryMs)
  }

  function endTimers(): void {
    clearTimeout(retryTimer)
    clearTimeout(refreshTimer)
    clearInterval(heartbeatTimer)
  }

  function endPolling(): void {
    clearTimeout(pollTimer)
    pollTimer = undefined
  }

  function connectIn(ms: number): void {
    clearTimeout(retryTimer)
    if (!stopped && state !== 'signed-out') retryTimer = setTimeout(connect, ms)
  }

  function connect(): void {
    if (stopped || socket) return
    let opening: WebSocket
    try {
      opening = new WebSocket(options.url, subprotocol)
    } catch {
      // A page that may not open sockets at all lives by polling.
      pollIn(0)
      return
    }
    socket = opening
    const limit = setTimeout(() => leave(opening, 0), openWithinMs)
    opening.addEventListener('open', () => {
      clearTimeout(limit)
      heardAt = Date.now()
      void greet(opening)
    })
    opening.addEventListener('message', (message) => {
      if (opening === socket) hear(opening, String(message.data))
    })
    opening.addEventListener('close', (event) => {
      clearTimeout(limit)
      leave(opening, event.code)
    })
    opening.addEventListener('error', () => {
      clearTimeout(limit)
      leave(opening, 0)
    })
  }

  /** Says who this is and from where to go on, in one breath: the server handles them in order. */
  async function greet(greeted: WebSocket): Promise<void> {
    try {
      if (options.token) await authenticate(greeted)
    } catch {
      leave(greeted, 0)
      return
    }
    if (greeted !== socket) return
    subscribed = true
    send(greeted, { type: 'subscribe', epoch: position?.epoch ?? null, seq: position?.seq ?? null })
    beat(greeted)
  }

  async function authenticate(asked: WebSocket): Promise<void> {
    const given = await options.token?.()
    if (!given || asked !== socket) return
    send(asked, { type: 'authenticate', token: given.token })
    if (given.expiresAt === null) return
    const wait = Math.max(1000, given.expiresAt - Date.now() - refreshBeforeMs)
    clearTimeout(refreshTimer)
    // A refresh that fails is tried no more: the server closes, and the next connection asks again.
    refreshTimer = setTimeout(() => void authenticate(asked).catch(() => {}), Math.min(wait, longestTimerMs))
  }

  /** Browsers show no pings: a silent server is asked, and left when it stays silent. */
  function beat(watched: WebSocket): void {
    clearInterval(heartbeatTimer)
    heartbeatTimer = setInterval(() => {
      const silentMs = Date.now() - heardAt
      if (silentMs > 2 * heartbeatMs) leave(watched, 0)
      else if (silentMs > heartbeatMs) send(watched, { type: 'ping' })
    }, heartbeatMs / 2)
  }

  function send(to: WebSocket, frame: object): void {
    if (to.readyState === to.OPEN) to.send(JSON.stringify(frame))
  }

  function hear(from: WebSocket, text: string): void {
    heardAt = Date.now()
    const frame = JSON.parse(text) as Notification[] | { type: string }
    if (Array.isArray(frame)) {
      for (const notification of frame) if (!apply(notification)) return leave(from, 0)
    } else if (frame.type === 'welcome') welcome(from, frame as z.infer<typeof Welcome>)
    else if (frame.type === 'progress') options.onProgress?.(frame as Progress)
    else if (frame.type === 'error') options.onError?.(frame as z.infer<typeof FrameError>)
    // What is numbered is a notification, also of a kind that this client does not know yet.
    else if ('seq' in frame && !apply(frame as Notification)) leave(from, 0)
  }

  function welcome(from: WebSocket, frame: z.infer<typeof Welcome>): void {
    const { epoch, seq, recovered } = frame
    const lost = doubtful || !recovered
    if (position === null || !recovered) {
      position = { epoch, seq }
      recent = []
    }
    tries = 0
    doubtful = false
    refused = false
    heartbeatMs = frame.heartbeatSeconds * 1000
    beat(from)
    endPolling()
    become('live')
    if (lost) options.onResync()
  }

  /** False when the stream is torn: then it begins again from where it stands. */
  function apply(notification: Notification): boolean {
    if (!position || notification.epoch !== position.epoch) return false
    if (notification.seq <= position.seq) return true
    if (notification.seq !== position.seq + 1) return false
    position = { epoch: notification.epoch, seq: notification.seq }
    recent.push(notification)
    if (recent.length > 2 * remembered) recent = recent.slice(-remembered)
    for (const listener of listeners) listener(notification)
    return true
  }

  /** Lets go of a socket and decides when to come back. `code` 0: it never said why. */
  function leave(left: WebSocket, code: number): void {
    if (left !== socket) return
    socket = null
    endTimers()
    if (left.readyState <= left.OPEN) left.close(1000)
    if (stopped) return
    const expired = code === closeCodes.notAuthenticated && options.token && !refused
    if (code === closeCodes.revoked || (code === closeCodes.notAuthenticated && !expired)) {
      endPolling()
      become('signed-out')
      return
    }
    refused = code === closeCodes.notAuthenticated
    if (state === 'live') become('connecting')
    pollIn(pollAfterMs)
    // A newer page of the same person took this one's place: coming back would take it away from another.
    if (code === closeCodes.replaced) return
    connectIn(code === closeCodes.goingAway && tries === 0 ? 0 : backOffMs(tries, Math.random()))
    tries += 1
  }

  return {
    follow(stamp) {
      if (!position) {
        position = { epoch: stamp.epoch, seq: stamp.seq }
        connect()
        return []
      }
      if (stamp.epoch !== position.epoch) {
        // The server began anew, or this answer is from before it did: the welcome will tell.
        doubtful = true
        if (socket && state === 'live') leave(socket, closeCodes.goingAway)
        return []
      }
      if (!subscribed && stamp.seq < position.seq) position = { epoch: stamp.epoch, seq: stamp.seq }
      if (stamp.seq >= position.seq) return []
      const missed = recent.filter((notification) => notification.seq > stamp.seq)
      return missed.length === position.seq - stamp.seq ? missed : null
    },
    listen(listener) {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
    state: () => state,
    position: () => position,
    wake() {
      if (stopped) return
      tries = 0
      if (state === 'signed-out') become('connecting')
      if (!socket && position) connectIn(0)
    },
    stop() {
      stopped = true
      endTimers()
      endPolling()
      const last = socket
      socket = null
      last?.close(1000)
    },
  }
}
