import { lazy, Suspense, useEffect, useLayoutEffect, useRef } from 'react'
import { useTranslation } from 'react-i18next'
import { singleKeys, type Key } from './single-keys.ts'
import { createStore, useStore } from './store.ts'

const bound = createStore<readonly Key[]>([])
const shown = createStore(false)
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

function onKey(event: KeyboardEvent): void {
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

const Dialog = lazy(() => import('./KeyDialog.tsx').then(({ KeyDialog }) => ({ default: KeyDialog })))

/** Listens for the keys, and shows them all on "?". Part of the shell. */
export function KeyLayer() {
  const { t } = useTranslation()
  const open = useStore(shown)
  const keys = useStore(bound)
  useKeys([{ key: '?', says: t('keys.help'), run: showKeys }])
  useEffect(() => {
    document.addEventListener('keydown', onKey)
    return () => document.removeEventListener('keydown', onKey)
  }, [])
  return open ? (
    <Suspense fallback={null}>
      <Dialog keys={keys} onClose={() => shown.set(() => false)} />
    </Suspense>
  ) : null
}
