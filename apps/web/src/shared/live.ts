import { useEffect, useLayoutEffect, useRef } from 'react'
import type { Notification, Progress } from '#contracts/realtime.ts'
import { reachability } from './reachability.ts'
import { createStore, useStore } from './store.ts'

/**
 * How this page learns what happens. `live`: the socket is up and nothing is asked again. `polling`: there is no
 * socket, so the page asks every 5 s. `offline`: the server did not answer; `since` when.
 */
export interface Connection {
  state: 'connecting' | 'live' | 'polling' | 'offline'
  since: Date | null
}

export const connection = createStore<Connection>({ state: 'polling', since: null })
reachability.subscribe(() => {
  const { lostSince } = reachability.get()
  connection.set((before) =>
    lostSince
      ? { state: 'offline', since: lostSince }
      : before.state === 'offline'
        ? { state: 'polling', since: null }
        : before,
  )
})
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

/** Hears what happens while the component is shown. Queries are refetched without it: see `LiveUpdates`. */
export function useLive(listener: LiveListener): void {
  const latest = useRef(listener)
  useLayoutEffect(() => void (latest.current = listener))
  useEffect(() => {
    const read = (): LiveListener => latest.current
    listeners.add(read)
    return () => void listeners.delete(read)
  }, [])
}

/** Gives every listener what it wants to hear. */
export function tell(give: (listener: LiveListener) => void, batchId?: string): void {
  for (const read of listeners) {
    const listener = read()
    if (listener.batchId === undefined || batchId === undefined || listener.batchId === batchId)
      give(listener)
  }
}
