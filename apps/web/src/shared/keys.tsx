import { useEffect, useLayoutEffect, useRef } from 'react'
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

export const bound = createStore<readonly Key[]>([])
export const shown = createStore(false)
const stored = 'assay.single-keys'
const singleKeys = createStore(localStorage.getItem(stored) !== 'off')

/** Whether keys of one letter or sign do anything (WCAG 2.1.4); kept in this browser. */
export const useSingleKeys = (): [boolean, (on: boolean) => void] => [
  useStore(singleKeys),
  (on) => {
    localStorage.setItem(stored, on ? 'on' : 'off')
    singleKeys.set(() => on)
  },
]

export const showKeys = (): void => shown.set(() => true)

/** Binds a screen's keys while it is shown. They rest while one types, and while a dialog is open. */
export function useKeys(keys: readonly Key[]): void {
  const latest = useRef(keys)
  useLayoutEffect(() => void (latest.current = keys))
  const signature = keys.map(({ key, ctrl, says }) => `${ctrl ? 'Ctrl+' : ''}${key} ${says}`).join('\n')
  useEffect(() => {
    const mine = latest.current.map((key, index) => ({ ...key, run: () => latest.current[index]?.run() }))
    bound.set((before) => [...before, ...mine])
    return () => bound.set((before) => before.filter((key) => !mine.includes(key as (typeof mine)[number])))
  }, [signature])
}

export function onKey(event: KeyboardEvent): void {
  if (event.defaultPrevented || event.altKey || event.isComposing) return
  const target = event.target as Element
  const ctrl = event.ctrlKey || event.metaKey
  if (
    !ctrl &&
    target.closest('input:not([type=checkbox]):not([type=radio]), textarea, select, [contenteditable=true]')
  )
    return
  if (document.querySelector('[role=dialog]')) return
  // A control that has the focus keeps the keys that work it.
  if (
    (event.key === 'Enter' || event.key === ' ') &&
    target.closest('a, button, summary, [role=button], [role=menuitem]')
  )
    return
  if (!ctrl && event.key.length === 1 && !singleKeys.get()) return
  const key = bound.get().findLast((one) => one.key === event.key && (one.ctrl ?? false) === ctrl)
  if (key && key.run() !== false) event.preventDefault()
}
