import { createStore, useStore } from './store.ts'

/** One key of a screen. `key` as `KeyboardEvent.key`: 'ArrowLeft', 'Enter', '/', 'a'. */
export interface Key {
  key: string
  /** What it does, in the user's words: shown by "?". */
  says: string
  ctrl?: boolean
  /** Return false to leave the key to the browser. */
  run: () => unknown
}

const stored = 'assay.single-keys'
export const singleKeys = createStore(localStorage.getItem(stored) !== 'off')

/** Whether keys of one letter or sign do anything (WCAG 2.1.4); kept in this browser. */
export const useSingleKeys = (): [boolean, (on: boolean) => void] => [
  useStore(singleKeys),
  (on) => {
    localStorage.setItem(stored, on ? 'on' : 'off')
    singleKeys.set(() => on)
  },
]
