import { createStore, useStore } from './store.ts'

const store = createStore(Date.now())
let watchers = 0
let timer: ReturnType<typeof setInterval> | undefined

/** One timer for all that say how long ago something was; it stops when nothing does. */
const clock = {
  ...store,
  subscribe(listener: () => void) {
    if (watchers++ === 0) timer = setInterval(() => store.set(() => Date.now()), 15_000)
    const end = store.subscribe(listener)
    return () => {
      end()
      if (--watchers === 0) clearInterval(timer)
    }
  },
}

/** The time in milliseconds, renewed every 15 seconds. */
export const useClock = (): number => useStore(clock)
