import { useEffect, useLayoutEffect, useRef } from 'react'
import type { Notification, Progress, Stamp } from '#contracts/realtime.ts'
import { createLiveStream, type LiveState } from '../live/stream.ts'
import { api, whenAnswered } from './api.ts'
import { reachability } from './reachability.ts'
import { createStore, useStore } from './store.ts'

/**
 * How this page learns what happens. `live`: the socket is up and nothing is asked again. `polling`: there is no
 * socket, so the page asks every 5 s. `offline`: the server does not answer; `since` when it is not heard.
 */
export interface Connection {
  state: 'connecting' | 'live' | 'polling' | 'offline'
  since: Date | null
}

export const connection = createStore<Connection>({ state: 'connecting', since: null })
export const useConnection = (): Connection => useStore(connection)

export interface LiveListener {
  /** Only what concerns this batch. */
  batchId?: string
  onNotification?: (notification: Notification) => void
  onProgress?: (progress: Progress) => void
  /** Something may have been missed: fetch again what is shown. */
  onResync?: () => void
}

const listeners = new Set<() => LiveListener>()

function tell(batchId: string | undefined, give: (listener: LiveListener) => void): void {
  for (const read of listeners) {
    const listener = read()
    if (listener.batchId === undefined || batchId === undefined || listener.batchId === batchId)
      give(listener)
  }
}

/** Hears what happens. Queries are kept fresh without it. Returns how to stop. */
export function listen(read: () => LiveListener): () => void {
  listeners.add(read)
  return () => void listeners.delete(read)
}

/** `listen` while the component is shown. */
export function useLive(listener: LiveListener): void {
  const latest = useRef(listener)
  useLayoutEffect(() => void (latest.current = listener))
  useEffect(() => listen(() => latest.current), [])
}

let streamState: LiveState = 'connecting'
/** Set when answers carry no stamp, so that no stream can begin, or none has in time. */
let overdue = false

function see(): void {
  const { lostSince } = reachability.get()
  const heard = streamState === 'live' && !lostSince
  const state = heard
    ? 'live'
    : lostSince || streamState === 'offline'
      ? 'offline'
      : streamState === 'polling' || overdue
        ? 'polling'
        : 'connecting'
  connection.set((before) => {
    const since = heard ? null : (before.since ?? lostSince ?? new Date())
    return before.state === state && before.since === since ? before : { state, since }
  })
}

/** The page's one socket. It begins with the first live answer, whose stamp says from where. */
const stream = createLiveStream({
  url: `${location.protocol === 'https:' ? 'wss' : 'ws'}://${location.host}/realtime`,
  // Only to learn whether the server answers at all: what is shown is asked for again by the queries.
  poll: () => api('GET', '/health/live').then(() => {}),
  onProgress: (progress) => tell(progress.batchId, ({ onProgress }) => onProgress?.(progress)),
  onResync: resync,
  onState(state) {
    streamState = state
    see()
    // Who is asking has changed: the next answers say so, and lead to the sign-in page.
    if (state === 'signed-out') resync()
  },
})

function resync(): void {
  tell(undefined, ({ onResync }) => onResync?.())
}

const hear = (notification: Notification): void =>
  tell(notification.batchId, ({ onNotification }) => onNotification?.(notification))

/** Answers in a row that were older than what had been heard; asking again waits longer each time. */
let behind = 0

/** An answer older than what was heard while it was on its way is asked for again. */
function follow(answer: unknown): void {
  if (!isStamped(answer)) return
  const missed = stream.follow({ epoch: answer.epoch, seq: answer.seq })
  if (missed?.length === 0) {
    behind = 0
    return
  }
  const wait = Math.min(5000, 250 * 2 ** behind++)
  setTimeout(() => (missed === null ? resync() : missed.forEach(hear)), wait)
}

function isStamped(answer: unknown): answer is Stamp {
  if (typeof answer !== 'object' || answer === null || !('epoch' in answer) || !('seq' in answer))
    return false
  return typeof answer.epoch === 'string' && typeof answer.seq === 'number'
}

/** Begins listening, once for the page. */
export function startLive(): void {
  whenAnswered(follow)
  stream.listen(hear)
  reachability.subscribe(see)
  setTimeout(() => {
    overdue = true
    see()
  }, 4000)
  addEventListener('online', () => stream.wake())
  document.addEventListener('visibilitychange', () => {
    if (!document.hidden) stream.wake()
  })
}

/** For a page none of whose answers carries a stamp: one that does is asked for, and the stream begins there. */
export async function beginLive(): Promise<void> {
  if (stream.position() !== null) return
  // Whoever may not ask hears nothing either, and the page says that it asks for news.
  await api('GET', 'batches?limit=1').catch(() => {})
}

/** After a sign-in: the socket is tried again as the new person. */
export const wakeLive = (): void => stream.wake()
