import { createStore } from './store.ts'

/** Whether the server answered the last time it was asked; `since` when it stopped to. */
const store = createStore<{ lostSince: Date | null }>({ lostSince: null })

export const reachability = {
  ...store,
  lost: (): void => store.set((before) => (before.lostSince ? before : { lostSince: new Date() })),
  reached: (): void => store.set((before) => (before.lostSince ? { lostSince: null } : before)),
}
